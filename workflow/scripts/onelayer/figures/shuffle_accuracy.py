"""Validation accuracy in file order and shuffled; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import VALIDATION_ACCURACY, by_order, draw_curves


@figure(
    runs=lambda task: task.order_runs,
    caption="validation accuracy by the order of the training images; of several seeds the mean over those that still run.",
    section="shuffling",
)
def draw(view: View) -> Drawn:
    return draw_curves(view, VALIDATION_ACCURACY, by_order(view, "validation_accuracy"))
