"""Validation accuracy for each lambda."""

from matplotlib.figure import Figure

from onelayer.figures.common import (
    VALIDATION_ACCURACY_LABEL,
    View,
    draw_evaluations,
    grouped,
    lambda_legend,
    lambda_styles,
    new_axes,
)


def draw(view: View) -> Figure:
    """Validation accuracy over training steps, a curve for each lambda; several seeds as mean and band."""
    figure, axes = new_axes(VALIDATION_ACCURACY_LABEL, view.limits)
    runs = grouped(view.runs, "lam")
    for (lam, seeds), style in zip(runs.items(), lambda_styles(len(runs)), strict=True):
        draw_evaluations(axes, seeds, "validation_accuracy", f"λ = {lam}", **style)
    lambda_legend(axes, list(runs))
    return figure
