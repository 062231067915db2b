"""The source: the published report that is rebuilt, what it ran, printed and claimed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from onelayer.experiment.config import check_schema, read_yaml
from onelayer.experiment.task import Task, inherited


@dataclass(frozen=True)
class Source:
    """What config/published.yaml and config/claims.yaml say.

    Attributes
    ----------
    source : dict
        title, author, date, address
    experiment : dict
        The settings under which the values were published: keys of the configuration.
    sections : dict from the name of a task to a heading of the report
    figures : dict from <task>_<figure> to `name` and `limits`, both optional
    values, claims : list of dict
    """

    source: Mapping[str, str]
    experiment: Mapping[str, Any]
    sections: Mapping[str, str]
    figures: Mapping[str, Mapping[str, Any]]
    values: Sequence[Mapping[str, Any]]
    claims: Sequence[Mapping[str, Any]]

    def differing(self, tasks: Mapping[str, Task]) -> dict[str, list[str]]:
        """For each of `tasks` that the source has too, the keys in which it differs from the source's."""
        published = {name: inherited(self.experiment, own) for name, own in self.experiment["tasks"].items()}
        return {name: tasks[name].differences(values) for name, values in published.items() if name in tasks}

    def figure_name(self, task: str, figure: str) -> str:
        """What the files of a figure are called."""
        name: str = self.figures.get(f"{task}_{figure}", {}).get("name", f"{task}_{figure}")
        return name

    def limits(self, task: str, figure: str) -> list[float] | None:
        """The published limits of a figure's vertical axis; None if the source has no such figure."""
        return self.figures.get(f"{task}_{figure}", {}).get("limits")


def read_source(config: str | Path, schemas: str | Path) -> Source:
    """The source of a folder `config`, checked by the schemas of a folder.

    Raises InputError: a file is missing, is not YAML or does not fit its schema.
    """
    documents = {}
    for name in ("published", "claims"):
        documents[name] = read_yaml(Path(config, f"{name}.yaml"))
        check_schema(documents[name], read_yaml(Path(schemas, f"{name}.schema.yaml")), f"config/{name}.yaml")
    return Source(**documents["published"], claims=documents["claims"]["claims"])
