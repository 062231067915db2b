"""Write each table as a page to read in a browser."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Sequence

from onelayer.errors import atomic_write
from onelayer.log import job
from onelayer.pages import table_page


def main(tables: Sequence[str], pages: Sequence[str]) -> None:
    """Write the page of each of `tables`, CSV files, to the path of `pages` at its place."""
    for table, page in zip(tables, pages, strict=True):
        text = table_page(table)
        with atomic_write(page) as partial:
            partial.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(snakemake.input, snakemake.output)
