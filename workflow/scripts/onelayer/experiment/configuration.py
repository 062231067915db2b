"""The configuration of a run: files and the command line merged, and checked before any work is done.

The layers, each put over the one before: config/config.yaml, the experiment of the source, with `evidence` its evidence.yaml,
overlays, the command line.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelayer.data.description import DataSet, checked_datasets
from onelayer.experiment.checks import checked_tasks
from onelayer.experiment.claims import Claim, claims_of
from onelayer.experiment.config import check_schema, dotted, read_overlay, read_yaml, shortened
from onelayer.experiment.source import Source, filled, source_documents, source_folder
from onelayer.experiment.task import Run, Task
from onelayer.experiment.values import values_of
from onelayer.io.errors import InputError
from onelayer.io.programs import versions

# Keys that change no result.
HOW = ("offline", "evidence", "images_to_predict", "claims", "datasets")

Files = Mapping[str, Mapping[str, Any]]


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
    own_claims : claims of the configuration beside those of the source
    """

    values: dict[str, Any]
    datasets: Mapping[str, DataSet]
    dataset: DataSet
    tasks: Mapping[str, Task]
    source: Source
    own_claims: Sequence[Claim] = ()

    @property
    def claims(self) -> list[Claim]:
        return [*self.source.claims, *self.own_claims]

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
            "source": self.source.details,
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
    base = {str(path): read_overlay(path) for path in (config / "config.yaml", config / "datasets.yaml")}
    over = {str(path): read_overlay(path) for path in overlays}
    chosen = _merged({**base, **over}, given)
    report: dict[str, Any] = {}
    evidence: dict[str, Any] = {}
    documents: Files = {}
    if not isinstance(chosen["source"], str | None):
        raise InputError(f"config: source = {shortened(repr(chosen['source']))}: no text: put it in quotes")
    if isinstance(chosen["source"], str):
        folder = source_folder(chosen["source"], config / "sources")
        documents = source_documents(folder, schemas)
        report = {f"{folder}/source.yaml": documents["source"]["experiment"]}
        evidence = {f"{folder}/evidence.yaml": documents["evidence"]}
    layers = {**base, **report, **(evidence if chosen["evidence"] is True else {}), **over}
    values, datasets, tasks = _checked(layers, given, schemas)
    source = Source()
    if documents:
        source = _source(documents, _checked({**base, **report, **evidence}, {}, schemas)[2], str(folder))
    check_schema({"claims": values["claims"]}, read_yaml(schemas / "claims.schema.yaml"), "config")
    own = claims_of(_with_settings(values["claims"], tasks, "config: claims"), tasks, "config: claims", held=False)
    return Configuration(values, datasets, datasets[values["dataset"]], tasks, source, own)


def merge(values: dict[str, Any], document: Mapping[str, Any]) -> None:
    """Put a document over values, key by key; a list replaces the list, and a rule that is named the whole rule."""
    for key, value in document.items():
        if isinstance(value, Mapping):
            # A mapping of its own: what is merged later must not reach the document.
            if not isinstance(values.get(key), dict) or "rule" in value:
                values[key] = {}
            merge(values[key], value)
        else:
            values[key] = value


def in_order(values: dict[str, Any], kept: bool = False) -> dict[str, Any]:
    """A mapping with its keys in alphabetical order, and those in it, so that their order in a file is no change; but tasks and data sets, which are
    shown in the order of the file.
    """
    items = values.items() if kept else sorted(values.items())
    return {
        key: in_order(value, key in ("tasks", "datasets") and not kept) if isinstance(value, dict) else value
        for key, value in items
    }


def _merged(files: Files, given: Mapping[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for document in (*files.values(), given):
        merge(values, document)
    # The command line gives true, false and null as text.
    booleans = {"true": True, "false": False}
    for key, meant in (("offline", booleans), ("evidence", booleans), ("source", {"null": None})):
        values[key] = meant.get(values[key], values[key]) if isinstance(values.get(key), str) else values.get(key)
    return values


def _checked(
    files: Files, given: Mapping[str, Any], schemas: Path
) -> tuple[dict[str, Any], dict[str, DataSet], dict[str, Task]]:
    """The merged configuration, its data sets, and its tasks."""
    values = in_order(_merged(files, given))
    if values["source"] is None:
        for key in ("dataset", "images", "tasks"):
            if key not in values:
                raise InputError(
                    f"config: {key}: is missing: with source: null an overlay has to give dataset, images and tasks"
                )
    check_schema(values, read_yaml(schemas / "config.schema.yaml"), "config", files)
    check_schema(values["datasets"], read_yaml(schemas / "datasets.schema.yaml"), "config: datasets")
    datasets = checked_datasets(values["datasets"])
    if values["dataset"] not in datasets:
        known = ", ".join(datasets)
        raise InputError(f"config: dataset = {values['dataset']!r} is not allowed. Known data sets: {known}")
    return values, datasets, checked_tasks(values, datasets[values["dataset"]], files)


def _with_settings(claims: Sequence[Mapping[str, Any]], tasks: Mapping[str, Task], place: str) -> list[dict[str, Any]]:
    """Claims whose texts have the settings that stand there in braces."""
    texts = ("claim", "quantity", "why")
    return [{**claim, **{key: filled(claim[key], tasks, place) for key in texts}} for claim in claims]


def _source(documents: Files, tasks: Mapping[str, Task], folder: str) -> Source:
    """The source of a folder, from the contents of its files and the tasks that they describe."""
    source, text = documents["source"], documents["text"]
    for key in ("sections", "figures"):
        for name in source.get(key, {}):
            if name not in tasks:
                raise InputError(f"{folder}/source.yaml: {key}.{name}: no such task; its tasks: {', '.join(tasks)}")
    return Source(
        details={key: source[key] for key in ("title", "author", "date", "address")},
        tasks=tasks,
        own=list(source["experiment"]["tasks"]),
        sections=source.get("sections", {}),
        figures=source.get("figures", {}),
        values=values_of(documents["published"].get("values", []), tasks, f"{folder}/published.yaml"),
        claims=claims_of(
            _with_settings(documents["claims"].get("claims", []), tasks, f"{folder}/claims.yaml"),
            tasks,
            f"{folder}/claims.yaml",
        ),
        slips=[{**slip, "text": filled(slip["text"], tasks, f"{folder}/text.yaml")} for slip in text.get("slips", [])],
        introduction=filled(text.get("introduction", ""), tasks, f"{folder}/text.yaml"),
    )
