"""Print published values beside rebuilt ones, and fail unless every one is met."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from onelayer.log import job
from onelayer.published import published_table


def main(metrics_path: str, published: Sequence[Mapping[str, Any]], differing: Mapping[str, Sequence[str]]) -> None:
    """Exit with status 1, after the rows that are not met and why, unless all values are met."""
    table = published_table(published, pd.read_csv(metrics_path, dtype={"lambda": str, "shuffle": str}), differing)
    print(table.fillna("").to_string(index=False))
    counts = table["verdict"].value_counts()
    print(f"verify: {counts.get('met', 0)} of {len(table)} published values are met")
    unmet = ", ".join(f"{count} {verdict}" for verdict, count in counts.items() if verdict != "met")
    if unmet:
        reasons = [f"tasks.{task} differs in {', '.join(keys)}" for task, keys in differing.items() if keys]
        sys.exit("; ".join([f"Error: verify: of {len(table)} published values {unmet}", *reasons]))


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(snakemake.input.metrics, snakemake.params.published, snakemake.params.differing)
