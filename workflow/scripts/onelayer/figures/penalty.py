"""Accuracy and norm for lambdas above 0: as the runs ended, after equal steps, and at the minimum."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from onelayer.experiment.task import Run, Task
from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import Axes, RunFiles, new_figure, seeds_by, styles
from onelayer.io.files import read_rows
from onelayer.models import model_named

ACCURACIES = {"training": "train_accuracy", "validation": "validation_accuracy"}


def runs(task: Task) -> Sequence[Run]:
    """With a penalty the objective of a smooth model has one minimum."""
    return task.sweep_runs if model_named(task.model).smooth else []


@figure(
    runs=runs,
    caption=(
        r"accuracy against $\lambda$ where each run ended, after the steps that all runs have, and at the minimum of the objective; and the squared "
        "norm of the weights at the end and at the minimum. Points are means over seeds, bars one standard deviation."
    ),
    section="penalty",
    wide=True,
    reads="optimum",
)
def draw(view: View) -> Drawn:
    seeds = {lam: own for lam, own in seeds_by(view.runs, "lam").items() if float(lam) > 0}
    rows = {row["lambda"]: row for row in read_rows(view.paths["minima"])}
    minima = [rows[lam] for lam in seeds]
    last = min(int(files.evaluations["step"][-1]) for own in seeds.values() for files in own)
    drawn = new_figure(6.5, 2.1)
    panels = drawn.subplots(1, 4)
    for axes in panels[1:3]:  # before they are drawn, so that the axis has room for all three
        axes.sharey(panels[0])
        axes.tick_params(labelleft=False)
    titles = ("end of run", f"step {last:,}", "minimum", r"squared norm $\|w\|^2$")
    for axes, title in zip(panels, titles, strict=True):
        axes.set(title=title, xlabel="L2 penalty λ", xscale="log")

    def add(axes: Axes, label: str, style: dict[str, Any], values: Sequence[Sequence[float]]) -> None:
        """The mean of the values of each lambda, with their deviation."""
        means, bars = [np.mean(own) for own in values], [np.std(own) for own in values]
        axes.errorbar(list(map(float, seeds)), means, yerr=bars, marker="o", capsize=2, label=label, **style)

    def at_end(key: str) -> list[list[float]]:
        return [[files.summary[key] for files in own] for own in seeds.values()]

    def at_minimum(key: str) -> list[list[float]]:
        return [[float(row[key])] for row in minima]

    for (label, key), style in zip(ACCURACIES.items(), styles(), strict=False):
        add(panels[0], label, style, at_end(key))
        add(panels[1], label, style, [[_at(files, key, last) for files in own] for own in seeds.values()])
        add(panels[2], label, style, at_minimum(key))
    of_end, of_minimum, *_ = styles()
    add(panels[3], "end of run", of_end, at_end("weight_norm_squared"))
    add(panels[3], "minimum", of_minimum, at_minimum("weight_norm_squared"))
    panels[0].set_ylabel("accuracy (fraction)")
    panels[3].set_yscale("log")
    panels[0].legend()
    panels[3].legend()
    return drawn


def _at(files: RunFiles, key: str, step: int) -> float:
    """The last of some evaluations at or before a step."""
    return float(files.evaluations[key][np.searchsorted(files.evaluations["step"], step, side="right") - 1])
