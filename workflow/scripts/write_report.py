"""Fill the report's template in from the tables."""

from pathlib import Path

from onelayer.errors import writing
from onelayer.joblog import job
from onelayer.report import render


def main(template, tables, provenance, output):
    """Write the LaTeX source; `tables` are paths, each named after what it holds."""
    source = render(template, {Path(path).stem: path for path in tables}, provenance)
    with writing(output):
        Path(output).write_text(source, encoding="utf-8")


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(snakemake.input.template, snakemake.input.tables, snakemake.input.provenance, snakemake.output.tex)
