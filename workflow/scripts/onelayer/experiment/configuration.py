"""The configuration of a run: files and the command line merged, and checked before any work is done.

The layers, each put over the one before: config/config.yaml, the experiment of the source, with `evidence` its evidence.yaml,
overlays, the command line.
"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any

from onelayer.data.description import DataSet, checked_datasets
from onelayer.experiment.claims import Claim, claims_of
from onelayer.experiment.config import Files, check_schema, dotted, read_yaml, set_in
from onelayer.experiment.images import BOTH, Images
from onelayer.experiment.source import Source, source_documents, source_folder
from onelayer.experiment.task import ROLES, Run, Task, filled, inherited
from onelayer.experiment.values import values_of
from onelayer.io.errors import InputError
from onelayer.io.programs import versions
from onelayer.models import PENALTY_FACTOR, model_named
from onelayer.stopping import rule_of

LEAST_LAMBDA = Decimal("1e-12")  # of those above 0: below, no minimum can be certified either
# Keys that change no result.
HOW = ("offline", "evidence", "images_to_predict", "claims", "datasets")


@dataclass(frozen=True)
class Configuration:
    """What is to be done."""

    values: dict[str, Any]  # the merged configuration
    datasets: Mapping[str, DataSet]
    dataset: DataSet  # the one that is used
    tasks: Mapping[str, Task]
    source: Source
    own_claims: Sequence[Claim] = ()  # beside those of the source

    @property
    def claims(self) -> list[Claim]:
        return [*self.source.claims, *self.own_claims]

    @property
    def experiment(self) -> dict[str, Any]:
        """What the provenance records and the explorer prints: without keys that change no result."""
        return {key: value for key, value in self.values.items() if key not in HOW}

    @property
    def shown(self) -> dict[str, Any]:
        """What the report and the explorer print of it, and the versions that it runs with; plain values."""
        return {
            "names": {name: self.dataset.names(task.classes) for name, task in self.tasks.items()},
            "dataset": self.dataset.shown(),
            "source": self.source.details,
            "configuration": list(dotted(self.experiment)),
            "versions": versions(),
        }

    @property
    def runs(self) -> list[Run]:
        return [run for task in self.tasks.values() for run in task.runs]


def read_configuration(project: Path, overlays: Sequence[str | Path], given: Mapping[str, Any]) -> Configuration:
    """The configuration of the project with overlays, and over them what is `given`: by the command line or an importing workflow.

    Raises InputError: one line with the file or key, what is wrong with it and what to do.
    """
    if set("{}") & set(str(project)):
        raise InputError(f"{project}: Snakemake takes braces in the project's path for wildcards: move it elsewhere")
    if not os.access(".", os.W_OK | os.X_OK):
        raise InputError(f"{Path.cwd()}: this folder cannot be written: mend that, or choose another with --directory")
    config, schemas = Path(os.path.relpath(project / "config")), project / "workflow/schemas"
    base: Files = {str(path): read_yaml(path) for path in (config / "config.yaml", config / "datasets.yaml")}
    over: Files = {str(path): read_yaml(path) for path in overlays}
    for name, document in over.items():
        if not isinstance(document, Mapping):
            raise InputError(f"{name}: holds {document!r:.80}, but a mapping with keys of the configuration is needed")
    meant = {"true": True, "false": False, "null": None}  # which the command line gives as text
    given = {key: meant.get(value, value) if isinstance(value, str) else value for key, value in given.items()}
    chosen = merged(*base.values(), *over.values(), given)
    source, report, evidence = Source(), Files(), Files()
    if chosen["source"] is not None:
        folder = source_folder(str(chosen["source"]), config / "sources")
        documents = source_documents(folder, schemas)
        report = {f"{folder}/source.yaml": documents["source"]["experiment"]}
        evidence = {f"{folder}/evidence.yaml": documents["evidence"]}
        source = _source(documents, _checked(base | report | evidence, {}, schemas)[2], str(folder))
    layers = base | report | (evidence if chosen["evidence"] is True else {}) | over
    values, datasets, tasks = _checked(layers, given, schemas)
    check_schema({"claims": values["claims"]}, read_yaml(schemas / "claims.schema.yaml"), "config")
    claims = claims_of(values["claims"], tasks, "config: claims", held=False)
    return Configuration(values, datasets, datasets[values["dataset"]], tasks, source, claims)


def merged(*documents: Mapping[str, Any]) -> dict[str, Any]:
    """Documents put one over the other, key by key; a list replaces the list, and a rule that is named the whole rule."""
    found: dict[str, Any] = {}
    for document in documents:
        for key, value in document.items():
            if isinstance(value, Mapping):
                under = found.get(key)
                value = merged(under if isinstance(under, Mapping) and "rule" not in value else {}, value)
            found[key] = value
    return found


def in_order(values: dict[str, Any], kept: bool = False) -> dict[str, Any]:
    """A mapping with all its keys in alphabetical order, so that their order in a file is no change; but tasks and data sets as they stand."""
    items = values.items() if kept else sorted(values.items())
    return {
        key: in_order(value, key in ("tasks", "datasets") and not kept) if isinstance(value, dict) else value
        for key, value in items
    }


def _checked(
    files: Files, given: Mapping[str, Any], schemas: Path
) -> tuple[dict[str, Any], dict[str, DataSet], dict[str, Task]]:
    """The merged configuration, its data sets, and its tasks."""
    values = in_order(merged(*files.values(), given))
    check_schema(values, read_yaml(schemas / "config.schema.yaml"), "config", files)
    check_schema(values["datasets"], read_yaml(schemas / "datasets.schema.yaml"), "config: datasets")
    datasets = checked_datasets(values["datasets"])
    if values["dataset"] not in datasets:
        raise InputError(f"config: dataset = {values['dataset']!r}: the known data sets are {', '.join(datasets)}")
    return values, datasets, _tasks(values, datasets[values["dataset"]], files)


def _tasks(config: Mapping[str, Any], dataset: DataSet, files: Files) -> dict[str, Task]:
    """The tasks of a configuration that fits its schema; refuses values that cannot be, or not together."""
    counts = {**dataset.counts, BOTH: sum(dataset.counts.values())} if dataset.counts else {}
    tasks: dict[str, Task] = {}
    for name, values in inherited(config, counts).items():
        for key, problem in _problems(values, dataset, counts):
            place = set_in(files, ["tasks", name, key], ["training", key], ["images", key], ["tasks", name])
            raise InputError(f"config: tasks.{name}: {key} = {values.get(key)!s:.100} ({place}): {problem}")
        tasks[name] = Task.of(values)
    if not tasks:
        raise InputError("config: tasks: none is left; give at least one that is not null")
    return tasks


def _problems(values: dict[str, Any], dataset: DataSet, counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Keys of a task whose values cannot be, each with what is wrong and what is allowed."""
    for role in ROLES:
        for key in ("file", "count"):
            if (role == "train" or role in values) and key not in values.get(role, {}):
                yield role, f"missing key {key!r}"
    for key, named in (("model", model_named), ("early_stop", rule_of)):
        try:
            named(values[key])
        except InputError as error:
            yield key, str(error)
    task = Task.of(values)
    count = model_named(task.model).class_count
    if count and len(task.classes) != count:
        yield "classes", f"the model {task.model} takes {count} classes"
    for label in task.classes:
        if label not in dataset.classes:
            yield "classes", f"{task.dataset} has no class {label}; its classes: {list(dataset.classes)}"
    if len(set(map(float, task.lambdas))) < len(task.lambdas):
        yield "lambdas", "the same number stands there twice"
    # A step multiplies the weights by 1 - 2 * factor * rate * lambda: from -1 on downwards they grow for ever.
    limit = 1 / (PENALTY_FACTOR[task.penalty] * task.learning_rate)
    for lam in task.lambdas:
        if not float(lam) < limit:
            text = f"at learning_rate {task.learning_rate:g} the penalty alone makes weights grow from {limit:g} on"
            yield "lambdas", text
        if 0 < Decimal(lam) < LEAST_LAMBDA:
            yield "lambdas", f"{lam} changes nothing in double precision: write 0, or at least {LEAST_LAMBDA}"
    for role, images in task.sets.items():
        for problem in _range_problems(images, counts):
            yield role, problem
    for other, role in combinations(task.sets, 2):
        if task.sets[role].overlaps(task.sets[other]):
            yield role, f"shares images with {other}, {values[other]}: choose other images"
    if task.batch_size > task.train.size:
        yield "batch_size", f"more than the {task.train.size} training images"
    if task.shuffle and task.validation is None:
        yield "validation", "missing: runs are evaluated on it; leave shuffle empty if only the minimum is wanted"


def _range_problems(images: Images, counts: Mapping[str, int]) -> Iterator[str]:
    if images.end > counts.get(images.file, images.end):
        yield f"the {images.file} images of this data set are {counts[images.file]}"
    if images.count < 1:
        yield f"no image is left from {images.first} on"
    if images.part and not 0 < images.part[1] <= images.count - images.part[0]:
        yield f"part: the place of the first, from 0, and how many of the {images.count}"
    if images.part and images.drawn:
        yield "part and drawn do not go together: give one of them"
    if (images.drawn or 0) > images.count:
        yield f"drawn: more than the {images.count} images that they are drawn from"


def _source(documents: Mapping[str, Mapping[str, Any]], tasks: Mapping[str, Task], folder: str) -> Source:
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
        claims=claims_of(documents["claims"].get("claims", []), tasks, f"{folder}/claims.yaml"),
        slips=[{**slip, "text": filled(slip["text"], tasks, f"{folder}/text.yaml")} for slip in text.get("slips", [])],
        introduction=filled(text.get("introduction", ""), tasks, f"{folder}/text.yaml"),
    )
