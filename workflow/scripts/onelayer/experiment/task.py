"""Tasks, runs and settings. The grid is task x lambda x shuffle x seed: one training job each."""

import dataclasses
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

from onelayer.experiment.images import Images
from onelayer.io.errors import InputError

ROLES = ("train", "validation", "test")
# What a run leaves in its folder.
RUN_FILES = ("steps.parquet", "evaluations.parquet", "weights.npz", "summary.json")


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
class Inputs:
    """A pixel p becomes the input (p - offset) / scale."""

    offset: float
    scale: float


@dataclass(frozen=True)
class Evaluations:
    """When a run is evaluated: `per_epoch` times, at the first or the last step of each interval, and whether on all training
    images the loss is taken beside the accuracy."""

    per_epoch: int
    at: str
    train_loss: bool

    def every(self, steps_per_epoch: int) -> int:
        """After how many steps an evaluation follows."""
        return max(1, steps_per_epoch // self.per_epoch)

    def due(self, step: int, steps_per_epoch: int) -> bool:
        """Whether an evaluation follows a step."""
        return (step + (self.at == "last")) % self.every(steps_per_epoch) == 0


@dataclass(frozen=True, kw_only=True)
class Setup:
    """What all runs of a task have in common; the names are those of the configuration."""

    dataset: str
    model: str
    classes: tuple[int, ...]
    learning_rate: float
    batch_size: int
    max_epochs: int
    evaluations: Evaluations
    early_stop: Mapping[str, Any] | None
    permutations_before: Any  # a number, or numbers by lambda
    dtype: str
    penalty: str
    bias: bool
    inputs: Inputs | None  # None: by the data set's largest pixel value, to [-1, 1]
    train: Images
    validation: Images | None = None
    test: Images | None = None

    @property
    def setup(self) -> "Setup":
        """This part alone, without what a task or a run adds."""
        return Setup(**{field.name: getattr(self, field.name) for field in dataclasses.fields(Setup)})

    def settings(self, run: Run) -> "Settings":
        """The settings of a run."""
        before = self.permutations_before
        if isinstance(before, Mapping):
            before = next((count for lam, count in before.items() if float(lam) == float(run.lam)), 0)
        own = {**vars(self.setup), "permutations_before": before, **run._asdict(), "lam": float(run.lam)}
        return Settings(**own)

    @property
    def draws(self) -> bool:
        """Whether the seed of a run chooses its images."""
        return any(images.drawn for images in self.sets.values())

    @property
    def sets(self) -> dict[str, Images]:
        """The images of each role that the task has."""
        return {role: images for role in ROLES if (images := getattr(self, role))}

    def plain(self) -> dict[str, Any]:
        """Values that JSON and a parameter of a rule can hold; `of` makes the object again."""
        return dataclasses.asdict(self)

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Self:
        """The object from its `plain` values; lists become tuples."""
        values = _tuples(plain)
        for key, kind in {**dict.fromkeys(ROLES, Images), "inputs": Inputs, "evaluations": Evaluations}.items():
            if isinstance(values.get(key), dict):
                values[key] = kind(**_tuples(values[key]))
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
    """A task: its name, what its runs have in common, and the grid that they span."""

    name: str
    lambdas: tuple[str, ...]
    shuffle: tuple[bool, ...]
    seeds: tuple[int, ...]

    @property
    def runs(self) -> list[Run]:
        """All runs: by lambda, then shuffle, then seed, each as the configuration lists them.

        In file order nothing is drawn unless the images are: then one run stands for all seeds, as seed 0.
        """
        return [
            Run(self.name, lam, shuffle, seed)
            for lam in self.lambdas
            for shuffle in self.shuffle
            for seed in (self.seeds if shuffle or self.draws else (0,))
        ]

    @property
    def smallest_lambda(self) -> str:
        return min(self.lambdas, key=float)

    @property
    def reference_runs(self) -> list[Run]:
        """The smallest lambda and the first order, all seeds; the first of them is the reference run of the text."""
        return [run for run in self.runs if (run.lam, (run.shuffle,)) == (self.smallest_lambda, self.shuffle[:1])]

    @property
    def first_runs(self) -> list[Run]:
        """One run a lambda, from the smallest: the first order, the first seed."""
        first = [(run.shuffle, run.seed) for run in self.reference_runs[:1]]
        chosen = (run for run in self.runs if (run.shuffle, run.seed) in first)
        return sorted(chosen, key=lambda run: float(run.lam))

    @property
    def extreme_runs(self) -> list[Run]:
        """Of `first_runs` the first and the last: the smallest and the largest lambda; one if they are the same."""
        return list(dict.fromkeys([*self.first_runs[:1], *self.first_runs[-1:]]))

    def sampled_runs(self, most: int) -> list[Run]:
        """Of `first_runs` at most `most`, evenly chosen, and one of the other order."""
        runs = self.first_runs
        places = sorted({round(number * (len(runs) - 1) / (most - 1)) for number in range(most)}) if runs else []
        others = [run for run in self.order_runs if run.shuffle != self.shuffle[0]]
        return [runs[place] for place in places] + others[:1]

    @property
    def order_runs(self) -> list[Run]:
        """The runs at the smallest lambda in file order and shuffled, all seeds; none if the task has one order."""
        return sorted(run for run in self.runs if run.lam == self.smallest_lambda) if len(self.shuffle) > 1 else []

    @property
    def sweep_runs(self) -> list[Run]:
        """The runs of every lambda in the first order, all seeds, by lambda; none if the task has one lambda."""
        runs = [run for run in self.runs if (run.shuffle,) == self.shuffle[:1]]
        return sorted(runs, key=lambda run: (float(run.lam), run.seed)) if len(self.lambdas) > 1 else []

    def differences(self, other: "Task") -> list[str]:
        """Keys in which what its runs have in common is not that of another task."""
        others = vars(other.setup)
        return [key for key, own in vars(self.setup).items() if own != others[key]]


def tasks_of(config: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Task]:
    """Every task that is not null, by name; `counts` are the images of each file, for ranges without a count."""
    return {name: Task.of(values) for name, values in inherited(config, counts).items()}


def inherited(config: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    """Plain values of the tasks of `tasks_of`, with what they inherit from `images` and `training`; lambdas as their folders spell them."""
    found = {}
    for name, own in config["tasks"].items():
        if own is None:
            continue
        values = {"name": name, "dataset": config["dataset"], **config["training"], **own}
        values["evaluations"] = config["training"]["evaluations"] | own.get("evaluations", {})
        values["lambdas"] = list(map(str, own["lambdas"]))
        for role in ROLES:
            if role in config["images"] or role in own:
                images = {"first": 0} | config["images"].get(role, {}) | own.get(role, {})
                left = {"count": counts[images["file"]] - images["first"]} if images.get("file") in counts else {}
                values[role] = left | images
        found[name] = values
    return found


class InWords(string.Formatter):
    """Fills in settings as a text says them: 1,000 and `4 and 9`."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, list | tuple):
            *others, last = (self.format_field(own, "") for own in value)
            return f"{', '.join(others)} and {last}" if others else last
        return f"{value:,}" if isinstance(value, int) and not isinstance(value, bool) else str(value).lower()


def filled(text: str, tasks: Mapping[str, Task], place: str) -> str:
    """A text with the settings of tasks that stand in braces, such as {softmax.max_epochs}.

    Raises InputError: a setting is unknown.
    """
    try:
        return InWords().vformat(text, (), tasks)
    except (LookupError, AttributeError, ValueError) as error:
        example = "write settings as {task.key}, such as {softmax.max_epochs}"
        raise InputError(f"{place}: {text!r}: {error}: {example}") from error


def _tuples(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values with tuples for lists."""
    return {key: tuple(own) if isinstance(own, list) else own for key, own in values.items()}
