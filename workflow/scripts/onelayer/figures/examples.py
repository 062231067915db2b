"""A few training images of each class."""

import numpy as np
from matplotlib.figure import Figure

from onelayer.figures.common import ImageView, show_image

COUNT = 10  # images a class


def draw(view: ImageView) -> Figure:
    """The first images of each class in the training set, a row a class."""
    classes, names = view.task["classes"], view.class_names
    figure = Figure(figsize=(0.5 * COUNT + 0.09 * max(map(len, names)) + 0.2, 0.54 * len(classes) + 0.1))
    grid = figure.subplots(len(classes), COUNT, squeeze=False)
    for line, label, name in zip(grid, classes, names, strict=True):
        places = np.flatnonzero(view.train.labels == label)[:COUNT]
        for axes, place in zip(line, places, strict=False):
            show_image(axes, view.train.images[place], view.train.metadata["pixel_max"])
        for axes in line[len(places) :]:
            axes.set_axis_off()
        line[0].text(-0.15, 0.5, name, ha="right", va="center", transform=line[0].transAxes)
    return figure
