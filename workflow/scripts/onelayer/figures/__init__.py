"""The figures: one file each, found by its name.

A figure is a file of this folder with a function `draw`, decorated by `figure` with the runs that it shows, its caption, and the
section of the report that it stands in. Nothing else is touched. Matplotlib is imported by what draws and not at the top of a
file, because Snakemake reads the captions each time that it starts.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onelayer.experiment.task import Run, Setup, Task
from onelayer.io.errors import InputError
from onelayer.models import model_named

if TYPE_CHECKING:
    from matplotlib.figure import Figure as Drawn

    from onelayer.data.store import ImageSet
    from onelayer.results.predictions import Predictions
    from onelayer.training.runs import RunFiles
else:
    Drawn = "matplotlib.figure.Figure"

# Sections of the report that show figures.
SECTIONS = ("curves", "shuffling", "penalty", "weights")


@dataclass
class View:
    """What figures of a task are drawn from."""

    setup: Setup
    runs: "Mapping[Run, RunFiles]"  # those that the figures show, in the order of their `runs`
    class_names: Sequence[str]  # in the order of the task's classes
    shape: tuple[int, int]  # (height, width) of an image in pixels
    paths: Mapping[str, str]  # for figures that `reads` them: `minima`, the table of the task; stored images by file
    limits: tuple[float, float] | None = None  # of the vertical axis, lowest and highest; None to let the data decide

    @property
    def loss_label(self) -> str:
        """Label of an axis of losses."""
        model = model_named(self.setup.model)
        return f"{model.loss} ({model.unit})"

    @property
    def first_run(self) -> Run:
        return next(iter(self.runs))

    @cached_property
    def predictions(self) -> "Predictions":
        """Predictions of the validation images by the first run."""
        from onelayer.results.predictions import predictions_of

        weights = self.runs[self.first_run].last_weights
        return predictions_of(self.setup, weights, "validation", self.first_run.seed, self.paths)

    @cached_property
    def images(self) -> "Mapping[str, ImageSet]":
        """The images of the classes of the task by role, train and validation."""
        from onelayer.training.sets import chosen_images

        chosen, _ = chosen_images(self.setup, self.first_run.seed, self.paths, ["train", "validation"])
        return {role: own.images.of_classes(self.setup.classes) for role, own in chosen.items()}


@dataclass(frozen=True)
class Figure:
    """A figure of a task."""

    draw: Callable[[View], Drawn]
    runs: Callable[[Task], Sequence[Run]]  # that are shown; none if the task has no such figure
    caption: str  # as LaTeX: a part of a sentence that begins in lower case and ends with a full stop
    section: str | None = None  # one of SECTIONS; None: it stays in results/fig
    wide: bool = False  # whether it takes the whole line in the report, 6.5 inches, and not half
    reads: str = "runs"  # or with evidence alone "optimum" or "predictions"


def figure(**own: Any) -> Callable[[Callable[[View], Drawn]], Figure]:
    """Make a Figure of a function `draw`; the arguments are its other attributes."""
    return lambda draw: Figure(draw=draw, **own)


@cache
def figure_named(name: str) -> Figure:
    """The figure in the file of that name.

    Raises InputError: it names a section that the report does not have.
    """
    figure: Figure = import_module(f"onelayer.figures.{name}").draw
    if figure.section not in (None, *SECTIONS):
        raise InputError(f"figures/{name}.py: no section {figure.section!r}; the sections are {', '.join(SECTIONS)}")
    return figure


def figure_names() -> list[str]:
    """Names of all figures."""
    return sorted({path.stem for path in Path(__file__).parent.glob("*.py")} - {"__init__", "common"})


def named_figures(
    tasks: Mapping[str, Task], evidence: bool, name_of: Callable[[Task, str], str | None]
) -> dict[str, dict[str, str]]:
    """By task and figure what its files are called: `name_of` task and figure, which names no figure that is not wanted of the runs.

    Raises InputError: two figures would have the same name.
    """
    kinds = {name: figure_named(name) for name in figure_names()}
    named: dict[str, dict[str, str]] = {name: {} for name in tasks}
    for name, task in tasks.items():
        for kind, own in kinds.items():
            file = name_of(task, kind) if own.runs(task) and (evidence or own.reads == "runs") else None
            if file and any(file in others.values() for others in named.values()):
                raise InputError(f"config: tasks.{name}: its figure {file} has the name of another: rename the task")
            if file:
                named[name][kind] = file
    return named


def drawn_together(task: Task, figures: Iterable[str]) -> Iterable[tuple[tuple[str, tuple[Run, ...]], list[str]]]:
    """Figures of a task by what they read and the runs that they show: an interpreter's start is most of a figure's time."""
    groups: dict[tuple[str, tuple[Run, ...]], list[str]] = {}
    for figure in figures:
        own = figure_named(figure)
        groups.setdefault((own.reads, tuple(own.runs(task))), []).append(figure)
    return groups.items()
