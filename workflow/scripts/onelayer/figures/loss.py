"""Training and validation loss of the runs that speak for a task."""

from matplotlib.figure import Figure

from onelayer.figures.common import View, draw_evaluations, draw_training_loss, new_axes


def draw(view: View) -> Figure:
    """Losses over training steps, without the penalty; several seeds as mean and band."""
    figure, axes = new_axes(view.loss_label, view.limits)
    seeds = list(view.runs.values())
    draw_training_loss(axes, seeds, "training")
    draw_evaluations(axes, seeds, "validation_loss", "validation")
    if view.limits is None:
        axes.set_ylim(bottom=0)
    axes.legend()
    return figure
