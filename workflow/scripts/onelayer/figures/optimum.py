"""How far the objective of a run is above its certified minimum, step by step."""

from matplotlib.figure import Figure

from onelayer.figures.common import View, lambda_legend, lambda_styles, new_axes
from onelayer.models import MODELS
from onelayer.optimum import read_excess


def draw(view: View) -> Figure:
    """J of the weights after a step minus the minimum of J, on logarithmic axes: a curve for each lambda above 0.

    Steps are counted from 1 here, because a logarithmic axis has no place for a 0.
    """
    assert view.optimum is not None
    excess = read_excess(view.optimum)
    unit = MODELS[view.task["model"]].unit
    figure, axes = new_axes(f"objective, $J - J^*$ ({unit})", view.limits)
    axes.set(xlabel="training steps taken (batches)", xscale="log", yscale="log")
    for run, style in zip(view.runs, lambda_styles(len(view.runs)), strict=True):
        steps, values = excess[run.lam]
        axes.plot(steps + 1, values, marker=".", label=f"λ = {run.lam}", **style)
    lambda_legend(axes, [run.lam for run in view.runs])
    return figure
