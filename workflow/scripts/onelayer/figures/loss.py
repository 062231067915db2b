"""Training and validation loss, without the penalty, of a task's reference runs; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import draw_evaluations, draw_training_loss, new_axes


@figure(
    runs=lambda task: task.reference_runs,
    caption="training and validation loss over the training steps; a band is one standard deviation, over seeds or over the steps averaged.",
    section="curves",
)
def draw(view: View) -> Drawn:
    figure, axes = new_axes(view.loss_label, view.limits)
    seeds = list(view.runs.values())
    draw_training_loss(axes, seeds, "training")
    draw_evaluations(axes, seeds, "validation_loss", "validation")
    if view.limits is None:
        axes.set_ylim(bottom=0)
    axes.legend()
    return figure
