"""Accuracy and norm for lambdas above 0: as the runs ended, after equal steps, and at the minimum."""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import ACCURACIES, deviation, new_figure, seeds_by, styles
from onelayer.io.files import read_rows
from onelayer.models import model_named

NORM = r"squared norm $\|w\|^2$"


@figure(
    # With a penalty the objective of a smooth model has one minimum.
    runs=lambda task: task.sweep_runs if model_named(task.model).smooth else [],
    caption=(
        r"accuracy against $\lambda$ where each run ended, after the steps that all runs have, and at the minimum of the objective; and the squared "
        "norm of the weights at the end and at the minimum. Points of runs are means over seeds, with bars of one standard deviation."
    ),
    section="penalty",
    wide=True,
    reads="optimum",
)
def draw(view: View) -> Drawn:
    seeds = {lam: own for lam, own in seeds_by(view.runs, "lam").items() if float(lam) > 0}
    rows = {row["lambda"]: row for row in read_rows(view.paths["minima"])}
    minima = [rows[lam] for lam in seeds]
    last = min(int(files.evaluations["step"][-1]) for own in seeds.values() for files in own)

    def at_end(key: str) -> list[list[float]]:
        return [[files.summary[key] for files in own] for own in seeds.values()]

    def at_last(key: str) -> list[list[float]]:
        return [[own.evaluations[key][own.evaluations["step"] <= last][-1] for own in runs] for runs in seeds.values()]

    def at_minimum(key: str) -> list[list[float]]:
        return [[float(row[key])] for row in minima]

    moments = {"end of run": at_end, f"step {last:,}": at_last, "minimum": at_minimum}
    shown = {name: {label: of(key) for label, key in ACCURACIES.items()} for name, of in moments.items()}
    shown[NORM] = {name: moments[name]("weight_norm_squared") for name in ("end of run", "minimum")}
    drawn = new_figure(6.5, 2.1)
    panels = drawn.subplots(1, 4)
    for axes in panels[1:3]:  # before they are drawn, so that the axis has room for all three
        axes.sharey(panels[0])
        axes.tick_params(labelleft=False)
    for axes, (title, curves) in zip(panels, shown.items(), strict=True):
        axes.set(title=title, xlabel="L2 penalty λ", xscale="log")
        for (label, values), style in zip(curves.items(), styles(), strict=False):
            means, bars = [np.mean(own) for own in values], [deviation(own) for own in values]
            axes.errorbar(list(map(float, seeds)), means, yerr=bars, marker="o", capsize=2, label=label, **style)
    panels[0].set_ylabel("accuracy (fraction)")
    panels[3].set_yscale("log")
    panels[0].legend()
    panels[3].legend()
    return drawn
