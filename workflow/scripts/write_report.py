"""Fill the report's templates in from the tables."""

from pathlib import Path

from onelayer.experiment.task import Task
from onelayer.io.files import write_text
from onelayer.io.log import job
from onelayer.report.render import report_source

if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        context = snakemake.params.context
        source = report_source(
            tables={Path(path).stem: path for path in snakemake.input.tables},
            images=snakemake.input.images,
            tasks={name: Task.of(plain) for name, plain in context.pop("tasks").items()},
            **context,
        )
        write_text(snakemake.output.tex, source)
