"""Validation accuracy in file order and shuffled; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import VALIDATION_ACCURACY_LABEL, draw_evaluations, new_axes, seeds_by, styles


@figure(
    runs=lambda task: task.order_runs,
    caption="validation accuracy by the order of the training images.",
    section="shuffling",
)
def draw(view: View) -> Drawn:
    figure, axes = new_axes(VALIDATION_ACCURACY_LABEL, view.limits)
    for (shuffle, seeds), style in zip(seeds_by(view.runs, "shuffle").items(), styles(), strict=False):
        draw_evaluations(axes, seeds, "validation_accuracy", "shuffled" if shuffle else "file order", **style)
    axes.legend()
    return figure
