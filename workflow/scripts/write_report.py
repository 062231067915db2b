"""Fill the report's templates in from the tables."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import onelayer
from onelayer.errors import atomic_write
from onelayer.log import job
from onelayer.report import render

if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        source = render(
            folder=Path(onelayer.__file__).parents[2] / "report",
            # The ledger is read from its JSON, in which an empty value is none.
            tables={Path(path).stem: path for path in snakemake.input.tables if not path.endswith("claims.csv")},
            provenance=snakemake.input.provenance,
            **snakemake.params.context,
        )
        with atomic_write(snakemake.output.tex) as partial:
            partial.write_text(source, encoding="utf-8")
