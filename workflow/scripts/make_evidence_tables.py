"""Make the tables of the evidence: the minima; of what is predicted scores by class, confusion and tasks compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.experiment.task import Run, Setup
from onelayer.io.files import write_rows
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.results.diagnostics import comparisons_table, confusion_table, diagnostics_table
from onelayer.results.predictions import predictions_of
from onelayer.results.rebuilt import Minimum, minima_of
from onelayer.training.optimum import objectives
from onelayer.training.runs import RunFiles, files_of_runs
from onelayer.training.sets import chosen_images, samples_of


def main(
    minima: Mapping[str, Minimum],
    runs: Mapping[Run, RunFiles],
    setups: Mapping[str, Setup],
    images: Mapping[str, str],
    tables: Mapping[str, str],
) -> None:
    """Write all tables to their paths, `tables` by name; `runs` are one a task and lambda, from the smallest."""
    if minima:
        rows = [row for name in minima for row in optimum_rows(name, minima[name], runs, setups[name], images)]
        write_rows(tables["optimum"], list(rows[0]), [list(row.values()) for row in rows])
    predictions = {
        (run.task, run.lam): predictions_of(setups[run.task], files.last_weights, "validation", run.seed, images)
        for run, files in runs.items()
    }
    classes = {name: setup.classes for name, setup in setups.items()}
    write_rows(tables["diagnostics"], *diagnostics_table(predictions, classes))
    write_rows(tables["confusion"], *confusion_table(predictions, classes))
    write_rows(tables["comparisons"], *comparisons_table(predictions))


@np.errstate(over="ignore", invalid="ignore")  # of a run that diverged
def optimum_rows(
    task: str, minimum: Minimum, runs: Mapping[Run, RunFiles], setup: Setup, images: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Rows of the minima of a task, with how far above its minimum the objective of each run ends, and how far its weights are."""
    rows: list[dict[str, Any]] = []
    for run in (run for run in runs if run.task == task):
        lam = float(run.lam)
        samples = samples_of(setup, chosen_images(setup, run.seed, images, ["train"])[0]["train"].images)
        both = np.stack([minimum.weights[lam], runs[run].last_weights.astype(np.float64)])
        least, reached = objectives(model_named(setup.model), samples, lam, setup.penalty, both).tolist()
        distance = float(np.linalg.norm(both[1] - both[0]))
        rows.append({**minimum.rows[lam], "objective_excess": reached - least, "weight_distance": distance})
    return rows


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        minima, runs = minima_of(snakemake.input.minima), files_of_runs(snakemake.input.weights, setups)
        images, tables = (
            {Path(path).stem: path for path in paths} for paths in (snakemake.input.images, snakemake.output)
        )
        main(minima, runs, setups, images, tables)
