"""Validation accuracy in file order and shuffled."""

from matplotlib.figure import Figure

from onelayer.figures.common import VALIDATION_ACCURACY_LABEL, View, draw_evaluations, grouped, new_axes, styles


def draw(view: View) -> Figure:
    """Validation accuracy over training steps, a curve for each order; several seeds as mean and band."""
    figure, axes = new_axes(VALIDATION_ACCURACY_LABEL, view.limits)
    for (shuffle, seeds), style in zip(grouped(view.runs, "shuffle").items(), styles(), strict=False):
        draw_evaluations(axes, seeds, "validation_accuracy", "shuffled" if shuffle else "file order", **style)
    axes.legend()
    return figure
