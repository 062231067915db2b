"""Validation accuracy for each lambda."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import (
    VALIDATION_ACCURACY_LABEL,
    draw_evaluations,
    lambda_legend,
    lambda_styles,
    new_axes,
    seeds_by,
)


@figure(
    runs=lambda task: task.sweep_runs,
    caption=r"validation accuracy for each $\lambda$, up to where each run ended.",
    section="penalty",
)
def draw(view: View) -> Drawn:
    """Validation accuracy over training steps, a curve for each lambda; several seeds as mean and band."""
    figure, axes = new_axes(VALIDATION_ACCURACY_LABEL, view.limits)
    runs = seeds_by(view.runs, "lam")
    for (lam, seeds), style in zip(runs.items(), lambda_styles(len(runs)), strict=True):
        draw_evaluations(axes, seeds, "validation_accuracy", f"λ = {lam}", **style)
    lambda_legend(axes, list(runs))
    return figure
