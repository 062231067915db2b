"""Validation accuracy for each lambda; several seeds as mean and band."""

from onelayer.figures import Drawn, View, common, figure


@figure(
    runs=lambda task: task.sweep_runs,
    caption=r"validation accuracy for each $\lambda$, up to where each run ended.",
    section="penalty",
)
def draw(view: View) -> Drawn:
    figure, axes = common.new_axes(common.VALIDATION_ACCURACY_LABEL, view.limits)
    runs = common.seeds_by(view.runs, "lam")
    for (lam, seeds), style in zip(runs.items(), common.lambda_styles(len(runs)), strict=True):
        common.draw_evaluations(axes, seeds, "validation_accuracy", f"λ = {lam}", **style)
    common.lambda_legend(axes, list(runs))
    return figure
