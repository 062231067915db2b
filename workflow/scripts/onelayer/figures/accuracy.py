"""Accuracy of a task's reference runs on all training and all validation images; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import ACCURACIES, Line, draw_curves


@figure(
    runs=lambda task: sorted(task.reference_runs),
    caption="accuracy on all training images and on all validation images at each evaluation; of several seeds the mean over those that still run, with a band of one standard deviation.",
    section="curves",
)
def draw(view: View) -> Drawn:
    lines: list[Line] = [(role, column, list(view.runs.values()), {}) for role, column in ACCURACIES.items()]
    return draw_curves(view, "accuracy (fraction)", lines)
