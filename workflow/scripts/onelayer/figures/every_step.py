"""Validation accuracy at every step of a few epochs: a panel for file order and one for shuffled, on the same axes."""

from itertools import groupby

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import STEP_LABEL, VALIDATION_ACCURACY, by_order, new_figure

EPOCHS = 3  # shown, around the middle of the run
OFTEN = 10  # more evaluations an epoch than this


@figure(
    runs=lambda task: (
        [next(own) for _, own in groupby(task.order_runs, lambda run: run.shuffle)]
        if task.evaluations.per_epoch > OFTEN
        else []
    ),
    caption="validation accuracy after every evaluation of three epochs, shuffled by the first seed; an epoch begins at each vertical line.",
    section="shuffling",
    wide=True,
)
def draw(view: View) -> Drawn:
    drawn = new_figure(6.5, 2.4)
    panels = drawn.subplots(1, 2, sharex=True, sharey=True)
    for axes, (label, column, seeds, style) in zip(panels, by_order(view, "validation_accuracy"), strict=True):
        curve = seeds[0].evaluations
        middle = int(curve["epoch"][-1]) // 2
        inside = (curve["epoch"] >= middle) & (curve["epoch"] < middle + EPOCHS)
        steps, epochs = curve["step"][inside], curve["epoch"][inside]
        axes.plot(steps, curve[column][inside], **style)
        for start in steps[np.flatnonzero(np.diff(epochs, prepend=-1))]:
            axes.axvline(start, color="0.7", linewidth=0.8, zorder=0)
        axes.set(title=label, xlabel=STEP_LABEL)
    panels[0].set_ylabel(VALIDATION_ACCURACY)
    return drawn
