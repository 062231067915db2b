"""Published values beside rebuilt ones."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Run, Setup
from onelayer.experiment.values import Value
from onelayer.io.errors import InputError
from onelayer.io.files import read_rows
from onelayer.models import Floats
from onelayer.results.diagnostics import confusion_matrix
from onelayer.results.predictions import predictions_of
from onelayer.training.optimum import read_optima
from onelayer.training.runs import RunFiles

COLUMNS = ["quantity", "place", "task", "lambda", "shuffle", "seed", "at", "cell", "published", "unit", "kind"]
COLUMNS += ["rebuilt", "units", "verdict", "other_seeds", "others_met"]


class Minimum:
    """The minima of a task, read when they are asked for."""

    def __init__(self, table: str, arrays: str) -> None:
        self.table, self.arrays = table, arrays

    @cached_property
    def rows(self) -> dict[float, dict[str, str]]:
        """Rows of the table by lambda."""
        return {float(row["lambda"]): row for row in read_rows(self.table)}

    @cached_property
    def weights(self) -> dict[float, Floats]:
        """Weights by lambda."""
        return {float(lam): weights for lam, weights in read_optima(self.arrays).items()}


def minima_of(paths: Sequence[str]) -> dict[str, Minimum]:
    """The minima by task, of their tables and arrays."""
    files = {(Path(path).stem, Path(path).suffix): path for path in paths}
    return {
        name: Minimum(files[name, ".csv"], files[name, ".npz"]) for name in dict.fromkeys(name for name, _ in files)
    }


class Rebuilt:
    """What was rebuilt: the files of runs, the minima by task, and the stored images by file."""

    def __init__(
        self,
        runs: Mapping[Run, RunFiles],
        minima: Mapping[str, Minimum],
        setups: Mapping[str, Setup],
        images: Mapping[str, str],
    ) -> None:
        self.runs, self.minima, self.setups, self.images = runs, minima, setups, images
        self._confusions: dict[tuple[Run, str, str], NDArray[np.int64]] = {}

    def has(self, value: Value, run: Run) -> bool:
        """Whether the run, or the minimum, of a value was made."""
        if value.when == "minimum":
            return run.task in self.minima and float(run.lam) in self.minima[run.task].rows
        return run in self.runs

    def number(self, value: Value, run: Run) -> Decimal:
        """The number that a run (of a minimum, its task and lambda) gives for a value, unrounded, in the unit of the value.

        Raises InputError: a file is damaged, or there is no evaluation at the step.
        """
        if value.cell is not None:
            return Decimal(int(self._confusion(run, value)[value.cell]))
        column = value.column.replace("_error", "_accuracy")
        found = Decimal(self._text(value, run, column))
        if column != value.column:
            found = 1 - found
        return found * 100 if value.percent else found

    def _text(self, value: Value, run: Run, column: str) -> str:
        """A number as the shortest text that means it."""
        if value.when == "minimum":
            return self.minima[run.task].rows[float(run.lam)][column]
        files = self.runs[run]
        if column == "batch_loss":
            losses = files.train_losses
            if value.number is None or value.number >= len(losses):
                raise InputError(f"{run.folder}: no step {value.number}: it ends after {len(losses)} steps")
            return repr(float(losses[value.number]))
        if column == "last_evaluation":
            return str(files.evaluations["step"][-1])
        if value.when in ("step", "epoch"):
            return repr(float(files.evaluations[column][self._evaluation(files, run, value)]))
        return repr(files.summary[f"best_{column}" if value.when == "best" else column])

    def _evaluation(self, files: RunFiles, run: Run, value: Value) -> int:
        places = np.flatnonzero(files.evaluations[value.when] == value.number)
        if not len(places):
            raise InputError(
                f"{run.folder}: no evaluation at {value.moment}, which {value.quantity!r} ({value.place}) is of; "
                "the steps that are evaluated stand in its evaluations.parquet"
            )
        return int(places[-1])

    def _confusion(self, run: Run, value: Value) -> NDArray[np.int64]:
        key = (run, value.column, value.when)
        if key not in self._confusions:
            minimum = value.when == "minimum"
            weights = self.minima[run.task].weights[float(run.lam)] if minimum else self.runs[run].last_weights
            setup, role = self.setups[run.task], value.column.partition("_")[0]
            predictions = predictions_of(setup, {run.lam: weights}, role, run.seed, self.images)
            self._confusions[key] = confusion_matrix(predictions[run.lam], setup.classes)
        return self._confusions[key]


def published_rows(
    values: Sequence[Value], rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]]
) -> list[list[Any]]:
    """A row for each published value.

    Parameters
    ----------
    differing : `differing` of the Source

    Returns
    -------
    list of rows with the columns COLUMNS. `units` is rebuilt minus published in units of the last printed digit, or of what could be
    read. The verdict is "met" if that is within the tolerance of the value (onelayer.experiment.values), else "missed";
    "does not apply" if the settings of the task are not the source's; "not run" if there is no such run. `others_met` is how many of
    the run's `other_seeds` meet the value too.
    """
    return [[row.get(column) for column in COLUMNS] for row in (_row(value, rebuilt, differing) for value in values)]


def is_met(value: Value, number: Decimal) -> bool:
    """Whether a rebuilt number is within the tolerance of a published value, the bound included."""
    return number.is_finite() and abs(number - value.printed) <= value.tolerance


def in_printed_digits(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose rebuilt number has as many decimals as the printed one, of a missed value two more."""
    if row["rebuilt"] in (None, ""):
        return dict(row)
    decimals = max(0, -int(Decimal(row["published"]).as_tuple().exponent)) + 2 * (row["verdict"] == "missed")
    return {**row, "rebuilt": f"{Decimal(row['rebuilt']):.{decimals}f}"}


