"""Hold every partial derivative of both models to central differences, on a small batch of real images."""

import csv

import numpy as np

from onelayer.errors import InputError, TrainingError
from onelayer.gradcheck import TOLERANCE, largest_relative_error
from onelayer.joblog import job
from onelayer.objective import MODELS
from onelayer.samples import all_inputs, choose_samples
from onelayer.store import read_images

BATCH = 32


def main(train_path, count, sources, tasks, penalty, output):
    """Write a row for each task, without and with the penalty; fail where an error is above TOLERANCE.

    The weights are drawn from a normal distribution with standard deviation 0.1 and seed 0, so that no
    term of the gradient is zero; lambda is the task's largest, or 1 where that is 0.
    """
    images = read_images(train_path, count, sources)
    rows = []
    for task, settings in tasks.items():
        model = MODELS[task]
        samples = choose_samples(images, settings["classes"])
        inputs, targets = all_inputs(samples, "float64")[:BATCH], samples.targets[:BATCH]
        if not len(targets):
            raise InputError(f"config: train_images = {count}: none of them shows a class of tasks.{task}; use more")
        shape = (inputs.shape[1], model.outputs(settings["classes"]))
        weights = np.random.RandomState(0).normal(0, 0.1, shape)
        for lam in (0.0, max(map(float, settings["lambdas"])) or 1.0):
            error = largest_relative_error(model, weights, inputs, targets, lam, penalty)
            rows.append((task, lam, penalty, len(targets), weights.size, error, TOLERANCE))
    names = ["task", "lambda", "penalty", "images", "derivatives", "largest_relative_error", "tolerance"]
    wrong = [dict(zip(names, row, strict=True)) for row in rows if not row[5] <= TOLERANCE]
    if wrong:
        raise TrainingError(f"gradient check: errors above {TOLERANCE:g}: {wrong}")
    with open(output, "w", newline="", encoding="utf-8") as file:
        # Not pandas: its import takes longer than the check.
        csv.writer(file, lineterminator="\n").writerows([names, *rows])


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            train_path=snakemake.input.train,
            count=snakemake.params.images,
            sources=snakemake.params.sources,
            tasks=snakemake.params.tasks,
            penalty=snakemake.params.penalty,
            output=snakemake.output.table,
        )
