"""The files that a training run leaves behind, written and read.

Each of them says which run it is of, with all the settings of that run, so that a file in the wrong folder, or of an earlier
configuration, is never taken for another.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.experiment.task import RUN_FILES, Run, Settings, Setup
from onelayer.io.errors import InputError
from onelayer.io.files import read_json, readable, write_arrays, write_json
from onelayer.io.parquet import read_columns, write_columns
from onelayer.models import Floats
from onelayer.training.training import History, Snapshots


def write_run(folder: Path, settings: Settings, history: History, summary: dict[str, Any]) -> None:
    """Write the files of a run to its folder; `summary` is any mapping that JSON can hold."""
    steps, evaluations, weights, document = RUN_FILES
    numbers = np.arange(len(history.train_losses), dtype=np.int32)
    losses: dict[str, Any] = {"step": numbers, "train_loss": history.train_losses}
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
    """The files of one run, each read when it is asked for; `settings` are what the run is expected to be made of.

    Raises InputError: a file is damaged, or of a run with other settings.
    """

    def __init__(self, folder: str | Path, settings: Settings) -> None:
        self.folder, self.settings = Path(folder), settings

    @cached_property
    def train_losses(self) -> Floats:
        """float64 (steps,)."""
        return self._columns("steps.parquet")["train_loss"]

    @cached_property
    def evaluations(self) -> dict[str, Any]:
        """As in onelayer.training.History."""
        return self._columns("evaluations.parquet")

    @cached_property
    def last_weights(self) -> Floats:
        """(K, D)."""
        return self._arrays("last")[0]

    @cached_property
    def snapshots(self) -> Snapshots:
        return Snapshots(*self._arrays(*(f"snapshot_{name}" for name in Snapshots._fields)))

    @cached_property
    def summary(self) -> dict[str, Any]:
        path = self.folder / "summary.json"
        with readable(path):
            summary: dict[str, Any] = read_json(path)
            self._check(path, summary["run"])
        return summary

    def _arrays(self, *names: str) -> list[Any]:
        path = self.folder / "weights.npz"
        with readable(path), np.load(path, allow_pickle=False) as arrays:
            self._check(path, str(arrays["run"]))
            return [arrays[name] for name in names]

    def _columns(self, name: str) -> dict[str, Any]:
        columns, found = read_columns(self.folder / name)
        self._check(self.folder / name, found)
        return columns

    def _check(self, path: Path, found: str) -> None:
        if found != identity(self.settings, path.name):
            raise InputError(f"{path}: of a run with other settings: delete it and run again. It says {found}")


def files_of_runs(paths: Iterable[str], setups: Mapping[str, Setup]) -> dict[Run, RunFiles]:
    """The files of runs, by run: `paths` are a file of each, in the folder that its run is named by, and setups are by task."""
    found = {}
    for folder in (Path(path).parent for path in paths):
        task, lam, shuffle, seed = (part.partition("=")[2] for part in folder.parts[-4:])
        run = Run(task, lam, shuffle == "true", int(seed))
        found[run] = RunFiles(folder, setups[task].settings(run))
    return found
