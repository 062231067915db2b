"""The files that a training run leaves behind, written and read.

Each of them says which run it is of, with all the settings of that run, so that a file in the wrong folder, or of an earlier
configuration, is never taken for another.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.experiment.task import RUN_FILES, Run, Settings, Setup
from onelayer.io.errors import InputError, one_line
from onelayer.io.files import UNREADABLE_ARRAYS, write_arrays, write_json
from onelayer.io.parquet import read_columns, write_columns
from onelayer.models import Floats, Integers
from onelayer.training.training import History


def write_run(folder: Path, settings: Settings, history: History, summary: dict[str, Any]) -> None:
    """Write the files of a run to its folder; `summary` is any mapping that JSON can hold."""
    steps, evaluations, weights, snapshots, document = RUN_FILES
    losses: dict[str, Any] = {
        "step": np.arange(len(history.train_losses), dtype=np.int32),
        "train_loss": history.train_losses,
    }
    write_columns(folder / steps, losses, identity(settings, steps))
    write_columns(folder / evaluations, history.evaluations, identity(settings, evaluations))
    arrays = {"last": history.last_weights, "best": history.best_weights, "run": np.array(identity(settings, weights))}
    write_arrays(folder / weights, arrays)
    kept: dict[str, Any] = {"steps": history.snapshot_steps, "weights": history.snapshots}
    kept |= {"validation_loss": history.snapshot_losses, "validation_accuracy": history.snapshot_accuracies}
    write_arrays(folder / snapshots, {**kept, "run": np.array(identity(settings, snapshots))})
    write_json(folder / document, {"run": identity(settings, document), **summary})


def identity(settings: Settings, file: str) -> str:
    """Which file it is and what its run is made of, as text."""
    return json.dumps({"file": file, **settings.plain()}, sort_keys=True)


class RunFiles:
    """The files of one run, each read when it is asked for.

    Attributes
    ----------
    settings : Settings
        What the run is expected to be made of.
    train_losses : float64 (steps,)
    evaluations : dict of arrays, as in onelayer.training.History
    last_weights : (K, D)
    snapshots : int64 (n,), float32 (n, K, D)
        Steps, and the weights after each.
    snapshot_validation : float64 (n,), float64 (n,)
        Loss and accuracy of the snapshots on the validation images.
    summary : dict

    Raises InputError: a file is damaged, or of a run with other settings.
    """

    def __init__(self, folder: str | Path, settings: Settings) -> None:
        self.folder, self.settings = Path(folder), settings

    @cached_property
    def train_losses(self) -> Floats:
        return self._columns("steps.parquet")["train_loss"]

    @cached_property
    def evaluations(self) -> dict[str, Any]:
        return self._columns("evaluations.parquet")

    @cached_property
    def last_weights(self) -> Floats:
        return self._arrays("weights.npz", "last")[0]

    @cached_property
    def snapshots(self) -> tuple[Integers, Floats]:
        steps, weights = self._arrays("snapshots.npz", "steps", "weights")
        return steps, weights

    @cached_property
    def snapshot_validation(self) -> tuple[Floats, Floats]:
        losses, accuracies = self._arrays("snapshots.npz", "validation_loss", "validation_accuracy")
        return losses, accuracies

    @cached_property
    def summary(self) -> dict[str, Any]:
        path = self.folder / "summary.json"
        try:
            summary = json.loads(path.read_text(encoding="utf-8"))
            self._check(path, summary["run"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: damaged ({one_line(error)}): delete it and run again") from error
        return summary

    def _arrays(self, name: str, *keys: str) -> list[Any]:
        path = self.folder / name
        try:
            with np.load(path, allow_pickle=False) as arrays:
                self._check(path, str(arrays["run"]))
                return [arrays[key] for key in keys]
        except UNREADABLE_ARRAYS as error:
            raise InputError(f"{path}: damaged ({one_line(error)}): delete it and run again") from error

    def _columns(self, name: str) -> dict[str, Any]:
        columns, found = read_columns(self.folder / name)
        self._check(self.folder / name, found)
        return columns

    def _check(self, path: Path, found: str) -> None:
        if found != identity(self.settings, path.name):
            raise InputError(f"{path}: of a run with other settings: delete it and run again. It says {found}")


def files_of_runs(
    runs: Iterable[Sequence[Any]], paths: Iterable[str | Path], setups: Mapping[str, Setup]
) -> dict[Run, RunFiles]:
    """The files of runs: `runs` as plain values, `paths` a file of each in the same order, and setups by task."""
    own = [Run(*run) for run in runs]
    return {
        run: RunFiles(Path(path).parent, setups[run.task].settings(run)) for run, path in zip(own, paths, strict=True)
    }