def by_place(published: Iterable[Mapping[str, str]]) -> dict[str, list[Mapping[str, Any]]]:
    """Rows of the table under headings that name their place and run, in their order, as a person reads them.

    A matrix is one row, met if all of its entries are.
    """
    groups: dict[str, list[Mapping[str, Any]]] = {}
    matrices: dict[tuple[str, str], dict[str, Any]] = {}
    for row in published:
        order = "" if row["at"] == "minimum" else ", shuffled" if row["shuffle"] == "true" else ", file order"
        seed = f", seed {row['seed']}" if order == ", shuffled" else ""
        heading = f"{row['place']}: {row['task']}, lambda {row['lambda']}{order}{seed}"
        shown = in_printed_digits(row)
        if not row["cell"]:
            groups.setdefault(heading, []).append(shown)
        elif (heading, row["quantity"]) not in matrices:
            matrices[heading, row["quantity"]] = {
                **shown,
                "published": "a matrix",
                "rebuilt": "",
                "units": "",
                "entries": 1,
            }
            groups.setdefault(heading, []).append(matrices[heading, row["quantity"]])
        else:
            whole = matrices[heading, row["quantity"]]
            whole["entries"] += 1
            whole["verdict"] = "missed" if "missed" in (whole["verdict"], row["verdict"]) else row["verdict"]
    return groups


def _row(value: Value, rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    run = value.run
    cell = "" if value.cell is None else f"{value.cell[0]} {value.cell[1]}"
    row = {
        "quantity": value.quantity,
        "place": value.place,
        **run._asdict(),
        "lambda": run.lam,
        "shuffle": str(run.shuffle).lower(),
        "at": value.moment,
        "cell": cell,
        "published": value.published,
        "unit": "percent" if value.percent else "",
        "kind": "printed" if value.fineness is None else "read off",
    }
    if differing.get(run.task):
        return {**row, "verdict": "does not apply"}
    if run.task not in differing or not rebuilt.has(value, run):
        return {**row, "verdict": "not run"}
    number = rebuilt.number(value, run)
    seeds = [] if value.when == "minimum" else rebuilt.runs
    others = [other for other in seeds if other[:3] == run[:3] and other.seed != run.seed]
    return {
        **row,
        "rebuilt": number,
        "units": f"{float((number - value.printed) / value.unit):.3g}",
        "verdict": "met" if is_met(value, number) else "missed",
        "other_seeds": len(others),
        "others_met": sum(_meets(value, rebuilt, other) for other in others),
    }


def _meets(value: Value, rebuilt: Rebuilt, run: Run) -> bool:
    """Whether another run meets a value; it may have ended before the value's step."""
    try:
        return is_met(value, rebuilt.number(value, run))
    except InputError:
        return False
