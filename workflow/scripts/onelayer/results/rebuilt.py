"""What was rebuilt: the files of runs, the minima by task, and the stored images, read when they are asked for."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cached_property
from pathlib import Path

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
