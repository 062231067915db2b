"""The weights of each output as an image, without the bias, at the smallest and the largest lambda, a row each."""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import marked, new_figure, show_image


@figure(
    runs=lambda task: task.extreme_runs,
    caption=(
        r"weights of each output as an image, in the runs of the first seed; of several $\lambda$ the smallest above the largest. Where the image is light, a bright "
        "pixel speaks for the class; where it is dark, against it. Each row has a scale of its own."
    ),
    section="weights",
    wide=True,
)
def draw(view: View) -> Drawn:
    from matplotlib.ticker import MaxNLocator

    rows = [
        (marked(f"λ = {run.lam}", [files]).replace(" (", "\n("), files.last_weights) for run, files in view.runs.items()
    ]
    outputs = len(rows[0][1])
    names = view.class_names if outputs > 1 else [f"for {view.class_names[0]}"]
    side = max(0.3, min(0.9, 5.7 / outputs))  # inches; a few outputs keep their size, ten fill the page
    slanted = outputs > 2 and max(map(len, names)) * 0.075 > side
    top = min(0.9, 0.1 + 0.06 * max(map(len, names))) if slanted else 0.25
    figure = new_figure(max(2.4, side * outputs + 1.15), (side + 0.14) * len(rows) + top)
    grid = figure.subplots(len(rows), outputs + 1, squeeze=False, width_ratios=[1.0] * outputs + [0.12])
    for line, (title, weights) in zip(grid, rows, strict=True):
        images = weights[:, : view.shape[0] * view.shape[1]].reshape(-1, *view.shape)
        largest = float(np.abs(images).max()) or 1.0
        for axes, pixels in zip(line[:-1], images, strict=True):
            # One lightness from darkest (negative) to lightest (positive): signs survive in grey.
            image = show_image(axes, pixels, largest, cmap="cividis", vmin=-largest, interpolation_stage=None)
        line[0].set_ylabel(title, rotation=0, ha="right", va="center")
        figure.colorbar(image, cax=line[-1], ticks=MaxNLocator(2, symmetric=True))
    for axes, name in zip(grid[0, :-1], names, strict=True):
        style = {"rotation": 40, "ha": "left", "rotation_mode": "anchor"} if slanted else {}
        axes.set_title(name, **style)
    if not slanted:
        grid[0, -1].set_title("weight", loc="left")
    return figure
