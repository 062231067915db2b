"""Which runs speak for a task, and which of them each figure shows."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from onelayer.errors import InputError
from onelayer.grid import Run, Task, runs_of
from onelayer.models import MODELS

# Of a task, how many lambdas the explorer shows the weights of: the first of these numbers for which there is room.
PAGE_LAMBDAS = (8, 4, 2, 1)


def shown_runs(task: Task) -> list[Run]:
    """The runs that speak for a task, all seeds: the smallest lambda, the first order. The text speaks of the first."""
    lam = min(task["lambdas"], key=float)
    return [run for run in runs_of(task) if (run.lam, run.shuffle) == (lam, task["shuffle"][0])]


def contrast_runs(task: Task) -> list[Run]:
    """The runs of the first seed at the smallest and the largest lambda; one if they are the same."""
    runs = first_runs(task)
    return [runs[0], runs[-1]] if len(runs) > 1 else runs


def first_runs(task: Task) -> list[Run]:
    """One run a lambda, from the smallest: the first order, the first seed."""
    seed = shown_runs(task)[0].seed
    return sorted((run for run in runs_of(task) if _is_first(run, task, seed)), key=lambda run: float(run.lam))


def page_runs(task: Task, most: int) -> list[Run]:
    """The runs whose weights the explorer shows: of `first_runs` at most so many, evenly chosen, and one of the other order."""
    runs = first_runs(task)
    chosen = [runs[place] for place in sorted(set(np.linspace(0, len(runs) - 1, most).round().astype(int).tolist()))]
    others = [run for run in order_runs(task) if run.shuffle != task["shuffle"][0]]
    return chosen + others[:1]


def page_candidates(task: Task) -> list[Run]:
    """Every run whose weights the explorer may show, whichever of PAGE_LAMBDAS there is room for."""
    return list(dict.fromkeys(run for most in PAGE_LAMBDAS for run in page_runs(task, most)))


def optimum_runs(task: Task) -> list[Run]:
    """Of `first_runs` those with a penalty, whose objective has one minimum; none where the model is not smooth."""
    return [run for run in first_runs(task) if float(run.lam) > 0] if is_smooth(task) else []


def is_smooth(task: Task) -> bool:
    """Whether the model of a task says that it is smooth (onelayer.objective); one that says nothing is not."""
    return getattr(MODELS[task["model"]], "smooth", False)


def gives_probabilities(task: Task) -> bool:
    """Whether the model of a task gives probabilities (onelayer.objective)."""
    model = MODELS[task["model"]]
    return model.probabilities(np.zeros((model.outputs(len(task["classes"])), 1))) is not None


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
    job: str  # "run", "comparison", or EVIDENCE: what needs few runs does not wait for the whole grid


EVIDENCE = "optimum"  # the job whose figures are drawn only where the configuration asks for evidence

# A figure is a module onelayer.figures.<name> with a function `draw`, and a line here.
FIGURES = {
    "loss": Figure(shown_runs, "run"),
    "accuracy": Figure(shown_runs, "run"),
    "weights": Figure(contrast_runs, "run"),
    "shuffle_accuracy": Figure(order_runs, "comparison"),
    "shuffle_loss": Figure(order_runs, "comparison"),
    "l2_accuracy": Figure(sweep_runs, "comparison"),
    "l2_norm": Figure(sweep_runs, "comparison"),
    "optimum": Figure(optimum_runs, EVIDENCE),
}


def figures_of(task: Task, *jobs: str) -> list[str]:
    """Names of the figures of a task that some jobs draw, in the order of FIGURES."""
    return [name for name, figure in FIGURES.items() if figure.job in jobs and figure.runs(task)]


# A figure of a task's predictions, drawn where the configuration asks for evidence: a module onelayer.figures.<name>, whose
# `draw` takes an ImageView, and a line here, with which tasks have it.
DIAGNOSTICS: dict[str, Callable[[Task], bool]] = {
    "examples": lambda task: True,
    "confusion": lambda task: True,
    "mistakes": lambda task: True,
    "reliability": gives_probabilities,
    "roc": lambda task: gives_probabilities(task) and len(task["classes"]) == 2,
}


def diagnostics_of(task: Task) -> list[str]:
    """Names of the figures of a task's predictions, in the order of DIAGNOSTICS."""
    return [name for name, has in DIAGNOSTICS.items() if has(task)]


def figure_files(
    tasks: Mapping[str, Task], renamed: Mapping[str, Mapping[str, Any]], evidence: bool = False
) -> dict[tuple[str, str], str]:
    """What the files of each figure are called, by task and figure.

    Parameters
    ----------
    tasks : dict
    renamed : dict
        `figures` of config/published.yaml: from <task>_<figure> to, under `name`, another name.
    evidence : bool
        Whether the figures of the job EVIDENCE and of DIAGNOSTICS are among them.

    Raises
    ------
    InputError
        Two figures would have the same name.
    """
    files: dict[tuple[str, str], str] = {}
    jobs = ("run", "comparison", *([EVIDENCE] if evidence else []))
    for name, task in tasks.items():
        for figure in [*figures_of(task, *jobs), *(diagnostics_of(task) if evidence else [])]:
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
