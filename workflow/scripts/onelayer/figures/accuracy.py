"""Accuracy of a task's reference runs on all training and all validation images; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import draw_evaluations, new_axes


@figure(
    runs=lambda task: task.reference_runs,
    caption="accuracy on all training images and on all validation images at each evaluation; a band is one standard deviation over seeds.",
    section="curves",
)
def draw(view: View) -> Drawn:
    figure, axes = new_axes("accuracy (fraction)", view.limits)
    seeds = list(view.runs.values())
    draw_evaluations(axes, seeds, "train_accuracy", "training")
    draw_evaluations(axes, seeds, "validation_accuracy", "validation")
    axes.legend()
    return figure
