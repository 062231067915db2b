"""Which runs speak for a task, and which of them each figure shows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from onelayer.errors import InputError
from onelayer.grid import Run, Task, runs_of


def shown_runs(task: Task) -> list[Run]:
    """The runs that speak for a task, all seeds: the smallest lambda, the first order. The text speaks of the first."""
    lam = min(task["lambdas"], key=float)
    return [run for run in runs_of(task) if (run.lam, run.shuffle) == (lam, task["shuffle"][0])]


def contrast_runs(task: Task) -> list[Run]:
    """The runs of the first seed at the smallest and the largest lambda; one if they are the same."""
    seed = shown_runs(task)[0].seed
    runs = sorted((run for run in runs_of(task) if _is_first(run, task, seed)), key=lambda run: float(run.lam))
    return [runs[0], runs[-1]] if len(runs) > 1 else runs


def order_runs(task: Task) -> list[Run]:
    """The runs at the smallest lambda in file order and shuffled, all seeds; none where the task has one order."""
    lam = min(task["lambdas"], key=float)
    return sorted(run for run in runs_of(task) if run.lam == lam) if len(task["shuffle"]) > 1 else []


def sweep_runs(task: Task) -> list[Run]:
    """The runs of every lambda in the first order, all seeds, by lambda; none where the task has one lambda."""
    runs = [run for run in runs_of(task) if run.shuffle == task["shuffle"][0]]
    return sorted(runs, key=lambda run: (float(run.lam), run.seed)) if len(task["lambdas"]) > 1 else []


def _is_first(run: Run, task: Task, seed: int) -> bool:
    return run.shuffle == task["shuffle"][0] and run.seed == seed


class Figure(NamedTuple):
    """Which runs a figure of a task shows, none if the task has no such figure; and the job that draws it."""

    runs: Callable[[Task], list[Run]]
    job: str  # "run" or "comparison": what needs few runs does not wait for the whole grid


# A figure is a module onelayer.figures.<name> with a function `draw`, and a line here.
FIGURES = {
    "loss": Figure(shown_runs, "run"),
    "accuracy": Figure(shown_runs, "run"),
    "weights": Figure(contrast_runs, "run"),
    "shuffle_accuracy": Figure(order_runs, "comparison"),
    "shuffle_loss": Figure(order_runs, "comparison"),
    "l2_accuracy": Figure(sweep_runs, "comparison"),
    "l2_norm": Figure(sweep_runs, "comparison"),
}


def figures_of(task: Task, job: str | None = None) -> list[str]:
    """Names of the figures that a task has, in the order of FIGURES; those of one job if it is given."""
    return [name for name, figure in FIGURES.items() if figure.runs(task) and job in (None, figure.job)]


def figure_files(tasks: Mapping[str, Task], renamed: Mapping[str, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    """What the files of each figure are called, by task and figure.

    Parameters
    ----------
    tasks : dict
    renamed : dict
        `figures` of config/published.yaml: from <task>_<figure> to, under `name`, another name.

    Raises
    ------
    InputError
        Two figures would have the same name.
    """
    files: dict[tuple[str, str], str] = {}
    for name, task in tasks.items():
        for figure in figures_of(task):
            file = renamed.get(f"{name}_{figure}", {}).get("name", f"{name}_{figure}")
            if file in files.values():
                raise InputError(f"config: tasks.{name}: its figure {file} has the name of another: rename the task")
            files[name, figure] = file
    return files


def axis_limits(
    published: Mapping[str, Any], differing: Mapping[str, Sequence[str]], task: str, figure: str
) -> list[float] | None:
    """The published limits of a figure's vertical axis where the task is the published one, or None: the data decide."""
    limits = published["figures"].get(f"{task}_{figure}", {}).get("limits")
    return limits if differing.get(task) == [] else None
