"""Accuracy and norm by lambda: as the runs ended, after equal steps, and at the minimum."""

from collections.abc import Mapping, Sequence

import numpy as np

from onelayer.experiment.task import Run, Task
from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import Axes, new_figure, seeds_by, styles
from onelayer.io.files import read_rows
from onelayer.models import model_named

ACCURACIES = {"training": "train_accuracy", "validation": "validation_accuracy"}


def runs(task: Task) -> Sequence[Run]:
    """With a penalty the objective of a smooth model has one minimum."""
    return task.sweep_runs if model_named(task.model).smooth else []


@figure(
    runs=runs,
    caption=(
        r"accuracy against $\lambda$ where each run ended, after the steps that all runs have, and at the minimum of the objective; and the squared "
        "norm of the weights at the end and at the minimum. Points are means over seeds, bars one standard deviation."
    ),
    section="penalty",
    wide=True,
    reads="optimum",
)
def draw(view: View) -> Drawn:
    """Four panels over lambdas above 0."""
    seeds = {lam: own for lam, own in seeds_by(view.runs, "lam").items() if float(lam) > 0}
    minima = {row["lambda"]: row for row in read_rows(view.paths["minima"])}
    last = min(int(files.evaluations["step"][-1]) for own in seeds.values() for files in own)
    at_ends = {
        name: [[files.summary[key] for files in own] for own in seeds.values()] for name, key in ACCURACIES.items()
    }
    after = {
        name: [
            [_at(files.evaluations["step"], files.evaluations[key], last) for files in own] for own in seeds.values()
        ]
        for name, key in ACCURACIES.items()
    }
    best = {name: [[float(minima[lam][key])] for lam in seeds] for name, key in ACCURACIES.items()}
    norms = {
        "end of run": [[files.summary["weight_norm_squared"] for files in own] for own in seeds.values()],
        "minimum": [[float(minima[lam]["weight_norm_squared"])] for lam in seeds],
    }
    drawn = new_figure(6.5, 2.1)
    panels = drawn.subplots(1, 4)
    titles = ("end of run", f"step {last:,}", "minimum", r"squared norm $\|w\|^2$")
    lambdas = list(map(float, seeds))
    for axes in panels[1:3]:  # before they are drawn, so that the axis has room for all three
        axes.sharey(panels[0])
        axes.tick_params(labelleft=False)
    for axes, title, values in zip(panels, titles, (at_ends, after, best, norms), strict=True):
        _panel(axes, title, lambdas, values)
    panels[0].set_ylabel("accuracy (fraction)")
    panels[3].set_yscale("log")
    panels[0].legend()
    panels[3].legend()
    return drawn


def _at(steps: "np.typing.NDArray[np.int64]", values: "np.typing.NDArray[np.float64]", step: int) -> float:
    """The last of some values at or before a step."""
    return float(values[np.searchsorted(steps, step, side="right") - 1])


def _panel(axes: Axes, title: str, lambdas: Sequence[float], values: Mapping[str, Sequence[Sequence[float]]]) -> None:
    for (name, own), style in zip(values.items(), styles(), strict=False):
        means, bars = [np.mean(seeds) for seeds in own], [np.std(seeds) for seeds in own]
        axes.errorbar(lambdas, means, yerr=bars, marker="o", capsize=2, label=name, **style)
    axes.set(title=title, xlabel="L2 penalty λ", xscale="log")
