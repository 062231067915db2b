"""Find the minimum of a task's objective for each lambda, certify it, and hold the runs to it."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import csv
import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from onelayer.data.samples import Samples, choose_samples, inputs_of
from onelayer.data.store import read_images
from onelayer.errors import TrainingError, atomic_write
from onelayer.grid import Run, Task
from onelayer.log import job
from onelayer.models import MODELS
from onelayer.objective import Floats, Integers
from onelayer.optimum import GAP, Objective, Optimum, minimise, write_optima
from onelayer.runs import RunFiles, files_of_runs

COLUMNS = [
    "task", "lambda", "objective", "gap_bound", "certified", "gradient_norm", "weight_norm_squared", "train_accuracy",
    "validation_accuracy", "objective_excess", "weight_distance",
]  # fmt: skip


# An overflow in a search ends in a gradient that is not finite, which is never the best; one in a run, in an empty curve.
@np.errstate(over="ignore", invalid="ignore")
def main(
    paths: Mapping[str, str],
    task: Task,
    runs: Mapping[Run, RunFiles],
    outputs: Any,
    log: logging.Logger,
) -> None:
    """Write the table and the arrays of one task.

    Parameters
    ----------
    paths : dict
        Stored images by role: train and validation.
    task : Task
    runs : dict from Run to RunFiles, one a lambda
    outputs : object with the paths `table` and `arrays`
    log : logging.Logger

    Raises
    ------
    TrainingError
        No minimum could be certified for a lambda above 0.
    """
    sets = {
        role: choose_samples(read_images(path, task[role]["first"], task[role]["count"]), task["classes"])
        for role, path in paths.items()
    }
    inputs, rows = inputs_of(sets["train"], np.float64), []
    weights: dict[str, Floats] = {}
    excess: dict[str, tuple[Integers, Floats]] = {}
    for run, files in runs.items():
        lam, start = float(run.lam), np.zeros(files.last_weights.shape)
        found = minimise(MODELS[task["model"]], inputs, sets["train"].targets, lam, task["penalty"], start)
        if lam and not found.certified:
            raise TrainingError(
                f"tasks.{run.task}, lambda {run.lam}: no minimum found: the objective is within {found.gap_bound:.1e} of it, "
                f"and not within {GAP:g}; choose a larger lambda, or leave out `evidence`"
            )
        row, curve = compare(task, run, files, found, sets)
        log.info("%s", row)
        rows.append(row)
        weights[run.lam], excess[run.lam] = found.weights, (files.snapshots[0], curve)
    write_optima(outputs.arrays, weights, excess)
    with atomic_write(outputs.table) as partial, open(partial, "w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def compare(
    task: Task, run: Run, files: RunFiles, found: Optimum, sets: Mapping[str, Samples]
) -> tuple[dict[str, Any], Floats]:
    """A run's row of the table, and J - J(found) of its snapshots."""
    model, lam = MODELS[task["model"]], float(run.lam)
    last = files.last_weights.astype(np.float64)
    both = np.concatenate([[found.weights, last], files.snapshots[1]])
    objectives, accuracies = Objective(model, sets["train"], lam, task["penalty"]).evaluate(both)
    _, validation = Objective(model, sets["validation"], lam, task["penalty"]).evaluate(found.weights[None])
    row = {
        "task": run.task,
        "lambda": run.lam,
        "objective": float(objectives[0]),
        "gap_bound": found.gap_bound,
        "certified": str(found.certified).lower(),
        "gradient_norm": found.gradient_norm,
        "weight_norm_squared": float(np.square(found.weights).sum()),
        "train_accuracy": float(accuracies[0]),
        "validation_accuracy": float(validation[0]),
        "objective_excess": float(objectives[1] - objectives[0]),
        "weight_distance": float(np.linalg.norm(last - found.weights)),
    }
    return row, objectives[2:] - objectives[0]


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code) as log:
        params: Any = snakemake.params
        main(
            paths={role: snakemake.input[role] for role in ("train", "validation")},
            task=params.task,
            runs=files_of_runs(snakemake.params.runs, snakemake.input.weights, {params.task["name"]: params.task}),
            outputs=snakemake.output,
            log=log,
        )
