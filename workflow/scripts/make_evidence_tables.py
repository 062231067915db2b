"""Make the tables of the evidence: the minima; of what is predicted scores by class, confusion and tasks compared."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.experiment.task import Setup
from onelayer.io.files import write_rows
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.results.diagnostics import comparisons_table, confusion_table, diagnostics_table
from onelayer.results.predictions import predictions_of
from onelayer.results.rebuilt import Rebuilt
from onelayer.training.optimum import objectives
from onelayer.training.sets import chosen_images, samples_of


def main(rebuilt: Rebuilt, tables: Mapping[str, str]) -> None:
    """Write all tables to their paths, `tables` by name; the runs are one a task and lambda, from the smallest."""
    if rebuilt.minima:
        rows = [row for task in rebuilt.minima for row in optimum_rows(task, rebuilt)]
        write_rows(tables["optimum"], list(rows[0]), [list(row.values()) for row in rows])
    setups, images = rebuilt.setups, rebuilt.images
    predictions = {
        (run.task, run.lam): predictions_of(setups[run.task], files.last_weights, "validation", run.seed, images)
        for run, files in rebuilt.runs.items()
    }
    classes = {name: setup.classes for name, setup in setups.items()}
    write_rows(tables["diagnostics"], *diagnostics_table(predictions, classes))
    write_rows(tables["confusion"], *confusion_table(predictions, classes))
    write_rows(tables["comparisons"], *comparisons_table(predictions))


@np.errstate(over="ignore", invalid="ignore")  # of a run that diverged
def optimum_rows(task: str, rebuilt: Rebuilt) -> list[dict[str, Any]]:
    """Rows of the minima of a task, with how far above its minimum the objective of each run ends, and how far its weights are."""
    setup, minimum, rows = rebuilt.setups[task], rebuilt.minima[task], []
    for run, files in rebuilt.runs.items():
        if run.task == task:
            lam = float(run.lam)
            samples = samples_of(setup, chosen_images(setup, run.seed, rebuilt.images, ["train"])[0]["train"].images)
            both = np.stack([minimum.weights[lam], files.last_weights.astype(np.float64)])
            least, reached = objectives(model_named(setup.model), samples, lam, setup.penalty, both).tolist()
            distance = float(np.linalg.norm(both[1] - both[0]))
            rows.append({**minimum.rows[lam], "objective_excess": reached - least, "weight_distance": distance})
    return rows


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        main(Rebuilt.of(setups, snakemake.input), {Path(path).stem: path for path in snakemake.output})
