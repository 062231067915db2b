"""Predict the validation images of a task with the last weights of its first runs, one a lambda."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping

import numpy as np

from onelayer.data.samples import choose_samples
from onelayer.data.store import read_images
from onelayer.grid import Run, Task
from onelayer.log import job
from onelayer.models import MODELS
from onelayer.predictions import predict, write_predictions
from onelayer.runs import RunFiles, files_of_runs


def main(task: Task, runs: Mapping[Run, RunFiles], images: str, output: Path) -> None:
    """Write the predictions of `runs`, one a lambda, for the task's validation images out of the stored `images`."""
    chosen = task["validation"]
    stored = read_images(images, chosen["first"], chosen["count"])
    samples, model = choose_samples(stored, task["classes"]), MODELS[task["model"]]
    numbers = chosen["first"] + np.flatnonzero(np.isin(stored.labels, task["classes"]))
    predictions = {
        run.lam: predict(model, files.last_weights, samples, chosen["file"], numbers, task["classes"]) for run, files in runs.items()
    }
    write_predictions(output, predictions, task["classes"], task["model"])


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        task = snakemake.params.task
        main(
            task=task,
            runs=files_of_runs(snakemake.params.runs, snakemake.input.weights, {task["name"]: task}),
            images=snakemake.input.images,
            output=Path(snakemake.output.predictions),
        )
