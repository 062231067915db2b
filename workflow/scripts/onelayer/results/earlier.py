"""Whether the results in a folder were made from another configuration: one folder, one experiment."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onelayer.experiment.task import Task
from onelayer.io.files import read_json


def made_from(results: Path, configuration: Mapping[str, Any], tasks: Mapping[str, Task]) -> str | None:
    """In a few words, from what the results of a folder were made, if that is not this configuration; None if it is, or there are none.

    The provenance tells, or, where a run did not come to its end, one run of each task.
    """
    earlier = _said(results / "provenance.json", "configuration")
    if earlier and earlier != json.loads(json.dumps(configuration)):
        own = ", ".join(name for name, task in earlier["tasks"].items() if task is not None)
        return f"source {earlier.get('source') or 'null'}, data set {earlier.get('dataset')}, tasks {own}"
    for folder in sorted(results.glob("runs/task=*")):
        summary = next(folder.glob("*/*/*/summary.json"), None)
        settings = _said(summary, "run") if summary else {}
        name = folder.name.removeprefix("task=")
        if settings and (name not in tasks or settings != _expected(tasks[name], settings)):
            return (
                f"task {name} with other settings" if name in tasks else f"task {name}, data set {settings['dataset']}"
            )
    return None


def _said(path: Path, key: str) -> dict[str, Any]:
    """What a file says that it is made of; nothing if it is missing, or damaged, which its readers will say."""
    try:
        found: Any = read_json(path)[key]
        said: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return said


def _expected(task: Task, settings: Mapping[str, Any]) -> dict[str, Any] | None:
    """What a run of the task would say in its place; None if the task has none of its lambda, order and seed."""
    for run in task.runs:
        if (float(run.lam), run.shuffle, run.seed) == (settings["lam"], settings["shuffle"], settings["seed"]):
            own: dict[str, Any] = json.loads(json.dumps({"file": "summary.json", **task.settings(run).plain()}))
            return own
    return None
