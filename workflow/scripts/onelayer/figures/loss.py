"""Training and validation loss, without the penalty, of a task's reference runs; several seeds as mean and band."""

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import Line, draw_curves


@figure(
    runs=lambda task: sorted(task.reference_runs),
    caption="training loss, averaged over steps, and validation loss; of several seeds the mean over those that still run. Bands are one standard deviation, over seeds or, of one run, over the steps averaged.",
    section="curves",
)
def draw(view: View) -> Drawn:
    columns = {"training": "batch_loss", "validation": "validation_loss"}
    lines: list[Line] = [(role, column, list(view.runs.values()), {}) for role, column in columns.items()]
    return draw_curves(view, view.loss_label, lines)
