"""Predict pictures of one's own with the most accurate run of each task; print, tabulate and draw what was predicted."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import os
from collections.abc import Mapping, Sequence
from typing import Any

os.environ["MPLBACKEND"] = "agg"  # whatever a notebook or a shell has set

import matplotlib
import matplotlib.style

import onelayer
from onelayer.errors import InputError, atomic_write
from onelayer.figures.common import save
from onelayer.grid import Run, Task
from onelayer.log import job
from onelayer.own_pictures import most_accurate, predict_pictures, predictions_table, prepared_pictures, sentences
from onelayer.runs import RunFiles, files_of_runs
from onelayer.sheet import draw

# Put over Matplotlib's own defaults, and over nothing else.
STYLE = Path(onelayer.__file__).parents[2] / "report/onelayer.mplstyle"


def main(
    pictures: Sequence[str],
    runs: Mapping[Run, RunFiles],
    tasks: Mapping[str, Task],
    dataset: Mapping[str, Any],
    class_names: Sequence[str],
    table: str,
    sheet: str,
) -> None:
    """Write `table` and `sheet`, and print a line for each picture.

    Parameters
    ----------
    pictures : paths
    runs : dict
        All runs of the tasks, in the order of the configuration.
    tasks : dict
        By name, without their grids.
    dataset : dict
        With the keys shape, pixel_max, preparation and classes of its description.
    class_names : list of str
        In the order of the data set's classes.
    """
    names = dict(zip(dataset["classes"], class_names, strict=True))
    chosen = {name: most_accurate(runs, name) for name in tasks}
    prepared = prepared_pictures(pictures, dataset)
    if not any(picture.problem is None for picture in prepared):
        problems = "; ".join(f"{picture.name}: {picture.problem}" for picture in prepared[:3])
        raise InputError(f"images_to_predict: none of {len(prepared)} files can be predicted: {problems}")
    predicted = predict_pictures(prepared, {run: runs[run] for run in chosen.values()}, tasks, dataset)
    rows = predictions_table(prepared, predicted, tasks, names)
    said = sentences(rows, names)
    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE)
    lines = {picture.name: list(said[rows["file"] == picture.name]) for picture in prepared}
    save(draw(prepared, lines, dataset["pixel_max"]), [sheet])
    with atomic_write(table) as partial:
        rows.to_csv(partial, index=False, float_format="%.6f")
    for name, texts in lines.items():
        print(f"{name}: {'; '.join(texts)}")
    print(f"What the models saw: {Path(sheet).resolve()}", flush=True)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        if not snakemake.input.pictures:
            raise InputError("images_to_predict is empty: name pictures, as with --config images_to_predict=my_digits/")
        tasks = snakemake.params.tasks
        main(
            pictures=snakemake.input.pictures,
            runs=files_of_runs(snakemake.params.runs, snakemake.input.weights, tasks),
            tasks=tasks,
            dataset=snakemake.params.dataset,
            class_names=snakemake.params.class_names,
            table=snakemake.output.table,
            sheet=snakemake.output.sheet,
        )
