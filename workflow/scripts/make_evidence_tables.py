"""Make the tables of the evidence: the minima; of what is predicted scores by class, confusion and tasks compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.experiment.task import Run, Setup
from onelayer.io.files import read_rows, write_rows
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.results.diagnostics import comparisons_table, confusion_table, diagnostics_table
from onelayer.results.predictions import validation_predictions
from onelayer.training.optimum import Objective, read_optima
from onelayer.training.runs import RunFiles, files_of_runs
from onelayer.training.sets import chosen_images, samples_of


def main(
    optima: Mapping[str, tuple[str, str]],
    runs: Mapping[Run, RunFiles],
    setups: Mapping[str, Setup],
    images: Mapping[str, str],
    tables: Mapping[str, str],
) -> None:
    """Write all tables to their paths, `tables` by name.

    `optima` are the table and the arrays of the minima of each task that has them; `runs` are one a task and lambda, from the
    smallest; `images` are the stored images by file.
    """
    if optima:
        rows = [row for name, paths in optima.items() for row in optimum_rows(name, paths, runs, setups[name], images)]
        write_rows(tables["optimum"], list(rows[0]), [list(row.values()) for row in rows])
    predictions = {
        name: validation_predictions(setup, {run: files for run, files in runs.items() if run.task == name}, images)
        for name, setup in setups.items()
    }
    classes = {name: setup.classes for name, setup in setups.items()}
    for name, table in (
        ("diagnostics", diagnostics_table(predictions, classes)),
        ("confusion", confusion_table(predictions, classes)),
        ("comparisons", comparisons_table(predictions)),
    ):
        write_rows(tables[name], *table)


@np.errstate(over="ignore", invalid="ignore")  # of a run that diverged
def optimum_rows(
    task: str, paths: tuple[str, str], runs: Mapping[Run, RunFiles], setup: Setup, images: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows of the minima of a task, with how far above its minimum the objective of each run ends, and how far its weights are."""
    table, arrays = paths
    chosen, _ = chosen_images(setup, next(run.seed for run in runs if run.task == task), images, ["train"])
    samples, minima = samples_of(setup, chosen["train"].images), read_optima(arrays)
    last = {run.lam: files.last_weights.astype(np.float64) for run, files in runs.items() if run.task == task}
    rows: list[dict[str, Any]] = []
    for row in read_rows(table):
        both = np.stack([minima[row["lambda"]], last[row["lambda"]]])
        objective = Objective(model_named(setup.model), samples, float(row["lambda"]), setup.penalty)
        (least, reached), _ = objective.evaluate(both)
        distance = float(np.linalg.norm(both[1] - both[0]))
        rows.append({**row, "objective_excess": float(reached - least), "weight_distance": distance})
    return rows


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        optima = zip(snakemake.input.optima, snakemake.input.arrays, strict=True)
        main(
            optima={Path(table).stem: (table, arrays) for table, arrays in optima},
            runs=files_of_runs(snakemake.params.runs, snakemake.input.weights, setups),
            setups=setups,
            images={Path(path).stem: path for path in snakemake.input.images},
            tables={Path(path).stem: path for path in snakemake.output},
        )
