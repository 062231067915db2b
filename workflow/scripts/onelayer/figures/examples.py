"""A few training images of each class."""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import new_figure, show_image

COUNT = 10  # images a class


@figure(
    runs=lambda task: task.first_runs,
    caption="training images of each class.",
    section=None,
    reads="predictions",
)
def draw(view: View) -> Drawn:
    """The first images of each class in the training set, a row a class."""
    classes, names = view.setup.classes, view.class_names
    figure = new_figure(0.5 * COUNT + 0.09 * max(map(len, names)) + 0.2, 0.54 * len(classes) + 0.1)
    grid = figure.subplots(len(classes), COUNT, squeeze=False)
    for line, label, name in zip(grid, classes, names, strict=True):
        places = np.flatnonzero(view.images["train"].labels == label)[:COUNT]
        for axes, place in zip(line, places, strict=False):
            show_image(axes, view.images["train"].images[place], view.images["train"].metadata["pixel_max"])
        for axes in line[len(places) :]:
            axes.set_axis_off()
        line[0].text(-0.15, 0.5, name, ha="right", va="center", transform=line[0].transAxes)
    return figure
