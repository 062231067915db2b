"""The source: the published report that is rebuilt, a folder with what it ran, printed and claimed."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onelayer.experiment.claims import Claim
from onelayer.experiment.config import check_schema, read_yaml
from onelayer.experiment.task import Task
from onelayer.experiment.values import Value
from onelayer.io.errors import InputError

FILES = ("source", "published", "claims", "evidence", "text")  # of its folder; all but the first may be missing


@dataclass(frozen=True)
class Source:
    """A published report; of no report everything is empty."""

    details: Mapping[str, str] = field(default_factory=dict)  # title, author, date and address
    tasks: Mapping[str, Task] = field(default_factory=dict)  # those that it trains, and those of its evidence
    own: Sequence[str] = ()  # names of the tasks that the report itself has
    sections: Mapping[str, str] = field(default_factory=dict)  # where the report treats a task
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # name and limits, by task and kind
    values: Sequence[Value] = ()  # what it prints
    claims: Sequence[Claim] = ()
    slips: Sequence[Mapping[str, str]] = ()  # its mistakes: place and text
    introduction: str = ""  # what it is about

    def differing(self, tasks: Mapping[str, Task]) -> dict[str, list[str]]:
        """For each of `tasks` that the source has too, the keys in which it differs from the source's."""
        return {name: tasks[name].differences(own) for name, own in self.tasks.items() if name in tasks}

    def draws(self, task: str) -> bool:
        """Whether there are figures of a task: not of those that only decide claims, unless the source names some."""
        return task not in self.tasks or task in self.own or task in self.figures

    def figure_name(self, task: Task, figure: str) -> str | None:
        """What the files of a figure are called; None if the report draws it of another task, and of this one others.

        Of a task of the evidence there are only those that the source names.
        """
        drawn, own = self.figures.get(task.name, {}), self.tasks.get(task.name)
        same = own and (set(own.lambdas), set(own.shuffle)) == (set(task.lambdas), set(task.shuffle))
        elsewhere = any(figure in figures for figures in self.figures.values())
        added = own and task.name not in self.own
        if drawn and figure not in drawn and (added or (elsewhere and same)):
            return None
        name: str = drawn.get(figure, {}).get("name", f"{task.name}_{figure}")
        return name

    def limits(self, task: str, figure: str) -> list[float] | None:
        """The published limits of a figure's vertical axis; None if there are none."""
        return self.figures.get(task, {}).get(figure, {}).get("limits")


def source_folder(chosen: str, sources: Path) -> Path:
    """The folder of a source: a name in the folder `sources`, or a path.

    Raises InputError: there is none.
    """
    for folder in (sources / chosen, Path(chosen)):
        if (folder / "source.yaml").is_file():
            return Path(os.path.relpath(folder))
    known = ", ".join(sorted(path.parent.name for path in sources.glob("*/source.yaml")))
    raise InputError(
        f"config: source = {chosen!r}: no such source. There are {known}, or the path of a folder of your own with source.yaml"
    )


def source_documents(folder: Path, schemas: Path) -> dict[str, dict[str, Any]]:
    """Contents of the files of a source by name; of those that are missing, empty.

    Raises InputError: a file is no YAML, or does not fit its schema.
    """
    documents: dict[str, dict[str, Any]] = {name: {} for name in FILES}
    for name in FILES:
        path = folder / f"{name}.yaml"
        if path.exists():
            documents[name] = read_yaml(path)
            check_schema(documents[name], read_yaml(schemas / f"{name}.schema.yaml"), str(path))
    return documents
