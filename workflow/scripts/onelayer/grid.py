"""The grid of runs: task x lambda x shuffle x seed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, NamedTuple

ROLES = ("train", "validation", "test")
GRID = ("lambdas", "shuffle", "seeds")
SEED_OF_FILE_ORDER = 0
# What a run leaves in its folder.
RUN_FILES = ("steps.parquet", "evaluations.parquet", "weights.npz", "snapshots.npz", "summary.json")

# A task as `tasks_of` gives it: plain values by the names of the configuration.
Task = dict[str, Any]


class Run(NamedTuple):
    """One training job. `lam` is the L2 penalty as its folder spells it."""

    task: str
    lam: str
    shuffle: bool
    seed: int

    @property
    def folder(self) -> str:
        """Hive-partitioned folder of the run below results/runs."""
        return f"task={self.task}/lambda={self.lam}/shuffle={str(self.shuffle).lower()}/seed={self.seed}"


@dataclass(frozen=True)
class Settings:
    """What one run is made of; the names are those of the configuration.

    `data` is the name of the data set and the images of each role (`file`, `first`, `count`).
    """

    task: str
    model: str
    classes: list[int]
    lam: float
    shuffle: bool
    seed: int
    learning_rate: float
    batch_size: int
    max_epochs: int
    evaluations_per_epoch: int
    patience: int
    dtype: str
    penalty: str
    data: dict[str, Any]

    @classmethod
    def of(cls, task: Task, run: Run) -> "Settings":
        """The settings of one run of a task."""
        own: dict[str, Any] = {"task": run.task, "lam": float(run.lam), "shuffle": run.shuffle, "seed": run.seed}
        own["data"] = {key: task[key] for key in ("dataset", *ROLES) if key in task}
        return cls(**own, **{key.name: task[key.name] for key in fields(cls) if key.name not in own})


def tasks_of(config: Mapping[str, Any]) -> dict[str, Task]:
    """Every task with all that it inherits from `images` and `training`, by name; tasks that are null are left out.

    Returns
    -------
    dict
        Each task has `name`, `dataset`, `model`, `classes`, `learning_rate`, the grid (`lambdas`, spelled; `shuffle`;
        `seeds`), the sets `train`, `validation` and, where there is one, `test` (`file`, `first`, `count`), and all other
        keys of `training`.
    """
    tasks = {}
    for name, own in config["tasks"].items():
        if own is None:
            continue
        sets = {
            role: {"first": 0} | config["images"].get(role, {}) | own.get(role, {})
            for role in ROLES
            if role in config["images"] or role in own
        }
        tasks[name] = {"name": name, "dataset": config["dataset"], **config["training"], **own, **sets}
        if "lambdas" in own:
            tasks[name]["lambdas"] = [spelled(lam) for lam in own["lambdas"]]
    return tasks


def runs_of(task: Task) -> list[Run]:
    """All runs of a task: by lambda, then shuffle, then seed, each as the configuration lists them.

    Nothing is drawn in file order, so there one run stands for all seeds.
    """
    return [
        Run(task["name"], lam, shuffle, seed)
        for lam in task["lambdas"]
        for shuffle in task["shuffle"]
        for seed in (task["seeds"] if shuffle else [SEED_OF_FILE_ORDER])
    ]


def without_grid(task: Task) -> Task:
    """What a task's runs have in common, without the lambdas, orders and seeds that it spans."""
    return {key: value for key, value in task.items() if key not in GRID}


def spelled(lam: str | float) -> str:
    """A lambda as its folder spells it: text as it stands, a number as Python's repr."""
    return lam if isinstance(lam, str) else repr(lam)


def differences(task: Task, published: Task) -> list[str]:
    """Keys of a task whose values are not those of the published task.

    The grid (lambda, shuffle, seed) and what the published task does not name are free.
    """
    settings = without_grid(published)
    return [key for key, value in settings.items() if key != "name" and task.get(key) != value]


def class_names(dataset: Mapping[str, Any], classes: Sequence[int]) -> list[str]:
    """What the classes are called: by the data set's names, or by their numbers where it has none."""
    named = dict(zip(dataset["classes"], dataset.get("class_names", dataset["classes"]), strict=True))
    return [str(named[label]) for label in classes]
