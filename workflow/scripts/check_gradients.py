"""Check every partial derivative of each task's model against central differences, on a small batch of real images."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.data.samples import choose_samples, inputs_of
from onelayer.data.store import read_images
from onelayer.experiment.task import Images
from onelayer.io.errors import InputError, TrainingError
from onelayer.io.files import write_rows
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.training.gradients import TOLERANCE, largest_relative_error

BATCH = 32
LAMBDAS = (0.0, 1.0)
COLUMNS = ["task", "model", "lambda", "penalty", "images", "derivatives", "largest_relative_error", "tolerance"]


def main(tasks: Mapping[str, Mapping[str, Any]], paths: Mapping[str, str], output: str) -> None:
    """Write a row for each task, without and with the penalty; fail if an error is above TOLERANCE.

    The weights are drawn from a normal distribution with standard deviation 0.1 and seed 0, so that no term of the
    gradient is zero.

    `tasks` have the keys model, classes, penalty and train; `paths` are those of the stored images train and test.
    """
    rows = []
    for name, task in tasks.items():
        model, classes, images = model_named(task["model"]), task["classes"], Images(**task["train"])
        samples = choose_samples(read_images(paths[images.file], images.first, images.count), classes)
        inputs, targets = inputs_of(samples, "float64")[:BATCH], samples.targets[:BATCH]
        if not len(targets):
            raise InputError(f"config: tasks.{name}: none of its training images shows one of its classes; use more")
        weights = np.random.RandomState(0).normal(0, 0.1, (model.outputs(len(classes)), inputs.shape[1]))
        for lam in LAMBDAS:
            error = largest_relative_error(model, weights, inputs, targets, lam, task["penalty"])
            rows.append((name, task["model"], lam, task["penalty"], len(targets), weights.size, error, TOLERANCE))
    for row in rows:
        if not row[6] <= TOLERANCE:
            values = ", ".join(f"{key} {value}" for key, value in zip(COLUMNS, row, strict=True))
            raise TrainingError(f"gradient check: error above {TOLERANCE:g}: {values}")
    write_rows(output, COLUMNS, rows)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(
            tasks=snakemake.params.tasks,
            paths={Path(path).stem: path for path in snakemake.input},
            output=snakemake.output.table,
        )
