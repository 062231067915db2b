"""Curves of one or two runs as SVG that takes its colours from the page: A solid, B dashed."""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

import numpy as np

WIDTH, HEIGHT = 360, 220
LEFT, RIGHT, TOP, BOTTOM = 56, 14, 10, 38
SETTLED = 0.1  # share of the steps after which the values decide the range of the vertical axis


def chart(ylabel: str, curves: Mapping[str, tuple[Any, Any]]) -> str:
    """An SVG picture of curves over training steps.

    Parameters
    ----------
    ylabel : str
    curves : dict
        Under A, under B or under both: steps (N,) and values (N,); values that are no finite number are left out.
    """
    finite = {side: _finite(*curve) for side, curve in curves.items()}
    finite = {side: curve for side, curve in finite.items() if len(curve[0])}
    if not finite:
        return "<p>No finite value.</p>"
    last = max(1.0, *(float(steps[-1]) for steps, _ in finite.values()))
    across = [tick for tick in _ticks(0, last) if tick <= last]
    up = _ticks(*_range([values[steps >= min(SETTLED * last, steps[-1])] for steps, values in finite.values()]))
    x, y = _scale(0, last, LEFT, WIDTH - RIGHT), _scale(up[0], up[-1], HEIGHT - BOTTOM, TOP)
    parts = [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_described(ylabel, finite))}">']
    for tick in up:
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y(tick):.1f}" y2="{y(tick):.1f}"/>')
        parts.append(f'<text x="{LEFT - 5}" y="{y(tick) + 3.5:.1f}" text-anchor="end">{tick:.6g}</text>')
    for tick in across:
        parts.append(f'<text x="{x(tick):.1f}" y="{HEIGHT - BOTTOM + 14}" text-anchor="middle">{tick:.6g}</text>')
    parts.append(f'<text x="{(LEFT + WIDTH) / 2:.0f}" y="{HEIGHT - 5}" text-anchor="middle">training step</text>')
    middle = f'x="10" y="{(HEIGHT - BOTTOM) / 2:.0f}"'
    turned = f'transform="rotate(-90 10 {(HEIGHT - BOTTOM) / 2:.0f})"'
    parts.append(f'<text {middle} {turned} text-anchor="middle">{escape(ylabel)}</text>')
    # A picture in the picture: what leaves it is cut off.
    width, height = WIDTH - RIGHT - LEFT, HEIGHT - BOTTOM - TOP
    inner = f'x="{LEFT}" y="{TOP}" width="{width}" height="{height}" viewBox="{LEFT} {TOP} {width} {height}"'
    parts.append(f"<svg {inner}>")
    for side, (steps, values) in finite.items():
        points = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in zip(steps, values, strict=True))
        parts.append(f'<polyline class="line-{side.lower()}" points="{points}"/>')
    return "".join([*parts, "</svg></svg>"])


def _finite(steps: Any, values: Any) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    steps, values = np.asarray(steps, float), np.asarray(values, float)
    kept = np.isfinite(values)
    return steps[kept], values[kept]


def _range(curves: Sequence[Any]) -> tuple[float, float]:
    low, high = min(values.min() for values in curves), max(values.max() for values in curves)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _ticks(low: float, high: float) -> list[float]:
    """Round numbers from `low` or below to `high` or above."""
    from matplotlib.ticker import MaxNLocator

    return [float(tick) for tick in MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)]


def _scale(low: float, high: float, start: float, end: float) -> Callable[[float], float]:
    """The place of a value on an axis from `start`, at `low`, to `end`, at `high`."""
    return lambda value: start + (value - low) / (high - low) * (end - start)


def _described(ylabel: str, curves: Mapping[str, tuple[Any, Any]]) -> str:
    ends = [f"{side} ends at {values[-1]:.4g} after step {steps[-1]:.0f}" for side, (steps, values) in curves.items()]
    return f"{ylabel} over training steps: {', '.join(ends)}."
