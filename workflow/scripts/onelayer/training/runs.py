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
from onelayer.models import Floats
from onelayer.training.training import History, Snapshots


def write_run(folder: Path, settings: Settings, history: History, summary: dict[str, Any]) -> None:
    """Write the files of a run to its folder; `summary` is any mapping that JSON can hold."""
    steps, evaluations, weights, document = RUN_FILES
    losses: dict[str, Any] = {
        "step": np.arange(len(history.train_losses), dtype=np.int32),
        "train_loss": history.train_losses,
    }
    write_columns(folder / steps, losses, identity(settings, steps))
    write_columns(folder / evaluations, history.evaluations, identity(settings, evaluations))
    arrays: dict[str, Any] = {"last": history.last_weights, "best": history.best_weights}
    arrays |= {f"snapshot_{name}": values for name, values in history.snapshots._asdict().items()}
    write_arrays(folder / weights, {**arrays, "run": np.array(identity(settings, weights))})
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
    snapshots : Snapshots
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
        return self._arrays("last")[0]

    @cached_property
    def snapshots(self) -> Snapshots:
        return Snapshots(*self._arrays(*(f"snapshot_{name}" for name in Snapshots._fields)))

    @cached_property
    def summary(self) -> dict[str, Any]:
        path = self.folder / "summary.json"
        try:
            summary = json.loads(path.read_text(encoding="utf-8"))
            self._check(path, summary["run"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise InputError(f"{path}: damaged ({one_line(error)}): delete it and run again") from error
        return summary

    def _arrays(self, *names: str) -> list[Any]:
        path = self.folder / "weights.npz"
        try:
            with np.load(path, allow_pickle=False) as arrays:
                self._check(path, str(arrays["run"]))
                return [arrays[name] for name in names]
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
