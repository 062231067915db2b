"""The mistakes that the model is surest of, at the smallest lambda."""

from typing import TYPE_CHECKING

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import new_figure, show_images

if TYPE_CHECKING:
    from onelayer.results.predictions import Predictions

COLUMNS, ROWS = 5, 4


@figure(
    runs=lambda task: task.first_runs[:1],
    caption="the mistakes made with the most confidence, the worst first.",
    section=None,
    reads="predictions",
)
def draw(view: View) -> Drawn:
    """Up to COLUMNS x ROWS images with true class, predicted class and confidence, the surest first."""
    found = view.predictions
    places = surest_mistakes(found, COLUMNS * ROWS)
    images, shape = view.images["validation"], view.shape
    lines = [images.images[places[start : start + COLUMNS]] for start in range(0, len(places), COLUMNS)]
    drawn = new_figure(6.0, 1.4 * max(1, len(lines)) + 0.3)
    drawn.suptitle(f"true → predicted class, {found.confidence_name}; λ = {view.first_run.lam}", fontsize="medium")
    axes = drawn.subplots()
    above = show_images(axes, lines, (-(-shape[0] // 2), -(-shape[1] // 3)), images.metadata["pixel_max"])
    for place, (x, y) in zip(places, above.reshape(-1, 2), strict=False):
        true, predicted = view.name_of(found.label[place]), view.name_of(found.predicted[place])
        apart = " → " if len(true) + len(predicted) <= 14 else "\n→ "
        said = f"{true}{apart}{predicted}\n{found.confidence[place]:.3f}"
        axes.text(x, y - shape[0] / 30, said, ha="center", va="bottom", fontsize="small")
    if not places:
        axes.text(0, 0, "no mistakes", ha="center")
    return drawn


def surest_mistakes(found: "Predictions", count: int) -> list[int]:
    """Rows of at most `count` mistakes, from the largest confidence; of equals the image that comes first."""
    wrong = np.flatnonzero(found.predicted != found.label)
    order = np.argsort(-found.confidence[wrong], kind="stable")
    return wrong[order[:count]].tolist()
