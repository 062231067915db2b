"""Typeset the report."""

from onelayer.io.log import job
from onelayer.report.typeset import typeset

if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        typeset(snakemake.input.tex, snakemake.input.figures, snakemake.output.pdf)
