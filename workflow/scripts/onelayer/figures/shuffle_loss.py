"""Training loss in file order and shuffled; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import by_order, draw_curves


@figure(
    runs=lambda task: task.order_runs,
    caption="training loss by the order of the training images; of several seeds the mean over those that still run. Bands are one standard deviation.",
    section="shuffling",
)
def draw(view: View) -> Drawn:
    return draw_curves(view, view.loss_label, by_order(view, "batch_loss"))
