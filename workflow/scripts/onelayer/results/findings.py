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


def findings_of(task: Task, runs: Mapping[Run, RunFiles], sweep: "pd.DataFrame") -> dict[str, Any]:
    """What the runs of a task show, as plain values that JSON can hold; None if there is nothing to compare."""
    extremes = [runs[run].summary for run in task.extreme_runs]
    return {
        "runs": len(task.runs),
        "diverged": [run.folder for run in task.runs if runs[run].summary["diverged"]],
        "references": [_reference(runs[run]) for run in task.reference_runs],
        "orders": order_findings(task, runs) if task.order_runs else None,
        "sweep": sweep_findings(task, sweep) if task.sweep_runs else None,
        # How alike the weights of neighbouring pixels are, at the smallest and, if there is another, the largest lambda.
        "weights": {
            "lambdas": [summary["lambda"] for summary in extremes],
            "correlations": [summary["neighbour_correlation"] for summary in extremes],
        },
    }


def summary_of(files: RunFiles) -> dict[str, Any]:
    """A run's summary without its identity."""
    return {key: value for key, value in files.summary.items() if key != "run"}


def _reference(files: RunFiles) -> dict[str, Any]:
    """What a reference run shows, and how many of its evaluations came after its best, by what its stop watches."""
    since = int((files.evaluations["step"] > files.summary["best_step"]).sum())
    return summary_of(files) | curve_findings(files.evaluations) | {"evaluations_since_best": since}


def curve_findings(evaluations: Mapping[str, NDArray[Any]]) -> dict[str, Any]:
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
    levels = running_means(loss, window)
    lowest = int(levels.argmin())
    rise = float(levels[-1] / levels[lowest] - 1) if levels[lowest] > 0 else 0.0
    wavering = 0.0
    if levels[lowest] > 0 and lowest < len(loss) - 1:
        wavering = float(np.diff(loss[lowest:]).std() / levels[lowest])
    return {
        "parting_step": int(step[parting]) if parting < len(gap) else None,
        "last_gap": float(gap[-1]),
        "level_rise": rise if len(loss) > 1 else None,
        "rise_limit": RISEN,
        "risen": rise > max(RISEN, wavering) if len(loss) > 1 else None,
        "lowest_level_step": int(step[lowest]),
        "train_gain": float(train[-1] - train[lowest]),
    }


def running_means(values: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Means of `window` values in a row, (n - window + 1,)."""
    sums = np.cumsum(np.concatenate([[0.0], values]))
    return (sums[window:] - sums[:-window]) / window


def order_findings(task: Task, runs: Mapping[Run, RunFiles]) -> dict[str, Any]:
    """File order beside shuffling, means over seeds: how the runs end, and how much the validation accuracy moves.

    The moves are taken from one evaluation to the next over the steps that all runs have, without their first quarter, because
    at the start every run jumps: `mean_change`, the mean absolute change, and `largest_drop`; None for fewer than two evaluations.
    """
    last_step = min(int(runs[run].evaluations["step"][-1]) for run in task.order_runs)
    first_step = last_step // 4
    findings: dict[str, Any] = {"first_step": first_step, "last_step": last_step}
    for name, shuffle in (("file_order", False), ("shuffled", True)):
        own = [runs[run] for run in task.order_runs if run.shuffle == shuffle]
        found = [summary_of(run) | moves(run.evaluations, first_step, last_step) for run in own]
        findings[name] = {"runs": len(own)}
        for key in ORDER_NUMBERS:
            values = [run[key] for run in found]
            findings[name][key] = None if None in values else float(np.mean(values))
    return findings


def moves(evaluations: Mapping[str, NDArray[Any]], first_step: int, last_step: int) -> dict[str, float | None]:
    """How much the validation accuracy moves from one evaluation to the next between two steps."""
    inside = (evaluations["step"] >= first_step) & (evaluations["step"] <= last_step)
    changes = np.diff(evaluations["validation_accuracy"][inside])
    if not len(changes):
        return {"mean_change": None, "largest_drop": None}
    return {"mean_change": float(np.abs(changes).mean()), "largest_drop": float(max(0, -changes.min()))}


def sweep_findings(task: Task, sweep: "pd.DataFrame") -> dict[str, Any]:
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
