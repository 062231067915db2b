"""Decide every claim of the source by the files of the runs: the ledger of claims."""

from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.experiment.claims import Claim
from onelayer.experiment.task import Setup
from onelayer.io.files import write_json, write_rows
from onelayer.io.log import job
from onelayer.results.ledger import COLUMNS, grouped, ledger
from onelayer.results.rebuilt import Rebuilt


def main(
    claims: Sequence[Claim], rebuilt: Rebuilt, differing: Mapping[str, Any], shape: Sequence[int], outputs: Any
) -> None:
    """Write the ledger to the paths `csv` and `json` of `outputs`; the arguments are those of `ledger`."""
    rows = ledger(claims, rebuilt, differing, shape)
    write_rows(outputs.csv, COLUMNS, [list(row.values()) for row in rows])
    write_json(outputs.json, grouped(rows))


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        params = snakemake.params
        setups = {name: Setup.of(plain) for name, plain in params.setups.items()}
        claims = [Claim(**plain) for plain in params.claims]
        main(claims, Rebuilt.of(setups, snakemake.input), params.differing, params.shape, snakemake.output)
