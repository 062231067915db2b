"""Training loss in file order and shuffled."""

from matplotlib.figure import Figure

from onelayer.figures.common import View, draw_training_loss, grouped, new_axes, styles


def draw(view: View) -> Figure:
    """Training loss over training steps, a curve for each order; several seeds as mean and band."""
    figure, axes = new_axes(view.loss_label, view.limits)
    for (shuffle, seeds), style in zip(grouped(view.runs, "shuffle").items(), styles(), strict=False):
        draw_training_loss(axes, seeds, "shuffled" if shuffle else "file order", **style)
    if view.limits is None:
        axes.set_ylim(bottom=0)
    axes.legend()
    return figure
