"""Make the tables: the runs' metrics and curves, the sweep, minima, published beside rebuilt, and the findings of the report."""

from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.experiment.task import Task
from onelayer.experiment.values import Value
from onelayer.io.files import atomic_write, write_json, write_rows
from onelayer.io.log import job
from onelayer.results.findings import findings_of
from onelayer.results.published import COLUMNS, published_rows
from onelayer.results.rebuilt import Rebuilt
from onelayer.results.tables import curves_table, metrics_table, optimum_table, sweep_table


def main(
    tasks: Mapping[str, Task],
    published: Sequence[Value],
    rebuilt: Rebuilt,
    differing: Mapping[str, Any],
    optimum: Sequence[str],
    outputs: Any,
) -> None:
    """Write all tables to `outputs`, an object with a path for each.

    The order of the runs is that of the tables; `published` are the values of the Source, `differing` its differing tasks; `optimum`
    names the tasks whose minima have a table.
    """
    runs = rebuilt.runs
    metrics = metrics_table([files.summary for files in runs.values()])
    sweep = sweep_table(metrics, tasks)
    tables = [(metrics, outputs.metrics), (sweep, outputs.sweep)]
    if optimum:
        tables.append((optimum_table({name: tasks[name] for name in optimum}, rebuilt), outputs.optimum))
    for table, path in tables:
        with atomic_write(path) as partial:
            table.to_csv(partial, index=False)
    rows = published_rows(published, rebuilt, differing)
    write_rows(outputs.published, COLUMNS, [list(row.values()) for row in rows])
    with atomic_write(outputs.curves) as partial:
        curves_table(runs).to_parquet(partial, index=False, compression="zstd")
    write_json(outputs.findings, {name: findings_of(task, runs, sweep) for name, task in tasks.items() if task.runs})


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        tasks = {name: Task.of(plain) for name, plain in snakemake.params.tasks.items()}
        values = [Value(**plain) for plain in snakemake.params.published]
        params, rebuilt = snakemake.params, Rebuilt.of(tasks, snakemake.input)
        main(tasks, values, rebuilt, params.differing, params.optimum, snakemake.output)
