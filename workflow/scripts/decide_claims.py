"""Hold every claim of the source to the tables: the ledger of claims."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from onelayer.claims.ledger import COLUMNS, ledger
from onelayer.claims.measures import Tables
from onelayer.data.store import write_json
from onelayer.errors import atomic_write
from onelayer.log import job


def main(paths: Mapping[str, str], claims: Sequence[Mapping[str, Any]], outputs: Any) -> None:
    """Write the ledger as CSV and as JSON.

    Parameters
    ----------
    paths : dict
        The tables metrics, curves, gradients, published and, with evidence, optimum.
    claims : list of dict
        As config/claims.yaml holds them.
    outputs : object with the paths `csv` and `json`
    """
    rows = ledger(claims, read_tables(paths))
    with atomic_write(outputs.csv) as partial:
        pd.DataFrame(rows, columns=COLUMNS, dtype=object).to_csv(partial, index=False)
    write_json(outputs.json, rows)


def read_tables(paths: Mapping[str, str]) -> Tables:
    """The tables that measures read, with real types."""
    return Tables(
        metrics=pd.read_csv(paths["metrics"]).astype({"lambda": float}),
        curves=pd.read_parquet(paths["curves"]),
        gradients=pd.read_csv(paths["gradients"]),
        published=pd.read_csv(paths["published"]),
        optimum=pd.read_csv(paths["optimum"]) if "optimum" in paths else None,
    )


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main({Path(path).stem: path for path in snakemake.input}, snakemake.params.claims, snakemake.output)
