"""The configuration: reading it and checking it."""

import math
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from onelayer.data.preparation import PREPARATIONS
from onelayer.errors import InputError
from onelayer.grid import ROLES, Task, tasks_of
from onelayer.models import MODELS
from onelayer.objective import PENALTY_FACTOR

# Pairs of sets that must not share an image.
APART = (("validation", "train"), ("test", "train"), ("test", "validation"))
# Keys that Snakemake obeys: it evaluates Python in the file, and it changes the paths of rules.
ACTED_ON = ("__use_yte__", "pathvars")
# JSON Schema counts 5.0 as an integer; a range or a folder's name does not.
Validator = jsonschema.validators.extend(
    jsonschema.Draft202012Validator,
    type_checker=jsonschema.Draft202012Validator.TYPE_CHECKER.redefine(
        "integer", lambda _, value: isinstance(value, int) and not isinstance(value, bool)
    ),
)


class UniqueKeys(yaml.SafeLoader):
    """Safe YAML in which a key stands once in a mapping, and 1:30 is not the number 90."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for number, key in enumerate(keys):
            if key in keys[:number]:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key {key!r} stands twice in one mapping", node.start_mark
                )
        return super().construct_mapping(node, deep)

    def construct_decimal(self, node: yaml.ScalarNode) -> Any:
        if ":" in node.value:
            raise yaml.constructor.ConstructorError(
                None, None, f"{node.value!r} would be read to base 60: put text in quotes", node.start_mark
            )
        integer = node.tag == "tag:yaml.org,2002:int"
        return self.construct_yaml_int(node) if integer else self.construct_yaml_float(node)


UniqueKeys.add_constructor("tag:yaml.org,2002:int", UniqueKeys.construct_decimal)
UniqueKeys.add_constructor("tag:yaml.org,2002:float", UniqueKeys.construct_decimal)


def read_yaml(path: str | Path) -> Any:
    """Contents of a YAML file, read as plain data: nothing in it is evaluated.

    Raises
    ------
    InputError
        The file is missing or is not YAML, or a mapping has a key twice.
    """
    try:
        return yaml.load(Path(path).read_text(encoding="utf-8"), UniqueKeys)
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        text = " ".join(str(error).split()).replace('in "<unicode string>", ', "at ")
        raise InputError(f"{path}: not valid YAML: {text[:300]}") from error


def read_overlay(path: str | Path) -> dict[str, Any]:
    """Keys of a configuration file.

    Raises
    ------
    InputError
        As in `read_yaml`, or the file is no mapping, or it has a key on which Snakemake acts.
    """
    overlay = read_yaml(path)
    if not isinstance(overlay, dict):
        raise InputError(f"{path}: holds {overlay!r:.80}, but a mapping with keys of the configuration is needed")
    for key in ACTED_ON:
        if key in overlay:
            raise InputError(
                f"{path}: the key {key!r} is not allowed: a configuration is data, and Snakemake acts on it"
            )
    return overlay


def check_schema(document: Any, schema: dict[str, Any], name: str) -> None:
    """Hold a document to a JSON schema; `name` is what a message calls the document.

    Raises
    ------
    InputError
        One line with the key, what is wrong, and the description of what is allowed there.
    """
    error = jsonschema.exceptions.best_match(Validator(schema).iter_errors(document))
    if error is None:
        return
    key = ".".join(map(str, error.absolute_path)) or "the whole"
    known = error.schema.get("properties") if error.validator == "additionalProperties" else None
    allowed = f"Known here: {', '.join(known)}" if known else error.schema.get("description", "")
    raise InputError(f"{name}: {key}: {_shortened(error.message)}. {allowed}".rstrip())


def check_config(config: Mapping[str, Any], files: Mapping[str, Mapping[str, Any]]) -> None:
    """Check what the schema cannot say.

    Parameters
    ----------
    config : mapping
        The merged configuration, which fits its schema.
    files : mapping
        The files that it was merged from, in order: their contents by name. An error says in which one a value stands.

    Raises
    ------
    InputError
        One line with the key, its value and what is allowed there.
    """
    dataset = config["datasets"].get(config["dataset"])
    if dataset is None:
        known = ", ".join(config["datasets"])
        raise InputError(f"config: dataset = {config['dataset']!r} is not allowed. Known data sets: {known}")
    for name, description in config["datasets"].items():
        preparation = description.get("preparation")
        if preparation and preparation not in PREPARATIONS:
            known = ", ".join(PREPARATIONS)
            raise InputError(f"config: datasets.{name}.preparation: {preparation!r} is unknown: use one of {known}")
    tasks = tasks_of(config)
    if not tasks:
        raise InputError("config: tasks: none is left; give at least one that is not null")
    for name, task in tasks.items():
        for key, problem in _problems(task, dataset):
            place = set_in(files, ("tasks", name, key), ("training", key), ("images", key))
            raise InputError(f"config: tasks.{name}: {key} = {_shortened(str(task[key]))} ({place}): {problem}")
        _check_decay(task, files)


def set_in(files: Mapping[str, Mapping[str, Any]], *paths: tuple[str, ...]) -> str:
    """In which of the files the first of `paths` that is set anywhere was set last."""
    for path in paths:
        for name, document in reversed(list(files.items())):
            value: Any = document
            for key in path:
                value = value.get(key) if isinstance(value, Mapping) else None
            if value is not None:
                return f"set in {name}"
    return "set on the command line"


def _problems(task: Task, dataset: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys of a task whose values cannot be, each with what is wrong and what is allowed."""
    if task["model"] not in MODELS:
        yield "model", f"known models: {', '.join(MODELS)}"
        return
    count = MODELS[task["model"]].class_count
    if count and len(task["classes"]) != count:
        yield "classes", f"the model {task['model']} takes {count} classes"
    unknown = [label for label in task["classes"] if label not in dataset["classes"]]
    if unknown:
        yield "classes", f"{task['dataset']} has no class {unknown[0]}; its classes: {dataset['classes']}"
    if not math.isfinite(task["learning_rate"]):
        yield "learning_rate", "give a finite number"
    for lam in task["lambdas"]:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", lam) or not math.isfinite(float(lam)):
            yield "lambdas", f"{lam!r} is not a decimal number of at least 0"
            return
        if float(lam) == 0 and re.search("[1-9]", lam.partition("e")[0]):
            yield "lambdas", f"{lam!r} is too small for a floating-point number, which would be 0"
    values = [float(lam) for lam in task["lambdas"]]
    if len(set(values)) < len(values):
        yield "lambdas", "the same number stands there twice"
    for role in ROLES:
        if role in task and (problem := _range_problem(task[role], dataset)):
            yield role, problem
    for role, other in APART:
        if role in task and overlap(task[role], task[other]):
            yield role, f"shares images with {other}, {task[other]}: choose other images"
    if task["batch_size"] > task["train"]["count"]:
        yield "batch_size", f"more than the {task['train']['count']} training images"


