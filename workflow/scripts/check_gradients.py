"""Check every partial derivative of each task's model against central differences, on a small batch of real images."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from onelayer.data.samples import inputs_of
from onelayer.experiment.task import Setup
from onelayer.io.errors import TrainingError
from onelayer.io.files import write_rows
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.training.gradients import TOLERANCE, largest_relative_error
from onelayer.training.sets import chosen_images, samples_of

SETUP = [field.name for field in dataclasses.fields(Setup)]
BATCH = 32
LAMBDAS = (0.0, 1.0)
COLUMNS = ["task", "model", "lambda", "penalty", "images", "derivatives", "largest_relative_error", "tolerance"]


def main(tasks: Mapping[str, Setup], paths: Mapping[str, str], output: str) -> None:
    """Write a row for each task, without and with the penalty; fail if an error is above TOLERANCE.

    The weights are drawn from a normal distribution with standard deviation 0.1 and seed 0, so that no term of the
    gradient is zero. `paths` are those of the stored images train and test.
    """
    rows = []
    for name, task in tasks.items():
        model, images = model_named(task.model), chosen_images(task, 0, paths, ["train"])[0]["train"].images
        samples = samples_of(task, images)
        inputs, targets = inputs_of(samples._replace(pixels=samples.pixels[:BATCH]), "float64"), samples.targets[:BATCH]
        weights = np.random.RandomState(0).normal(0, 0.1, (model.outputs(len(task.classes)), inputs.shape[1]))
        for lam in LAMBDAS:
            error = largest_relative_error(model, weights, inputs, targets, lam, task.penalty)
            rows.append((name, task.model, lam, task.penalty, len(targets), weights.size, error, TOLERANCE))
            if not error <= TOLERANCE:
                values = ", ".join(f"{key} {value}" for key, value in zip(COLUMNS, rows[-1], strict=True))
                raise TrainingError(f"gradient check: error above {TOLERANCE:g}: {values}")
    write_rows(output, COLUMNS, rows)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        # What the gradient does not depend on is left open.
        tasks = {name: Setup.of(dict.fromkeys(SETUP) | plain) for name, plain in snakemake.params.setups.items()}
        main(tasks, {Path(path).stem: path for path in snakemake.input}, snakemake.output.table)
