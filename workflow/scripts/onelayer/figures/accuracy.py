"""Training and validation accuracy of the runs that speak for a task."""

from matplotlib.figure import Figure

from onelayer.figures.common import ACCURACY_LABEL, View, draw_evaluations, new_axes


def draw(view: View) -> Figure:
    """Accuracies on all training and all validation images over training steps; several seeds as mean and band."""
    figure, axes = new_axes(ACCURACY_LABEL, view.limits)
    seeds = list(view.runs.values())
    draw_evaluations(axes, seeds, "train_accuracy", "training")
    draw_evaluations(axes, seeds, "validation_accuracy", "validation")
    axes.legend()
    return figure
