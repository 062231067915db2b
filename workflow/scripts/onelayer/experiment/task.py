"""Tasks, runs and settings. The grid is task x lambda x shuffle x seed: one training job each."""

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

ROLES = ("train", "validation", "test")
SEED_OF_FILE_ORDER = 0
# What a run leaves in its folder.
RUN_FILES = ("steps.parquet", "evaluations.parquet", "weights.npz", "snapshots.npz", "summary.json")


class Run(NamedTuple):
    """One training job. `lam` is the L2 penalty as its folder spells it."""

    task: str
    lam: str
    shuffle: bool
    seed: int

    @classmethod
    def of(cls, wildcards: Any) -> "Run":
        """The run that the wildcards of its folder spell."""
        return cls(wildcards.task, wildcards.lam, wildcards.shuffle == "true", int(wildcards.seed))

    @property
    def folder(self) -> str:
        """Hive-partitioned folder of the run below results/runs."""
        return f"task={self.task}/lambda={self.lam}/shuffle={str(self.shuffle).lower()}/seed={self.seed}"


@dataclass(frozen=True)
class Images:
    """Images `first`, ..., `first + count - 1` of a file, train or test, counted from 0."""

    file: str
    first: int
    count: int

    @property
    def end(self) -> int:
        """The number after that of the last image."""
        return self.first + self.count

    def overlaps(self, other: "Images") -> bool:
        """Whether two ranges share an image."""
        return self.file == other.file and max(self.first, other.first) < min(self.end, other.end)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What all runs of a task have in common; the names are those of the configuration."""

    dataset: str
    model: str
    classes: tuple[int, ...]
    learning_rate: float
    batch_size: int
    max_epochs: int
    evaluations_per_epoch: int
    patience: int
    dtype: str
    penalty: str
    train: Images
    validation: Images
    test: Images | None = None

    @property
    def setup(self) -> "Setup":
        """This part alone, without what a task or a run adds."""
        return Setup.of({field.name: getattr(self, field.name) for field in dataclasses.fields(Setup)})

    def settings(self, run: Run) -> "Settings":
        """The settings of a run."""
        own = {"task": run.task, "lam": float(run.lam), "shuffle": run.shuffle, "seed": run.seed}
        return Settings.of(vars(self.setup) | own)

    @property
    def sets(self) -> dict[str, Images]:
        """The images of each role that the task has."""
        found = {role: getattr(self, role) for role in ROLES}
        return {role: images for role, images in found.items() if images is not None}

    def plain(self) -> dict[str, Any]:
        """Values that JSON and a parameter of a rule can hold; `of` makes the object again."""
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The object from its `plain` values; lists become tuples."""
        values: dict[str, Any] = {key: tuple(own) if isinstance(own, list) else own for key, own in plain.items()}
        values |= {role: Images(**values[role]) for role in ROLES if isinstance(values.get(role), dict)}
        return cls(**values)


@dataclass(frozen=True, kw_only=True)
class Settings(Setup):
    """What one run is made of; `lam` is the number that its lambda means."""

    task: str
    lam: float
    shuffle: bool
    seed: int


@dataclass(frozen=True, kw_only=True)
class Task(Setup):
    """A task: its name, what its runs have in common, and the grid that they span.

    Its questions are answered from the configuration alone, before anything is trained.
    """

    name: str
    lambdas: tuple[str, ...]
    shuffle: tuple[bool, ...]
    seeds: tuple[int, ...]

    @property
    def runs(self) -> list[Run]:
        """All runs: by lambda, then shuffle, then seed, each as the configuration lists them.

        Nothing is drawn in file order, so there one run stands for all seeds.
        """
        return [
            Run(self.name, lam, shuffle, seed)
            for lam in self.lambdas
            for shuffle in self.shuffle
            for seed in (self.seeds if shuffle else (SEED_OF_FILE_ORDER,))
        ]

    @property
    def smallest_lambda(self) -> str:
        return min(self.lambdas, key=float)

    @property
    def reference_runs(self) -> list[Run]:
        """The smallest lambda and the first order, all seeds; the first of them is the reference run of the text."""
        return [run for run in self.runs if (run.lam, run.shuffle) == (self.smallest_lambda, self.shuffle[0])]

    @property
    def first_runs(self) -> list[Run]:
        """One run a lambda, from the smallest: the first order, the first seed."""
        seed = self.reference_runs[0].seed
        chosen = (run for run in self.runs if (run.shuffle, run.seed) == (self.shuffle[0], seed))
        return sorted(chosen, key=lambda run: float(run.lam))

    @property
    def penalised_runs(self) -> list[Run]:
        """Of `first_runs` those with a penalty."""
        return [run for run in self.first_runs if float(run.lam) > 0]

    @property
    def extreme_runs(self) -> list[Run]:
        """Of `first_runs` the first and the last: the smallest and the largest lambda; one if they are the same."""
        return list(dict.fromkeys([self.first_runs[0], self.first_runs[-1]]))

    def sampled_runs(self, most: int) -> list[Run]:
        """Of `first_runs` at most `most`, evenly chosen, and one of the other order."""
        runs = self.first_runs
        places = sorted({round(number * (len(runs) - 1) / (most - 1)) for number in range(most)})
        return [runs[place] for place in places] + [run for run in self.order_runs if run.shuffle != self.shuffle[0]][
            :1
        ]

    @property
    def order_runs(self) -> list[Run]:
        """The runs at the smallest lambda in file order and shuffled, all seeds; none if the task has one order."""
        return sorted(run for run in self.runs if run.lam == self.smallest_lambda) if len(self.shuffle) > 1 else []

    @property
    def sweep_runs(self) -> list[Run]:
        """The runs of every lambda in the first order, all seeds, by lambda; none if the task has one lambda."""
        runs = [run for run in self.runs if run.shuffle == self.shuffle[0]]
        return sorted(runs, key=lambda run: (float(run.lam), run.seed)) if len(self.lambdas) > 1 else []

    def differences(self, published: Mapping[str, Any]) -> list[str]:
        """Keys of a published task whose values are not those of this one; what it does not name is free."""
        own = self.plain()
        return [
            key for key, value in published.items() if own[key] != (tuple(value) if isinstance(value, list) else value)
        ]


def tasks_of(config: Mapping[str, Any]) -> dict[str, Task]:
    """Every task with all that it inherits from `images` and `training`, by name; tasks that are null are left out."""
    found = {name: inherited(config, own) for name, own in config["tasks"].items() if own is not None}
    return {name: Task.of({"name": name, **values}) for name, values in found.items()}


def inherited(config: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a task of a configuration with those that it inherits; lambdas as they are spelled."""
    images = config["images"]
    sets = {
        role: {"first": 0} | images.get(role, {}) | own.get(role, {}) for role in ROLES if role in images or role in own
    }
    values = {"dataset": config["dataset"], **config["training"], **own, **sets}
    return values | {"lambdas": [spelled(lam) for lam in own["lambdas"]]} if "lambdas" in own else values


def spelled(lam: str | float) -> str:
    """A lambda as its folder spells it: text as it stands, a number as Python's repr."""
    return lam if isinstance(lam, str) else repr(lam)


def files_of_sets(tasks: Iterable[Task], *roles: str) -> list[str]:
    """The files, train or test, that tasks take the images of some roles from, each once."""
    return list(dict.fromkeys(task.sets[role].file for task in tasks for role in roles if role in task.sets))
