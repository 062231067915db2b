"""Published values: each number as its report prints it, of which run, and when in it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from onelayer.experiment.task import ROLES, Run, Task
from onelayer.io.errors import InputError
from onelayer.models import model_named

SIGNIFICANT = 14  # digits that are compared at most: the bits beyond depend on the processor
OF_SETS = [f"{role}_{of}" for role in ROLES for of in ("loss", "accuracy", "error")]
CONFUSIONS = [f"{role}_confusion" for role in ROLES]
# What a value may be of, by when.
COLUMNS = {
    "last": [*("stop_epoch", "steps", "last_evaluation", "best_step", "weight_norm_squared"), *OF_SETS, *CONFUSIONS],
    "best": OF_SETS,
    "minimum": ["weight_norm_squared", "objective", *OF_SETS, *CONFUSIONS],
    "step": ["batch_loss", "validation_loss", "validation_accuracy", "validation_error"],
}
COLUMNS["step"] += ["train_loss", "train_accuracy", "train_error"]
COLUMNS["epoch"] = COLUMNS["step"][1:]


@dataclass(frozen=True)
class Value:
    """One published number.

    Attributes
    ----------
    quantity, place : str
        What it is called, and where it stands.
    column : what it is of, one of COLUMNS
    when : one of the keys of COLUMNS
    number : the step or the epoch, from 0; None for the others
    cell : (row, column) of a confusion matrix, or None; rows are the true classes, in the order of the task
    published : str, as it is printed
    percent : whether it is printed in percent
    fineness : how finely it could be read off a figure, in its unit; None if it is printed
    run : the run; of a minimum only the task and lambda count
    """

    quantity: str
    place: str
    column: str
    when: str
    number: int | None
    cell: tuple[int, int] | None
    published: str
    percent: bool
    fineness: Decimal | None
    run: Run

    @property
    def printed(self) -> Decimal:
        return Decimal(self.published)

    @property
    def unit(self) -> Decimal:
        """One unit of the last digit, or what could be read."""
        return self.fineness or Decimal(1).scaleb(int(self.printed.as_tuple().exponent))

    @property
    def tolerance(self) -> Decimal:
        """By how much a rebuilt value may differ: half a unit of the last digit, or of the 14th if there are more; what was read by the fineness."""
        if self.fineness is not None:
            return self.fineness
        return max(self.unit, Decimal(1).scaleb(self.printed.adjusted() - SIGNIFICANT + 1)) / 2

    @property
    def moment(self) -> str:
        """When, as text."""
        return self.when if self.number is None else f"{self.when} {self.number}"

    def plain(self) -> dict[str, Any]:
        """Values that JSON and a parameter of a rule can hold."""
        fineness = None if self.fineness is None else str(self.fineness)
        return vars(self) | {"fineness": fineness, "run": tuple(self.run)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> "Value":
        """The object from its `plain` values."""
        cell, fineness = plain["cell"], plain["fineness"]
        own = {"cell": cell and tuple(cell), "fineness": fineness and Decimal(fineness), "run": Run(*plain["run"])}
        return cls(**{**plain, **own})


def values_of(entries: Sequence[Mapping[str, Any]], tasks: Mapping[str, Task], file: str) -> list[Value]:
    """The values of a file that fits its schema; a list or a matrix becomes as many values as it has numbers.

    Parameters
    ----------
    tasks : those of the source

    Raises InputError: one line with the entry and what is wrong: no such run, a value that it does not have, the same twice.
    """
    values: list[Value] = []
    seen: dict[tuple[Any, ...], str] = {}
    for place, entry in enumerate(entries):
        name = f"{file}: values.{place} ({entry['quantity']})"
        for value in _values(entry, tasks, name):
            key = (value.place, value.run, value.column, value.when, value.number, value.cell)
            if key in seen:
                raise InputError(
                    f"{name}: the same quantity of the same run at the same place stands in {seen[key]} too"
                )
            seen[key] = f"values.{place}"
            values.append(value)
    return values


def _values(entry: Mapping[str, Any], tasks: Mapping[str, Task], name: str) -> Iterator[Value]:
    when, numbers = _moment(entry.get("at", "last"))
    run = _run(entry["run"], when, tasks, name)
    _check(entry["of"], when, numbers, tasks[run.task], name)
    printed = entry["published"] if "published" in entry else entry["read_off"]
    fineness = Decimal(str(entry["fineness"])) if "fineness" in entry else None
    confusion = entry["of"] in CONFUSIONS
    for number, cell, text in _numbered(printed, numbers, confusion, len(tasks[run.task].classes), name):
        try:
            finite = Decimal(text).is_finite()
        except InvalidOperation:
            finite = False
        if not finite:
            raise InputError(f"{name}: {text!r} is no number: give it as it is printed, in quotes")
        percent = entry.get("unit") == "percent"
        yield Value(entry["quantity"], entry["place"], entry["of"], when, number, cell, text, percent, fineness, run)


def _moment(at: Any) -> tuple[str, list[int | None]]:
    if isinstance(at, str):
        return at, [None]
    ((when, numbers),) = at.items()
    return when, list(numbers) if isinstance(numbers, list) else [numbers]


def _numbered(
    printed: Any, numbers: Sequence[int | None], confusion: bool, classes: int, name: str
) -> Iterator[tuple[int | None, tuple[int, int] | None, str]]:
    """Number, cell and text of each value of an entry."""
    if confusion:
        rows = printed if isinstance(printed, list) and all(isinstance(row, list) for row in printed) else []
        if [len(row) for row in rows] != [classes] * classes:
            raise InputError(f"{name}: a confusion matrix of this task is {classes} lists of {classes} numbers")
        for place, row in enumerate(rows):
            yield from ((numbers[0], (place, column), text) for column, text in enumerate(row))
        return
    texts = printed if isinstance(printed, list) else [printed]
    if len(texts) != len(numbers) or any(isinstance(text, list) for text in texts):
        raise InputError(f"{name}: {len(texts)} values for {len(numbers)} steps or epochs: give one for each")
    yield from ((number, None, text) for number, text in zip(numbers, texts, strict=True))


def _run(own: Mapping[str, Any], when: str, tasks: Mapping[str, Task], name: str) -> Run:
    """The run of a value; what is not said is the only one, or of the seeds the first, that its task has."""
    if own["task"] not in tasks:
        raise InputError(f"{name}: run: the source has no task {own['task']!r}; its tasks: {', '.join(tasks)}")
    task = tasks[own["task"]]
    lambdas = [lam for lam in task.lambdas if "lambda" not in own or float(lam) == float(own["lambda"])]
    orders = [order for order in task.shuffle if own.get("shuffle", order) == order]
    if when == "minimum":
        orders = [False]
    runs = [Run(task.name, lam, order, 0) for lam in lambdas for order in orders]
    if len(runs) != 1:
        problem = "trains no such run" if not runs else "has several such runs: name lambda and shuffle"
        raise InputError(f"{name}: run = {dict(own)}: the task {task.name} {problem}")
    if when == "minimum":
        if not float(runs[0].lam) or not model_named(task.model).smooth:
            raise InputError(
                f"{name}: at = minimum: no minimum of {task.model} with lambda {runs[0].lam} can be certified"
            )
        return runs[0]
    run = runs[0]._replace(seed=own.get("seed", next(r.seed for r in task.runs if r.shuffle == runs[0].shuffle)))
    if run not in task.runs:
        raise InputError(f"{name}: run = {dict(own)}: the task {task.name} trains no run of this seed")
    return run


def _check(column: str, when: str, numbers: Sequence[int | None], task: Task, name: str) -> None:
    """Refuse what a run of a task does not have."""
    if column not in COLUMNS[when]:
        raise InputError(f"{name}: of = {column!r} is unknown at {when}; known there: {', '.join(COLUMNS[when])}")
    role = column.partition("_")[0]
    if role in ROLES and role not in task.sets:
        raise InputError(f"{name}: of = {column!r}: the task {task.name} has no {role} images")
    if when in ("step", "epoch") and column == "train_loss" and not task.evaluations.train_loss:
        raise InputError(f"{name}: of = 'train_loss': set evaluations.train_loss of the task {task.name} to true")
    if when == "epoch" and task.evaluations.at != "last":
        raise InputError(f"{name}: at = epoch: set evaluations.at of the task {task.name} to last")
    if when == "epoch" and any(number is not None and number >= task.max_epochs for number in numbers):
        raise InputError(f"{name}: at = epoch: the task {task.name} has {task.max_epochs} epochs, from 0")
