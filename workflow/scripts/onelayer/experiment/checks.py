"""Checks of the configuration that a schema cannot say."""

import math
import re
from collections.abc import Iterator, Mapping
from typing import Any

from onelayer.data.description import DataSet
from onelayer.experiment.config import set_in, shortened
from onelayer.experiment.images import BOTH, Images
from onelayer.experiment.task import ROLES, Task, inherited, tasks_of
from onelayer.io.errors import InputError
from onelayer.models import PENALTY_FACTOR, model_named, model_names
from onelayer.stopping import rule_of

Files = Mapping[str, Mapping[str, Any]]

LEAST_LAMBDA = 1e-12  # of those above 0: below, no minimum can be certified either

# Pairs of sets that must not share an image.
APART = (("validation", "train"), ("test", "train"), ("test", "validation"))


def checked_tasks(config: Mapping[str, Any], dataset: DataSet, files: Files) -> dict[str, Task]:
    """The tasks of a configuration that fits its schema.

    Parameters
    ----------
    config : the merged configuration
    dataset : the data set that it names
    files : the files that it was merged from, in order: their contents by name. An error says in which one a value stands

    Raises InputError: one line with the key, its value and what is allowed there.
    """
    counts = {**dataset.counts, BOTH: sum(dataset.counts.values())} if dataset.counts else {}
    for name, own in config["tasks"].items():
        values = {} if own is None else inherited(config, own)
        for role in ROLES:
            if role in values and "file" not in values[role]:
                _refuse(name, role, values[role], "missing key 'file'", files)
            if role in values and "count" not in values[role] and values[role]["file"] not in counts:
                _refuse(
                    name,
                    role,
                    values[role],
                    "missing key 'count': the data set does not say how many images it has",
                    files,
                )
        if own is not None and "train" not in values:
            _refuse(name, "train", None, "missing: give the images to train on", files)
    tasks = tasks_of(config, counts)
    if not tasks:
        raise InputError("config: tasks: none is left; give at least one that is not null")
    for name, task in tasks.items():
        for key, problem in _problems(task, dataset, counts):
            value = task.plain()[key]
            _refuse(name, key, list(value) if isinstance(value, tuple) else value, problem, files)
        _check_decay(task, files)
    return tasks


def _refuse(task: str, key: str, value: Any, problem: str, files: Files) -> None:
    place = set_in(files, ("tasks", task, key), ("training", key), ("images", key))
    raise InputError(f"config: tasks.{task}: {key} = {shortened(str(value))} ({place}): {problem}")


def _problems(task: Task, dataset: DataSet, counts: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    """Keys of a task whose values cannot be, each with what is wrong and what is allowed."""
    if task.model not in model_names():
        yield "model", f"known models: {', '.join(model_names())}"
        return
    count = model_named(task.model).class_count
    if count and len(task.classes) != count:
        yield "classes", f"the model {task.model} takes {count} classes"
    unknown = [label for label in task.classes if label not in dataset.classes]
    if unknown:
        yield "classes", f"{task.dataset} has no class {unknown[0]}; its classes: {list(dataset.classes)}"
    if not math.isfinite(task.learning_rate):
        yield "learning_rate", "give a finite number"
    for lam in task.lambdas:
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", lam) or not math.isfinite(float(lam)):
            yield "lambdas", f"{lam!r} is not a decimal number of at least 0"
            return
        if 0 < float(lam) < LEAST_LAMBDA:
            yield "lambdas", f"{lam} changes nothing in double precision: write 0, or at least {LEAST_LAMBDA:g}"
        if float(lam) == 0 and re.search("[1-9]", lam.partition("e")[0]):
            yield "lambdas", f"{lam!r} is too small for a floating-point number, which would be 0"
    if len(set(map(float, task.lambdas))) < len(task.lambdas):
        yield "lambdas", "the same number stands there twice"
    for role, images in task.sets.items():
        if problem := _range_problem(images, counts):
            yield role, problem
    for role, other in APART:
        if role in task.sets and other in task.sets and task.sets[role].overlaps(task.sets[other]):
            yield role, f"shares images with {other}, {_in_short(task.sets[other])}: choose other images"
    if task.batch_size > task.train.size:
        yield "batch_size", f"more than the {task.train.size} training images"
    if task.shuffle and task.validation is None:
        yield (
            "validation",
            "missing: runs are evaluated on these images; leave shuffle empty if only the minimum is wanted",
        )
    try:
        rule_of(task.early_stop)
    except InputError as error:
        yield "early_stop", str(error)


def _range_problem(images: Images, counts: Mapping[str, int]) -> str | None:
    there = counts.get(images.file)
    if there and images.end > there:
        return f"the {images.file} images of this data set are {there}"
    if images.count < 1:
        return f"no image is left from {images.first} on"
    if images.part and not (0 < images.part[1] <= images.count - images.part[0]):
        return f"part: the place of the first, from 0, and how many of the {images.count}"
    if images.part and images.drawn:
        return "part and drawn do not go together: give one of them"
    if images.drawn and images.drawn > images.count:
        return f"drawn: more than the {images.count} images that they are drawn from"
    return None


def _in_short(images: Images) -> dict[str, Any]:
    return {key: value for key, value in vars(images).items() if value is not None}


def _check_decay(task: Task, files: Files) -> None:
    """A step multiplies the weights by 1 - 2 * factor * rate * lambda: from -1 on downwards they grow for ever."""
    for lam in task.lambdas:
        if not PENALTY_FACTOR[task.penalty] * task.learning_rate * float(lam) < 1:
            places = [set_in(files, ("tasks", task.name, key)) for key in ("learning_rate", "lambdas")]
            limit = 1 / (PENALTY_FACTOR[task.penalty] * task.learning_rate)
            raise InputError(
                f"config: tasks.{task.name}: learning_rate = {task.learning_rate:g} ({places[0]}) and the lambda {lam} "
                f"({places[1]}) do not go together: the penalty alone would make the weights grow; with this rate lambda "
                f"must be below {limit:g}"
            )
