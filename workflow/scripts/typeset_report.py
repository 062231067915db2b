"""Typeset the report."""

from onelayer.joblog import job
from onelayer.latex import typeset

if __name__ == "__main__":
    with job(snakemake.log[0]):
        typeset(snakemake.input.tex, snakemake.input.figures, snakemake.output.pdf)
