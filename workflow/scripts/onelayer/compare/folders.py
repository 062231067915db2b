"""A working folder in which the pipeline has finished, read to be compared."""

import contextlib
import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from onelayer.data.store import UNREADABLE
from onelayer.errors import InputError
from onelayer.grid import Run, Settings, Task, runs_of, tasks_of
from onelayer.runs import RunFiles
from onelayer.shown import read_json, read_rows

PROVENANCE, METRICS, CURVES = "provenance.json", "tables/metrics.csv", "tables/curves.parquet"
CLAIMS, PUBLISHED = "tables/claims.json", "tables/published.csv"
KEY_COLUMNS = ["task", "lambda", "shuffle", "seed"]


class RunKey(NamedTuple):
    """By what runs of two folders are paired: lambda is a number here, however it is spelled."""

    task: str
    lam: float
    shuffle: bool
    seed: int

    @property
    def place(self) -> str:
        """Which run of its task it is, in words."""
        return f"λ = {self.lam}, {f'shuffled, seed {self.seed}' if self.shuffle else 'file order'}"


class Folder(NamedTuple):
    """What a comparison needs of a folder.

    Attributes
    ----------
    name : str
        The folder's own, without the path to it.
    results : Path
    provenance : dict
        As in provenance.json.
    tasks : dict of Task
    runs : dict from RunKey to RunFiles, in the order of the configuration
    metrics : dict from RunKey to a row of metrics.csv, as text
    curves : dict from RunKey to DataFrame
        Evaluations by step: validation_loss, validation_accuracy, train_accuracy.
    claims : dict from the id of a claim to its row
    published : dict from (place, quantity, RunKey) to a row of published.csv, as text
    """

    name: str
    results: Path
    provenance: Mapping[str, Any]
    tasks: Mapping[str, Task]
    runs: Mapping[RunKey, RunFiles]
    metrics: Mapping[RunKey, Mapping[str, str]]
    curves: Mapping[RunKey, pd.DataFrame]
    claims: Mapping[str, Mapping[str, Any]]
    published: Mapping[tuple[str, str, RunKey], Mapping[str, str]]

    def images_hash(self, file: str) -> str | None:
        """SHA-256 of the images and labels of train or test, None where no task used them."""
        return next((part["sha256"] for part in self.provenance["data"] if part["split"] == file), None)


def read_folder(path: str) -> Folder:
    """Read a finished folder.

    Raises
    ------
    InputError
        There is no such folder, the pipeline has not finished in it, or a file is damaged.
    """
    results = _results_of(path)
    with _reading(results / PROVENANCE):
        provenance = read_json(results / PROVENANCE)
        tasks = tasks_of(provenance["configuration"])
        _ = [dict(provenance[part]) for part in ("project", "versions")]
        _ = [(part["split"], part["sha256"], dict(_sources(part))) for part in provenance["data"]]
        runs = {}
        for task in tasks.values():
            for run in runs_of(task):
                runs[_key(run)] = RunFiles(results / "runs" / run.folder, Settings.of(task, run))
    with _reading(results / METRICS):
        metrics = {_key_of_row(row): row for row in read_rows(results / METRICS)}
        _ = [float(row["validation_loss"]) for row in metrics.values()]
    with _reading(results / CURVES):
        curves = _read_curves(results / CURVES)
    with _reading(results / CLAIMS):
        claims = {row["id"]: row for row in read_json(results / CLAIMS)}
        _ = [(row["claim"], row["place"], row["verdict"], row["reason"], row["task"]) for row in claims.values()]
    with _reading(results / PUBLISHED):
        published = {(row["place"], row["quantity"], _key_of_row(row)): row for row in read_rows(results / PUBLISHED)}
        _ = [(row["verdict"], row["rebuilt"]) for row in published.values()]
    _check_finished(path, results, runs, metrics, curves)
    name = Path(path).resolve().name
    return Folder(name, results, provenance, tasks, runs, metrics, curves, claims, published)


def _results_of(path: str) -> Path:
    folder, results = Path(path), Path(path, "results")
    if not folder.is_dir():
        raise InputError(f"{path}: no such folder")
    if (folder / PROVENANCE).exists() or (folder / "tables").is_dir():
        raise InputError(f"{path}: holds results itself: give the working folder around it")
    for name in (PROVENANCE, METRICS, CURVES, CLAIMS, PUBLISHED):
        if not (results / name).is_file():
            raise InputError(f"{results / name}: missing: run the pipeline to its end in {path} first")
    return results


def _check_finished(
    path: str,
    results: Path,
    runs: Mapping[RunKey, RunFiles],
    metrics: Mapping[RunKey, Mapping[str, str]],
    curves: Mapping[RunKey, Any],
) -> None:
    """Hold tables and run folders to the configuration: after a run that was broken off, some are of an earlier one."""
    for name, table in ((METRICS, set(metrics)), (CURVES, set(curves))):
        if table != set(runs):
            raise InputError(
                f"{results / name}: has other runs than {PROVENANCE} asks for: run the pipeline to its end in {path}"
            )
    for key, files in runs.items():
        if files.summary.get("validation_loss") != float(metrics[key]["validation_loss"]):
            raise InputError(
                f"{results / METRICS}: of earlier runs than {files.folder}: run the pipeline to its end in {path}"
            )


def _read_curves(path: Path) -> dict[RunKey, pd.DataFrame]:
    table = pd.read_parquet(path)
    columns = ["step", "validation_loss", "validation_accuracy", "train_accuracy"]
    return {
        RunKey(str(task), float(lam), bool(shuffle), int(seed)): rows[columns].set_index("step").astype(float)
        for (task, lam, shuffle, seed), rows in table.groupby(KEY_COLUMNS, sort=False)
    }


def _sources(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    return ((source["file"], source["sha256"]) for source in part["sources"])


def data_of(folder: Folder) -> dict[str, Any]:
    """Numbers of images and hashes of the data, by dotted keys: those of the images, and of the raw files."""
    found: dict[str, Any] = {}
    for part in folder.provenance["data"]:
        found |= {f"{part['split']}.{key}": part[key] for key in ("images", "sha256")}
        found |= {f"{part['split']}.sources.{file}": digest for file, digest in _sources(part)}
    return found


def _key(run: Run) -> RunKey:
    return RunKey(run.task, float(run.lam), run.shuffle, run.seed)


def _key_of_row(row: Mapping[str, str]) -> RunKey:
    """The run of a row of a CSV table."""
    return RunKey(row["task"], float(row["lambda"]), row["shuffle"] == "true", int(row["seed"]))


@contextlib.contextmanager
def _reading(path: Path) -> Iterator[None]:
    """Turn whatever a damaged file raises into one line."""
    try:
        yield
    except (*UNREADABLE, AttributeError, csv.Error) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        raise InputError(
            f"{path}: damaged, or of another version of this project ({reason}): delete it and run the pipeline again there"
        ) from error
