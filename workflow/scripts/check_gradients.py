"""Hold every partial derivative of each task's model to central differences, on a small batch of real images."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import csv
from collections.abc import Mapping
from typing import Any

import numpy as np

from onelayer.data.samples import choose_samples, inputs_of
from onelayer.data.store import read_images
from onelayer.errors import InputError, TrainingError, atomic_write
from onelayer.gradients import TOLERANCE, largest_relative_error
from onelayer.log import job
from onelayer.models import MODELS

BATCH = 32
LAMBDAS = (0.0, 1.0)
COLUMNS = ["task", "model", "lambda", "penalty", "images", "derivatives", "largest_relative_error", "tolerance"]


def main(tasks: Mapping[str, Mapping[str, Any]], paths: Mapping[str, str], output: str) -> None:
    """Write a row for each task, without and with the penalty; fail where an error is above TOLERANCE.

    The weights are drawn from a normal distribution with standard deviation 0.1 and seed 0, so that no term of the
    gradient is zero.

    Parameters
    ----------
    tasks : dict
        The `model`, `classes`, `penalty` and training images, `train`, of each task.
    paths : dict
        Stored images by the name of the file that `train` says.
    output : path of a CSV file
    """
    rows = []
    for name, task in tasks.items():
        model, images = MODELS[task["model"]], task["train"]
        stored = read_images(paths[images["file"]], images["first"], images["count"])
        samples = choose_samples(stored, task["classes"])
        inputs, targets = inputs_of(samples, "float64")[:BATCH], samples.targets[:BATCH]
        if not len(targets):
            raise InputError(f"config: tasks.{name}: none of its training images shows one of its classes; use more")
        weights = np.random.RandomState(0).normal(0, 0.1, (model.outputs(len(task["classes"])), inputs.shape[1]))
        for lam in LAMBDAS:
            error = largest_relative_error(model, weights, inputs, targets, lam, task["penalty"])
            rows.append((name, task["model"], lam, task["penalty"], len(targets), weights.size, error, TOLERANCE))
    wrong = [dict(zip(COLUMNS, row, strict=True)) for row in rows if not row[6] <= TOLERANCE]
    if wrong:
        raise TrainingError(f"gradient check: errors above {TOLERANCE:g}: {wrong}")
    with atomic_write(output) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        # Not pandas: its import takes longer than the check.
        csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(
            tasks=snakemake.params.tasks,
            paths={Path(path).stem: path for path in snakemake.input},
            output=snakemake.output.table,
        )
