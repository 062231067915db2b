"""Print published values beside rebuilt ones, and fail unless every one is met."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from onelayer.experiment.task import Setup
from onelayer.io.log import job
from onelayer.results.findings import summary_of
from onelayer.results.published import COLUMNS, published_rows
from onelayer.training.runs import files_of_runs


def main(
    summaries: Sequence[Mapping[str, Any]],
    published: Sequence[Mapping[str, Any]],
    differing: Mapping[str, Sequence[str]],
) -> None:
    """Exit with status 1, after the rows that are not met and why, unless all values are met."""
    table = pd.DataFrame(published_rows(published, summaries, differing), columns=COLUMNS, dtype=object)
    print(table.fillna("").to_string(index=False))
    counts = table["verdict"].value_counts()
    print(f"verify: {counts.get('met', 0)} of {len(table)} published values are met")
    unmet = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if verdict != "met")
    if unmet:
        reasons = [f"tasks.{task} differs in {', '.join(keys)}" for task, keys in differing.items() if keys]
        sys.exit("; ".join([f"Error: verify: of {len(table)} published values {unmet}", *reasons]))


if __name__ == "__main__":
    with job(snakemake.log[0]):
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        runs = files_of_runs(snakemake.params.runs, snakemake.input.summaries, setups)
        main([summary_of(files) for files in runs.values()], snakemake.params.published, snakemake.params.differing)
