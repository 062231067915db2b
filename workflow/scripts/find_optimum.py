"""Find the minimum of a task's objective for each lambda, certify it, and compare the runs with it."""

import logging
from collections.abc import Mapping
from typing import Any

import numpy as np

from onelayer.data.samples import Samples, choose_samples, inputs_of
from onelayer.data.store import read_images
from onelayer.experiment.task import Run, Setup
from onelayer.io.errors import TrainingError
from onelayer.io.files import write_rows
from onelayer.io.log import job
from onelayer.models import Floats, Integers, model_named
from onelayer.training.optimum import GAP, Objective, Optimum, minimise, write_optima
from onelayer.training.runs import RunFiles, files_of_runs

COLUMNS = [
    "task", "lambda", "objective", "gap_bound", "certified", "gradient_norm", "weight_norm_squared", "train_accuracy",
    "validation_accuracy", "objective_excess", "weight_distance",
]  # fmt: skip


# An overflow in a search ends in a gradient that is not finite, which is never the best; one in a run, in an empty curve.
@np.errstate(over="ignore", invalid="ignore")
def main(
    paths: Mapping[str, str], setup: Setup, runs: Mapping[Run, RunFiles], outputs: Any, log: logging.Logger
) -> None:
    """Write a task's `table` and `arrays` to the paths of `outputs`.

    `paths` are those of the stored images train and validation; there is one run a lambda.

    Raises TrainingError: no minimum could be certified for a lambda above 0.
    """
    sets = {
        role: choose_samples(read_images(path, setup.sets[role].first, setup.sets[role].count), setup.classes)
        for role, path in paths.items()
    }
    inputs, rows = inputs_of(sets["train"], np.float64), []
    weights: dict[str, Floats] = {}
    excess: dict[str, tuple[Integers, Floats]] = {}
    for run, files in runs.items():
        lam, start = float(run.lam), np.zeros(files.last_weights.shape)
        found = minimise(model_named(setup.model), inputs, sets["train"].targets, lam, setup.penalty, start)
        if lam and not found.certified:
            raise TrainingError(
                f"tasks.{run.task}, lambda {run.lam}: no minimum found: the objective is within {found.gap_bound:.1e} of it, "
                f"and not within {GAP:g}; choose a larger lambda, or leave out `evidence`"
            )
        row, curve = compare(setup, run, files, found, sets)
        log.info("%s", row)
        rows.append(row)
        weights[run.lam], excess[run.lam] = found.weights, (files.snapshots[0], curve)
    write_optima(outputs.arrays, weights, excess)
    write_rows(outputs.table, COLUMNS, rows)


def compare(
    setup: Setup, run: Run, files: RunFiles, found: Optimum, sets: Mapping[str, Samples]
) -> tuple[list[Any], Floats]:
    """A run's row of the table, and J - J(found) of its snapshots."""
    model, lam = model_named(setup.model), float(run.lam)
    last = files.last_weights.astype(np.float64)
    both = np.concatenate([[found.weights, last], files.snapshots[1]])
    objectives, accuracies = Objective(model, sets["train"], lam, setup.penalty).evaluate(both)
    _, validation = Objective(model, sets["validation"], lam, setup.penalty).evaluate(found.weights[None])
    row = [
        run.task,
        run.lam,
        float(objectives[0]),
        found.gap_bound,
        str(found.certified).lower(),
        found.gradient_norm,
        float(np.square(found.weights).sum()),
        float(accuracies[0]),
        float(validation[0]),
        float(objectives[1] - objectives[0]),
        float(np.linalg.norm(last - found.weights)),
    ]
    return row, objectives[2:] - objectives[0]


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code) as log:
        setup = Setup.of(snakemake.params.setup)
        main(
            paths={role: snakemake.input[role] for role in ("train", "validation")},
            setup=setup,
            runs=files_of_runs(snakemake.params.runs, snakemake.input.weights, {snakemake.wildcards.task: setup}),
            outputs=snakemake.output,
            log=log,
        )
