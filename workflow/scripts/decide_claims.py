"""Decide every claim of the source by the tables: the ledger of claims."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from onelayer.io.files import write_json, write_rows
from onelayer.io.log import job
from onelayer.results.ledger import COLUMNS, ledger
from onelayer.results.measures import Tables


def main(paths: Mapping[str, str], claims: Sequence[Mapping[str, Any]], outputs: Any) -> None:
    """Write the ledger to the paths `csv` and `json` of `outputs`.

    `paths` are those of the tables metrics, curves and, with evidence, optimum; `claims` those of the Source.
    """
    rows = ledger(claims, read_tables(paths))
    write_rows(outputs.csv, COLUMNS, [list(row.values()) for row in rows])
    write_json(outputs.json, rows)


def read_tables(paths: Mapping[str, str]) -> Tables:
    """The tables that measures read, with real types."""
    return Tables(
        metrics=pd.read_csv(paths["metrics"]).astype({"lambda": float}),
        curves=pd.read_parquet(paths["curves"]),
        optimum=pd.read_csv(paths["optimum"]) if "optimum" in paths else None,
    )


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main({Path(path).stem: path for path in snakemake.input}, snakemake.params.claims, snakemake.output)
