"""Quantities: one number of one run, at its end or up to a step, that a claim is measured by."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.results.findings import curve_findings
from onelayer.training.runs import RunFiles
from onelayer.training.summarise import neighbour_correlation

SPIKE = 0.01  # a drop of the validation accuracy by more than a point, from one evaluation to the next
EPOCHS = 5  # whose evaluations are averaged where epochs are compared: one evaluation wavers
Curve = Mapping[str, NDArray[Any]]


def at_stop(files: RunFiles, of: str, shape: Sequence[int]) -> float:
    """A quantity of the last weights, or of the whole curve; NaN if it is not defined."""
    if of == "gap":
        return float(files.summary["train_accuracy"] - files.summary["validation_accuracy"])
    if of in files.summary:
        return _or_nan(files.summary[of])
    return up_to(files, of, int(files.evaluations["step"][-1]), shape)


def up_to(files: RunFiles, of: str, last: int, shape: Sequence[int]) -> float:
    """A quantity at the last evaluation up to step `last`, or of the curve until there; NaN if it is not defined.

    Of weights it is that of the last snapshot until there.
    """
    if of in OF_WEIGHTS:
        steps, weights = files.snapshots
        return _or_nan(OF_WEIGHTS[of](weights[np.flatnonzero(steps <= last)[-1]].astype(np.float64), shape))
    inside = files.evaluations["step"] <= last
    curve = {column: values[inside] for column, values in files.evaluations.items()}
    if of in ON_CURVE:
        return _or_nan(ON_CURVE[of](curve, files))
    return float(_column(curve, of)[-1])


def in_epoch(files: RunFiles, of: str, epoch: int) -> float:
    """The mean of the evaluations in the EPOCHS that end with `epoch`; NaN if the run has none there or ends before."""
    epochs = files.evaluations["epoch"]
    inside = (epochs > epoch - EPOCHS) & (epochs <= epoch) & (epochs[-1] >= epoch)
    return float(_column(files.evaluations, of)[inside].mean()) if inside.any() else math.nan


def hard_batches(curve: Curve, files: RunFiles) -> tuple[float, float]:
    """The share of epochs whose largest drop of the validation accuracy follows the place that most of them share, and the mean
    rank, from the hardest, that the batch at that place has among those of its epoch by its loss before its step.

    Of epochs after the first quarter that are evaluated at every step; NaN if there are none. In file order a place is a batch.
    """
    step, epoch, accuracy = curve["step"], curve["epoch"], curve["validation_accuracy"]
    places, ranks = [], []
    batches = int((epoch == 0).sum())
    for number in range(int(epoch[-1]) // 4, int(epoch[-1]) + 1):
        inside = np.flatnonzero(epoch == number)
        if len(inside) < batches or batches < 2 or step[inside[-1]] - step[inside[0]] != batches - 1 or inside[0] == 0:
            continue
        drops = -np.diff(accuracy[inside[0] - 1 : inside[-1] + 1])
        places.append(int(drops.argmax()))
        ranks.append((-files.train_losses[step[inside]]).argsort().argsort() + 1)
    if not places:
        return math.nan, math.nan
    place = int(np.bincount(places).argmax())
    return places.count(place) / len(places), float(np.mean([rank[place] for rank in ranks]))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _column(curve: Curve, of: str) -> NDArray[np.float64]:
    return curve["train_accuracy"] - curve["validation_accuracy"] if of == "gap" else curve[of]


def _later(curve: Curve, column: str) -> NDArray[np.float64]:
    """Changes from one evaluation to the next over the last three quarters of the steps: at the start every run jumps."""
    return np.diff(curve[column][curve["step"] >= curve["step"][-1] // 4])


def _mean_change(curve: Curve, column: str) -> float | None:
    changes = _later(curve, column)
    return float(np.abs(changes).mean()) if len(changes) else None


def _spikes(curve: Curve, files: RunFiles) -> int | None:
    changes = _later(curve, "validation_accuracy")
    return int((changes < -SPIKE).sum()) if len(changes) else None


ON_CURVE: Mapping[str, Callable[[Curve, RunFiles], float | None]] = {
    "change_of_accuracy": lambda curve, files: _mean_change(curve, "validation_accuracy"),
    "change_of_loss": lambda curve, files: _mean_change(curve, "validation_loss"),
    "spikes": _spikes,
    "parting_step": lambda curve, files: curve_findings(curve)["parting_step"],
    "rise_of_loss": lambda curve, files: curve_findings(curve)["level_rise"],
    "hard_batch_share": lambda curve, files: hard_batches(curve, files)[0],
    "hard_batch_rank": lambda curve, files: hard_batches(curve, files)[1],
}
OF_WEIGHTS: Mapping[str, Callable[[Any, Sequence[int]], float | None]] = {
    "weight_norm_squared": lambda weights, shape: float(np.square(weights).sum()),
    "neighbour_correlation": neighbour_correlation,
}
