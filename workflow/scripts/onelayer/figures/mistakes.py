"""The mistakes that the model is surest of, at the smallest lambda."""

from typing import TYPE_CHECKING

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import new_figure, show_image

if TYPE_CHECKING:
    from onelayer.results.predictions import Predictions

COLUMNS, ROWS = 5, 4


@figure(
    runs=lambda task: task.first_runs,
    caption="the mistakes made with the most confidence, the worst first.",
    section=None,
    reads="predictions",
)
def draw(view: View) -> Drawn:
    """Up to COLUMNS x ROWS images with true class, predicted class and confidence, the surest first."""
    lam, found = view.first
    places = surest_mistakes(found, COLUMNS * ROWS)
    lines = max(1, -(-len(places) // COLUMNS))
    figure = new_figure(6.0, 1.5 * lines + 0.3)
    figure.suptitle(f"true → predicted class, {found.confidence_name}; λ = {lam}", fontsize="medium")
    grid = figure.subplots(lines, COLUMNS, squeeze=False)
    largest = view.images["validation"].metadata["pixel_max"]
    for axes, place in zip(grid.ravel(), places, strict=False):
        show_image(axes, view.images["validation"].images[place], largest)
        true, predicted = view.name_of(found.label[place]), view.name_of(found.predicted[place])
        apart = " → " if len(true) + len(predicted) <= 14 else "\n→ "
        axes.set_title(f"{true}{apart}{predicted}\n{found.confidence[place]:.3f}", fontsize="small")
    for axes in grid.ravel()[len(places) :]:
        axes.set_axis_off()
    if not len(places):
        grid[0, COLUMNS // 2].text(0.5, 0.5, "no mistakes", ha="center", transform=grid[0, COLUMNS // 2].transAxes)
    return figure


def surest_mistakes(found: "Predictions", count: int) -> list[int]:
    """Rows of at most `count` mistakes, from the largest confidence; of equals the image that comes first."""
    wrong = np.flatnonzero(found.predicted != found.label)
    order = np.argsort(-found.confidence[wrong], kind="stable")
    return wrong[order[:count]].tolist()
