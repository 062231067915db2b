"""Make the tables of the predictions: scores by class, confusion, calibration, ranking, and tasks compared."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.diagnostics import (
    calibration_table,
    comparisons_table,
    confusion_table,
    diagnostics_table,
    ranking_table,
)
from onelayer.errors import atomic_write
from onelayer.log import job
from onelayer.predictions import read_predictions


def main(predictions: Mapping[str, str], classes: Mapping[str, Sequence[int]], outputs: Any) -> None:
    """Write all tables.

    Parameters
    ----------
    predictions : dict
        By task the path of its predictions.
    classes : dict
        By task its classes.
    outputs : object with a path for each table
    """
    tasks = {name: read_predictions(path) for name, path in predictions.items()}
    for table, path in (
        (diagnostics_table(tasks, classes), outputs.diagnostics),
        (confusion_table(tasks, classes), outputs.confusion),
        (calibration_table(tasks), outputs.calibration),
        (ranking_table(tasks, classes), outputs.ranking),
        (comparisons_table(tasks), outputs.comparisons),
    ):
        with atomic_write(path) as partial:
            table.to_csv(partial, index=False)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        classes = snakemake.params.classes
        main(
            predictions=dict(zip(classes, snakemake.input.predictions, strict=True)),
            classes=classes,
            outputs=snakemake.output,
        )
