"""Findings: what the runs of a task show, as plain values that JSON can hold.

report/findings.tex.jinja says them in words.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Run, Task
from onelayer.training.runs import RunFiles

if TYPE_CHECKING:
    import pandas as pd

RISEN = 0.01  # a validation loss that ends this much above its lowest level, relative, has risen
ORDER_NUMBERS = ("stop_epoch", "steps", "validation_loss", "validation_accuracy", "mean_change", "largest_drop")
WINDOW = 0.1  # the share of the evaluations over whose mean its level is taken
Curve = Mapping[str, NDArray[Any]]  # the evaluations of a run, or some of them, by column


def findings_of(task: Task, runs: Mapping[Run, RunFiles], sweep: "pd.DataFrame") -> dict[str, Any]:
    """What the runs of a task show; None if there is nothing to compare."""
    extremes = [runs[run].summary for run in task.extreme_runs]
    return {
        "runs": len(task.runs),
        "diverged": [run.folder for run in task.runs if runs[run].summary["diverged"]],
        "references": [_reference(runs[run]) for run in task.reference_runs],
        "orders": _orders(task, runs) if task.order_runs else None,
        "sweep": _sweep(task, sweep) if task.sweep_runs else None,
        # How alike the weights of neighbouring pixels are, at the smallest and, if there is another, the largest lambda.
        "weights": {
            "lambdas": [summary["lambda"] for summary in extremes],
            "correlations": [summary["neighbour_correlation"] for summary in extremes],
        },
    }


def _reference(files: RunFiles) -> dict[str, Any]:
    """What a reference run shows, and how many of its evaluations came after its best, by what its stop watches."""
    summary = {key: value for key, value in files.summary.items() if key != "run"}
    since = int((files.evaluations["step"] > summary["best_step"]).sum())
    return summary | curve_findings(files.evaluations) | {"evaluations_since_best": since}


def curve_findings(evaluations: Curve) -> dict[str, Any]:
    """What the evaluations of one run show.

    Training and validation accuracy have parted from the first evaluation on after which the training accuracy stays above
    the validation accuracy until the end; `parting_step` is None if they do not part. The level of the validation loss is its
    mean over a tenth of the evaluations. `level_rise` is how far, relative, the last level is above the lowest one, at
    `lowest_level_step`; `risen` says whether that is more than RISEN and than the standard deviation of the changes from one
    evaluation to the next since then; both are None for fewer than two evaluations. `train_gain` is the rise of the training
    accuracy since then.
    """
    step, loss, train = evaluations["step"], evaluations["validation_loss"], evaluations["train_accuracy"]
    gap = train - evaluations["validation_accuracy"]
    not_above = np.flatnonzero(gap <= 0)
    parting = int(not_above[-1]) + 1 if len(not_above) else 0
    window = max(1, round(WINDOW * len(loss)))
    sums = np.cumsum(np.concatenate([[0.0], loss]))
    levels = (sums[window:] - sums[:-window]) / window
    lowest = int(levels.argmin())
    rise = wavering = 0.0
    if levels[lowest] > 0:
        rise = float(levels[-1] / levels[lowest] - 1)
        wavering = float(np.diff(loss[lowest:]).std() / levels[lowest]) if lowest < len(loss) - 1 else 0.0
    return {
        "parting_step": int(step[parting]) if parting < len(gap) else None,
        "last_gap": float(gap[-1]),
        "level_rise": rise if len(loss) > 1 else None,
        "rise_limit": RISEN,
        "risen": rise > max(RISEN, wavering) if len(loss) > 1 else None,
        "lowest_level_step": int(step[lowest]),
        "train_gain": float(train[-1] - train[lowest]),
    }


def later_changes(curve: Curve, column: str, last_step: int) -> NDArray[np.float64]:
    """Changes from one evaluation to the next over the last three quarters of the steps: at the start every run jumps."""
    inside = (curve["step"] >= last_step // 4) & (curve["step"] <= last_step)
    return np.diff(curve[column][inside])


def _orders(task: Task, runs: Mapping[Run, RunFiles]) -> dict[str, Any]:
    """File order beside shuffling, means over seeds: how the runs end, and how much the validation accuracy moves.

    The moves are later changes over the steps that all runs have: `mean_change`, the mean absolute change, and `largest_drop`; None
    for fewer than two evaluations.
    """
    last_step = min(int(runs[run].evaluations["step"][-1]) for run in task.order_runs)
    findings: dict[str, Any] = {"first_step": last_step // 4, "last_step": last_step}
    for name, shuffle in (("file_order", False), ("shuffled", True)):
        found = []
        for files in (runs[run] for run in task.order_runs if run.shuffle == shuffle):
            changes = later_changes(files.evaluations, "validation_accuracy", last_step)
            moves = [np.abs(changes).mean(), max(0, -changes.min())] if len(changes) else [None, None]
            found.append(files.summary | dict(zip(ORDER_NUMBERS[-2:], moves, strict=True)))
        findings[name] = {"runs": len(found)}
        for key in ORDER_NUMBERS:
            values = [own[key] for own in found]
            findings[name][key] = None if None in values else float(np.mean(values))
    return findings


def _sweep(task: Task, sweep: "pd.DataFrame") -> dict[str, Any]:
    """What the rows of a task in the sweep table show, in its first order."""
    rows = sweep[(sweep["task"] == task.name) & (sweep["shuffle"] == str(task.shuffle[0]).lower())]
    norms, accuracies = rows["weight_norm_squared"], rows["validation_accuracy"]
    return {
        "runs": int(rows["runs"].iloc[0]),
        "norm_falls": bool(norms.is_monotonic_decreasing and norms.is_unique),
        "accuracy_falls": bool(accuracies.is_monotonic_decreasing and accuracies.is_unique),
        "best_lambda": rows["lambda"].iloc[int(accuracies.argmax())],
        "best_accuracy": float(accuracies.max()),
        "diverged": int(rows["diverged"].sum()),
    }
