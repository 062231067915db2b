"""Draw the figures of a task's images and of what was predicted of them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import os
from collections.abc import Mapping, Sequence
from importlib import import_module

os.environ["MPLBACKEND"] = "agg"  # whatever a notebook or a shell has set

import matplotlib
import matplotlib.style

import onelayer
from onelayer.data.store import read_images
from onelayer.figures.common import ImageView, save
from onelayer.grid import Task
from onelayer.log import job
from onelayer.predictions import read_predictions

# Put over Matplotlib's own defaults, and over nothing else.
STYLE = Path(onelayer.__file__).parents[2] / "report/onelayer.mplstyle"


def main(
    task: Task,
    predictions: str,
    train: str,
    validation: str,
    class_names: Sequence[str],
    outputs: Mapping[str, Sequence[str]],
) -> None:
    """Draw each figure named in `outputs` and save it to its paths.

    Parameters
    ----------
    task : Task
    predictions : path of the task's predictions
    train, validation : paths of the stored images that the task takes its sets from
    class_names : list of str
    outputs : dict
        From the name of a figure to its paths.
    """
    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE)
    view = ImageView(
        task=task,
        predictions=read_predictions(predictions),
        class_names=class_names,
        train=read_images(train, task["train"]["first"], task["train"]["count"]),
        validation=read_images(validation),
    )
    for name, paths in outputs.items():
        save(import_module(f"onelayer.figures.{name}").draw(view), paths)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(
            task=snakemake.params.task,
            predictions=snakemake.input.predictions,
            train=snakemake.input.train,
            validation=snakemake.input.validation,
            class_names=snakemake.params.class_names,
            outputs={name: snakemake.output[name] for name in snakemake.params.figures},
        )
