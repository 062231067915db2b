"""Published values: each number as its report prints it, of which run, and when in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from onelayer.experiment.task import ROLES, Run, Task
from onelayer.io.errors import InputError
from onelayer.models import model_named

SIGNIFICANT = 14  # digits that are compared at most: the bits beyond depend on the processor
OF_SETS = [f"{role}_{of}" for role in ROLES for of in ("loss", "accuracy", "error")]
CONFUSIONS = [f"{role}_confusion" for role in ROLES]
# What a value may be of, by when.
COLUMNS = {
    "last": ["stop_epoch", "steps", "last_evaluation", "best_step", "weight_norm_squared", *OF_SETS, *CONFUSIONS],
    "best": OF_SETS,
    "minimum": ["weight_norm_squared", "objective", *OF_SETS, *CONFUSIONS],
    "step": ["batch_loss", *OF_SETS[:6]],
    "epoch": OF_SETS[:6],  # of training and validation
}


@dataclass(frozen=True)
class Value:
    """One published number."""

    quantity: str  # what it is called
    place: str  # where it stands
    column: str  # what it is of, one of COLUMNS
    when: str  # one of the keys of COLUMNS
    number: int | None  # the step or the epoch, from 0; None for the others
    cell: tuple[int, int] | None  # of a confusion matrix: row, the true class, and column, in the order of the task
    published: str  # as it is printed
    percent: bool  # whether it is printed in percent
    fineness: str | None  # how finely it could be read off a figure, in its unit; None if it is printed
    run: Run  # of a minimum only the task and lambda count

    @property
    def printed(self) -> Decimal:
        return Decimal(self.published)

    @property
    def unit(self) -> Decimal:
        """One unit of the last digit, or what could be read."""
        return Decimal(self.fineness or Decimal(1).scaleb(int(self.printed.as_tuple().exponent)))

    @property
    def tolerance(self) -> Decimal:
        """By how much a rebuilt value may differ: half a unit of the last digit, or of the 14th if there are more; what was read by the fineness."""
        if self.fineness:
            return self.unit
        return max(self.unit, Decimal(1).scaleb(self.printed.adjusted() - SIGNIFICANT + 1)) / 2

    @property
    def moment(self) -> str:
        """When, as text."""
        return self.when if self.number is None else f"{self.when} {self.number}"


def values_of(entries: Sequence[Mapping[str, Any]], tasks: Mapping[str, Task], file: str) -> list[Value]:
    """The values of a file that fits its schema, of `tasks` of the source; a list or a matrix becomes a value a number.

    Raises InputError: one line with the entry and what is wrong: no such run, or a value that it does not have.
    """
    values: list[Value] = []
    for place, entry in enumerate(entries):
        try:
            values += _values(entry, tasks)
        except InputError as error:
            raise InputError(f"{file}: values.{place} ({entry['quantity']}): {error}") from error
    seen: set[tuple[Any, ...]] = set()
    for value in values:
        key = (value.place, value.run, value.column, value.when, value.number, value.cell)
        if key in seen:
            twice = f"stands there twice, for the same run and {value.moment}"
            raise InputError(f"{file}: {value.quantity} ({value.place}): {twice}")
        seen.add(key)
    return values


def _values(entry: Mapping[str, Any], tasks: Mapping[str, Task]) -> Iterator[Value]:
    at, of = entry.get("at", "last"), entry["of"]
    ((when, at_numbers),) = [(at, None)] if isinstance(at, str) else at.items()
    numbers = at_numbers if isinstance(at_numbers, list) else [at_numbers]
    run = _run(entry["run"], when, tasks)
    task = tasks[run.task]
    for problem in _problems(of, when, numbers, run, task):
        raise InputError(problem)
    confusion, classes = of in CONFUSIONS, len(task.classes)
    printed = np.array(entry.get("published", entry.get("read_off")), object, ndmin=1)
    if printed.shape != ((classes, classes) if confusion else (len(numbers),)):
        matrix = f"for a confusion matrix of this task {classes} lists of {classes} numbers"
        raise InputError(f"{len(printed)} values for {len(numbers)} steps or epochs: give one for each; {matrix}")
    fineness = str(entry["fineness"]) if "fineness" in entry else None
    for place, text in np.ndenumerate(printed):
        number, cell = (None, place) if confusion else (numbers[place[0]], None)
        percent = entry.get("unit") == "percent"
        yield Value(entry["quantity"], entry["place"], of, when, number, cell, text, percent, fineness, run)


def _run(own: Mapping[str, Any], when: str, tasks: Mapping[str, Task]) -> Run:
    """The run of a value; what is not said is the only one, or of the seeds the first, that its task has."""
    if own["task"] not in tasks:
        raise InputError(f"run: the source has no task {own['task']!r}; its tasks: {', '.join(tasks)}")
    task = tasks[own["task"]]
    runs = task.runs
    if when == "minimum":  # which has no order and no seed
        runs, own = [Run(task.name, lam, False, 0) for lam in task.lambdas], {**own, "shuffle": False, "seed": 0}
    found: dict[tuple[str, bool], Run] = {}
    for run in runs:
        said = float(own.get("lambda", run.lam)), own.get("shuffle", run.shuffle), own.get("seed", run.seed)
        if said == (float(run.lam), run.shuffle, run.seed):
            found.setdefault((run.lam, run.shuffle), run)
    if len(found) != 1:
        problem = "has several such runs: name lambda and shuffle" if found else "trains no such run"
        raise InputError(f"run = {dict(own)}: the task {task.name} {problem}")
    return next(iter(found.values()))


def _problems(column: str, when: str, numbers: Sequence[Any], run: Run, task: Task) -> Iterator[str]:
    """Why a run, or the minimum, has no such value."""
    role = column.partition("_")[0]
    if when == "minimum" and not (float(run.lam) and model_named(task.model).smooth):
        yield f"at = minimum: no minimum of {task.model} with lambda {run.lam} can be certified"
    if column not in COLUMNS[when]:
        yield f"of = {column!r} is unknown at {when}; known there: {', '.join(COLUMNS[when])}"
    if role in ROLES and role not in task.sets:
        yield f"of = {column!r}: the task {task.name} has no {role} images"
    if when in ("step", "epoch") and column == "train_loss" and not task.evaluations.train_loss:
        yield f"of = 'train_loss': set evaluations.train_loss of the task {task.name} to true"
    if when == "epoch" and task.evaluations.at != "last":
        yield f"at = epoch: set evaluations.at of the task {task.name} to last"
    if when == "epoch" and max(numbers) >= task.max_epochs:
        yield f"at = epoch: the task {task.name} has {task.max_epochs} epochs, from 0"
