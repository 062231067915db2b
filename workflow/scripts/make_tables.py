"""Make the tables: the runs' metrics and curves, the sweep, published beside rebuilt, and the findings of the report."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from onelayer.data.store import write_json
from onelayer.errors import atomic_write
from onelayer.findings import findings_of, summary_of
from onelayer.grid import Run, Task
from onelayer.log import job
from onelayer.published import published_table
from onelayer.runs import RunFiles, files_of_runs
from onelayer.tables import curves_table, metrics_table, sweep_table


def main(
    runs: Mapping[Run, RunFiles],
    tasks: Mapping[str, Task],
    published: Sequence[Mapping[str, Any]],
    differing: Mapping[str, Sequence[str]],
    outputs: Any,
) -> None:
    """Write all tables.

    Parameters
    ----------
    runs : dict from Run to RunFiles, in the order of the tables
    tasks : dict
    published : list of dict
        The values of config/published.yaml.
    differing : dict
        See onelayer.published.published_table.
    outputs : object with a path for each table
    """
    metrics = metrics_table([summary_of(files) for files in runs.values()])
    sweep = sweep_table(metrics, tasks)
    write_csv(metrics, outputs.metrics)
    write_csv(sweep, outputs.sweep)
    write_csv(published_table(published, metrics, differing), outputs.published)
    with atomic_write(outputs.curves) as partial:
        curves_table(runs).to_parquet(partial, index=False, compression="zstd")
    write_json(outputs.findings, {name: findings_of(task, runs, sweep) for name, task in tasks.items()})


def write_csv(table: pd.DataFrame, path: str) -> None:
    """Write a table with all its digits."""
    with atomic_write(path) as partial:
        table.to_csv(partial, index=False)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        tasks = snakemake.params.tasks
        main(
            runs=files_of_runs(snakemake.params.runs, snakemake.input.summaries, tasks),
            tasks=tasks,
            published=snakemake.params.published,
            differing=snakemake.params.differing,
            outputs=snakemake.output,
        )
