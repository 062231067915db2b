"""Typeset the report."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from onelayer.log import job
from onelayer.typesetting import typeset

if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        typeset(snakemake.input.tex, snakemake.input.figures, snakemake.output.pdf)
