"""The first training images of each class, a row a class."""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import new_figure, show_images

COUNT = 10  # images a class


@figure(
    runs=lambda task: task.first_runs[:1],
    caption="training images of each class.",
    reads="predictions",
)
def draw(view: View) -> Drawn:
    classes, names = view.setup.classes, view.class_names
    train = view.images["train"]
    lines = [train.images[np.flatnonzero(train.labels == label)[:COUNT]] for label in classes]
    drawn = new_figure(0.5 * COUNT + 0.09 * max(map(len, names)) + 0.2, 0.54 * len(classes) + 0.1)
    axes = drawn.subplots()
    gap = max(1, view.shape[0] // 10)
    places = show_images(axes, lines, (gap, gap), train.metadata["pixel_max"])
    axes.set_yticks(places[:, 0, 1] + view.shape[0] / 2, names)
    axes.tick_params(length=0)
    return drawn
