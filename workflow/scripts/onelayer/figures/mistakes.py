"""The mistakes that the model is surest of, at the smallest lambda, with true class, predicted class and confidence."""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import new_figure, show_images

COLUMNS, ROWS = 5, 4


@figure(
    runs=lambda task: task.first_runs[:1],
    caption="the mistakes made with the most confidence, the worst first.",
    reads="predictions",
)
def draw(view: View) -> Drawn:
    found = view.predictions
    wrong = np.flatnonzero(found.predicted != found.label)
    # Of equals the image that comes first.
    places = wrong[np.argsort(-found.confidence[wrong], kind="stable")][: COLUMNS * ROWS]
    images, shape = view.images["validation"], view.shape
    names = dict(zip(view.setup.classes, view.class_names, strict=True))
    lines = [images.images[places[start : start + COLUMNS]] for start in range(0, len(places), COLUMNS)]
    drawn = new_figure(6.0, 1.4 * max(1, len(lines)) + 0.3)
    drawn.suptitle(f"true → predicted class, {found.confidence_name}; λ = {view.first_run.lam}", fontsize="medium")
    axes = drawn.subplots()
    above = show_images(axes, lines, (-(-shape[0] // 2), -(-shape[1] // 3)), images.metadata["pixel_max"])
    for place, (x, y) in zip(places, above.reshape(-1, 2), strict=False):
        true, predicted = names[found.label[place]], names[found.predicted[place]]
        apart = " → " if len(true) + len(predicted) <= 14 else "\n→ "
        said = f"{true}{apart}{predicted}\n{found.confidence[place]:.3f}"
        axes.text(x, y - shape[0] / 30, said, ha="center", va="bottom", fontsize="small")
    if not len(places):
        axes.text(0, 0, "no mistakes", ha="center")
    return drawn
