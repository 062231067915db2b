"""Training loss in file order and shuffled; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import draw_training_loss, new_axes, seeds_by, styles


@figure(
    runs=lambda task: task.order_runs,
    caption="training loss by the order of the training images; the bands are one standard deviation.",
    section="shuffling",
)
def draw(view: View) -> Drawn:
    figure, axes = new_axes(view.loss_label, view.limits)
    for (shuffle, seeds), style in zip(seeds_by(view.runs, "shuffle").items(), styles(), strict=False):
        draw_training_loss(axes, seeds, "shuffled" if shuffle else "file order", **style)
    if view.limits is None:
        axes.set_ylim(bottom=0)
    axes.legend()
    return figure
