"""How far the objective of a run is above its certified minimum, step by step."""

from collections.abc import Sequence

import numpy as np

from onelayer.experiment.task import Run, Task
from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import lambda_legend, lambda_styles, new_axes
from onelayer.models import model_named


def runs(task: Task) -> Sequence[Run]:
    """With a penalty the objective of a smooth model has one minimum."""
    return task.penalised_runs if model_named(task.model).smooth else []


@figure(
    runs=runs,
    caption="the objective of the run minus its certified minimum at the snapshots of its weights.",
    section="optimum",
    reads="optimum",
)
def draw(view: View) -> Drawn:
    """J of the weights after a step minus the minimum of J, on logarithmic axes: a curve for each lambda above 0.

    Steps are counted from 1 here, because a logarithmic axis has no place for a 0.
    """
    from onelayer.training.optimum import Objective, read_optima
    from onelayer.training.sets import chosen_images, samples_of

    minima, setup = read_optima(view.paths["optimum"]), view.setup
    chosen, _ = chosen_images(setup, next(iter(view.runs)).seed, view.paths, ["train"])
    samples = samples_of(setup, chosen["train"].images)
    unit = model_named(view.setup.model).unit
    figure, axes = new_axes(f"objective, $J - J^*$ ({unit})", view.limits)
    axes.set(xlabel="training steps taken (batches)", xscale="log", yscale="log")
    for (run, files), style in zip(view.runs.items(), lambda_styles(len(view.runs)), strict=True):
        steps, weights = files.snapshots
        both = np.concatenate([minima[run.lam][None], weights])
        values, _ = Objective(model_named(setup.model), samples, float(run.lam), setup.penalty).evaluate(both)
        axes.plot(steps + 1, values[1:] - values[0], marker=".", label=f"λ = {run.lam}", **style)
    lambda_legend(axes, [run.lam for run in view.runs])
    return figure
