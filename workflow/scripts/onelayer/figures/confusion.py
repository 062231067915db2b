"""Which class was taken for which, at the smallest lambda: counts, on the share of the true class in grey."""

from typing import Any

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import new_figure

BRIGHTNESS = 0.4  # the power that shares are shown by: otherwise a class's few mistakes would be invisible


@figure(
    runs=lambda task: task.first_runs[:1],
    caption="validation images by their class and the class decided on.",
    reads="predictions",
)
def draw(view: View) -> Drawn:
    from matplotlib.colors import PowerNorm

    from onelayer.results.predictions import confusion_matrix

    counts = confusion_matrix(view.predictions, view.setup.classes)
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    places, names = np.arange(len(counts)), view.class_names
    slanted = max(map(len, names)) > 3
    side = 1.6 + 0.4 * len(counts) + 0.06 * max(map(len, names))
    figure = new_figure(side + 0.9, side)
    axes = figure.subplots()
    image = axes.imshow(shares, cmap="Greys", norm=PowerNorm(BRIGHTNESS, 0, 1))
    for row, column in np.ndindex(counts.shape):
        dark = shares[row, column] ** BRIGHTNESS > 0.5
        colour = "white" if dark else "black" if counts[row, column] else "0.65"
        axes.text(column, row, str(counts[row, column]), ha="center", va="center", color=colour, fontsize=7)
    style: dict[str, Any] = {"rotation": 40, "ha": "right", "rotation_mode": "anchor"} if slanted else {}
    axes.set_xticks(places, names, **style)
    axes.set_yticks(places, names)
    axes.set(xlabel="predicted class", ylabel="true class", title=f"validation images, λ = {view.first_run.lam}")
    axes.tick_params(length=0)
    axes.grid(False)
    axes.spines[:].set_visible(False)
    bar = figure.colorbar(image, ax=axes, label="share of the true class", shrink=0.8)
    bar.set_ticks([0, 0.01, 0.1, 0.5, 1], labels=["0", "1 %", "10 %", "50 %", "100 %"])
    return figure
