"""Make the tables of the evidence: the minima; of what is predicted scores by class, confusion and tasks compared."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from onelayer.experiment.task import Setup
from onelayer.io.files import write_rows, write_text
from onelayer.io.log import job
from onelayer.results.diagnostics import comparisons_table, confusion_table, diagnostics_table
from onelayer.results.predictions import Predictions, validation_predictions
from onelayer.training.runs import files_of_runs


def main(
    optima: Sequence[str],
    predictions: Mapping[str, Mapping[str, Predictions]],
    classes: Mapping[str, Sequence[int]],
    tables: Mapping[str, str],
) -> None:
    """Write all tables to their paths, `tables` by name.

    `optima` are paths of the tables of the minima, one a task, with the same header; `predictions` are by task and lambda.
    """
    if optima:
        texts = [Path(path).read_text(encoding="utf-8").splitlines(keepends=True) for path in optima]
        write_text(tables["optimum"], "".join([texts[0][0], *(line for text in texts for line in text[1:])]))
    for name, table in (
        ("diagnostics", diagnostics_table(predictions, classes)),
        ("confusion", confusion_table(predictions, classes)),
        ("comparisons", comparisons_table(predictions)),
    ):
        write_rows(tables[name], *table)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        runs = files_of_runs(snakemake.params.runs, snakemake.input.weights, setups)
        predictions = {
            name: validation_predictions(setup, {run: files for run, files in runs.items() if run.task == name}, images)
            for (name, setup), images in zip(setups.items(), snakemake.input.images, strict=True)
        }
        main(
            optima=snakemake.input.optima,
            predictions=predictions,
            classes={name: setup.classes for name, setup in setups.items()},
            tables={Path(path).stem: path for path in snakemake.output},
        )