def _range_problem(images: Mapping[str, Any], dataset: Mapping[str, Any]) -> str | None:
    missing = [key for key in ("file", "count") if key not in images]
    if missing:
        return f"missing key {missing[0]!r}"
    there = dataset.get("counts", {}).get(images["file"])
    if there and images["first"] + images["count"] > there:
        return f"the {images['file']} images of this data set are {there}"
    return None


def overlap(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two ranges of images share one."""
    first, last = max(one["first"], other["first"]), min(one["first"] + one["count"], other["first"] + other["count"])
    return bool(one["file"] == other["file"] and first < last)


def _check_decay(task: Task, files: Mapping[str, Mapping[str, Any]]) -> None:
    """A step multiplies the weights by 1 - 2 * factor * rate * lambda: from -1 on downwards they grow for ever."""
    name, rate = task["name"], task["learning_rate"]
    for lam in task["lambdas"]:
        if not PENALTY_FACTOR[task["penalty"]] * rate * float(lam) < 1:
            places = [set_in(files, ("tasks", name, key)) for key in ("learning_rate", "lambdas")]
            limit = 1 / (PENALTY_FACTOR[task["penalty"]] * rate)
            raise InputError(
                f"config: tasks.{name}: learning_rate = {rate:g} ({places[0]}) and the lambda {lam} ({places[1]}) do not go "
                f"together: the penalty alone would make the weights grow; with this rate lambda must be below {limit:g}"
            )


def _shortened(text: str, longest: int = 200) -> str:
    return text if len(text) <= longest else f"{text[: longest - 3]}..."
