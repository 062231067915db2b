"""The configuration of a run: files and the command line merged, and checked before any work is done."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelayer.data.description import DataSet, checked_datasets
from onelayer.experiment.checks import checked_tasks
from onelayer.experiment.config import check_schema, dotted, read_overlay, read_yaml
from onelayer.experiment.source import Source, read_source
from onelayer.experiment.task import Run, Task
from onelayer.io.errors import InputError
from onelayer.io.programs import versions

# Keys that change no result.
HOW = ("offline", "evidence", "images_to_predict", "datasets")


@dataclass(frozen=True)
class Configuration:
    """What is to be done.

    Attributes
    ----------
    values : dict
        The merged configuration.
    datasets : dict of DataSet
    dataset : DataSet
        The one that is used.
    tasks : dict of Task
    source : Source
    """

    values: dict[str, Any]
    datasets: Mapping[str, DataSet]
    dataset: DataSet
    tasks: Mapping[str, Task]
    source: Source

    @property
    def experiment(self) -> dict[str, Any]:
        """What the provenance records and the report prints: without keys that change no result."""
        return {key: value for key, value in self.values.items() if key not in HOW}

    @property
    def shown(self) -> dict[str, Any]:
        """What the report and the explorer print of it, and the versions that it runs with; plain values."""
        return {
            "names": {name: self.dataset.names(task.classes) for name, task in self.tasks.items()},
            "dataset": self.dataset.shown(),
            "configuration": dotted(self.experiment),
            "versions": versions(),
        }

    @property
    def runs(self) -> list[Run]:
        return [run for task in self.tasks.values() for run in task.runs]


def read_configuration(project: Path, overlays: Sequence[str | Path], given: Mapping[str, Any]) -> Configuration:
    """The configuration of the project with overlays, and over them what is `given`: by the command line or an importing workflow.

    Files are read as plain YAML: what Snakemake acts on in them is refused.

    Raises InputError: one line with the file or key, what is wrong with it and what to do.
    """
    if set("{}") & set(str(project)):
        raise InputError(f"{project}: Snakemake takes braces in the project's path for wildcards: move it elsewhere")
    if not os.access(".", os.W_OK | os.X_OK):
        raise InputError(f"{Path.cwd()}: this folder cannot be written: mend that, or choose another with --directory")
    config, schemas = Path(os.path.relpath(project / "config")), project / "workflow/schemas"
    files = {str(path): read_overlay(path) for path in (config / "config.yaml", config / "datasets.yaml", *overlays)}
    values: dict[str, Any] = {}
    for document in (*files.values(), given):
        merge(values, document)
    for key in ("offline", "evidence"):  # the command line gives true and false as text
        if values[key] in ("true", "false"):
            values[key] = values[key] == "true"
    check_schema(values, read_yaml(schemas / "config.schema.yaml"), "config")
    check_schema(values["datasets"], read_yaml(schemas / "datasets.schema.yaml"), "config: datasets")
    datasets = checked_datasets(values["datasets"])
    if values["dataset"] not in datasets:
        known = ", ".join(datasets)
        raise InputError(f"config: dataset = {values['dataset']!r} is not allowed. Known data sets: {known}")
    dataset = datasets[values["dataset"]]
    tasks = checked_tasks(values, dataset, files)
    return Configuration(values, datasets, dataset, tasks, read_source(config, schemas))


def merge(values: dict[str, Any], document: Mapping[str, Any]) -> None:
    """Put a document over values, key by key; a list replaces the list."""
    for key, value in document.items():
        if isinstance(value, Mapping) and isinstance(values.get(key), dict):
            merge(values[key], value)
        else:
            values[key] = dict(value) if isinstance(value, Mapping) else value
