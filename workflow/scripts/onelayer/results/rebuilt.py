"""What was rebuilt: the files of runs, the minima by task, and the stored images."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Run, Setup
from onelayer.experiment.values import Value
from onelayer.io.errors import InputError
from onelayer.io.files import read_rows
from onelayer.models import Floats
from onelayer.results.predictions import confusion_matrix, predictions_of
from onelayer.training.optimum import read_optima
from onelayer.training.runs import RunFiles, files_of_runs


class Minimum(NamedTuple):
    """The minima of a task by lambda: rows of their table, and weights."""

    rows: dict[float, dict[str, str]]
    weights: dict[float, Floats]


def minima_of(paths: Sequence[str]) -> dict[str, Minimum]:
    """The minima by task, of their tables (.csv) and arrays (.npz)."""
    minima = {}
    for path in (Path(path) for path in paths if path.endswith(".csv")):
        rows = {float(row["lambda"]): row for row in read_rows(path)}
        weights = {float(lam): own for lam, own in read_optima(path.with_suffix(".npz")).items()}
        minima[path.stem] = Minimum(rows, weights)
    return minima


@dataclass
class Rebuilt:
    """What was rebuilt: the files of runs, the minima by task, setups by task, and the paths of the stored images by file."""

    runs: Mapping[Run, RunFiles]
    minima: Mapping[str, Minimum]
    setups: Mapping[str, Setup]
    images: Mapping[str, str]
    _confusions: dict[tuple[Run, str, str], NDArray[np.int64]] = field(default_factory=dict)

    @classmethod
    def of(cls, setups: Mapping[str, Setup], files: Any) -> "Rebuilt":
        """Of setups by task, and of the inputs of a rule: `runs`, a file of each, `minima`, `images`."""
        images = {Path(path).stem: path for path in files.images}
        return cls(files_of_runs(files.runs, setups), minima_of(files.minima), setups, images)

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
        found = Decimal(str(self._found(value, run, column)))  # the shortest text that means the float
        if column != value.column:
            found = 1 - found
        return found * 100 if value.percent else found

    def _found(self, value: Value, run: Run, column: str) -> str | float:
        if value.when == "minimum":
            return self.minima[run.task].rows[float(run.lam)][column]
        files = self.runs[run]
        if column == "last_evaluation":
            return int(files.evaluations["step"][-1])
        if value.when not in ("step", "epoch"):
            number: float = files.summary[f"best_{column}" if value.when == "best" else column]
            return number
        of_batches = column == "batch_loss"
        numbers = np.arange(len(files.train_losses)) if of_batches else files.evaluations[value.when]
        places = np.flatnonzero(numbers == value.number)
        if not len(places):
            raise InputError(
                f"{run.folder}: no {'loss' if of_batches else 'evaluation'} at {value.moment}, which {value.quantity!r} "
                f"({value.place}) is of; the last is at {value.when} {numbers[-1]}"
            )
        return float((files.train_losses if of_batches else files.evaluations[column])[places[-1]])

    def _confusion(self, run: Run, value: Value) -> NDArray[np.int64]:
        key = (run, value.column, value.when)
        if key not in self._confusions:
            if value.when == "minimum":
                rows, minima = self.minima[run.task]
                weights, seed = minima[float(run.lam)], int(rows[float(run.lam)]["seed"])
            else:
                weights, seed = self.runs[run].last_weights, run.seed
            setup, role = self.setups[run.task], value.column.partition("_")[0]
            found = predictions_of(setup, weights, role, seed, self.images)
            self._confusions[key] = confusion_matrix(found, setup.classes)
        return self._confusions[key]
