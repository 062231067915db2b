"""Put the tables of the tasks' minima into one."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Sequence

from onelayer.errors import atomic_write
from onelayer.log import job


def main(paths: Sequence[str], table: str) -> None:
    """Write the header of the first of `paths` and the rows of all, as they stand there, to `table`."""
    texts = [Path(path).read_text(encoding="utf-8").splitlines(keepends=True) for path in paths]
    with atomic_write(table) as partial:
        partial.write_text("".join([texts[0][0], *(line for text in texts for line in text[1:])]), encoding="utf-8")


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(snakemake.input, snakemake.output.table)
