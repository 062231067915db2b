"""Validation accuracy for each lambda."""

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure

from onelayer.figures.common import VALIDATION_ACCURACY_LABEL, View, draw_evaluations, grouped, new_axes

LABELLED = 8  # up to so many values of lambda get a label each
DASHES = ["-", (0, (4, 2)), (0, (6, 2, 1, 2)), (0, (1.5, 1)), (0, (8, 2))]


def draw(view: View) -> Figure:
    """Validation accuracy over training steps, a curve for each lambda; several seeds as mean and band."""
    figure, axes = new_axes(VALIDATION_ACCURACY_LABEL, view.limits)
    runs = grouped(view.runs, "lam")
    # Dark to light with growing lambda, so that the order survives in grey.
    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.9, len(runs)))
    for number, (lam, seeds) in enumerate(runs.items()):
        style = {"color": colours[number], "linestyle": DASHES[number % len(DASHES)]}
        draw_evaluations(axes, seeds, "validation_accuracy", f"λ = {lam}", **style)
    if len(runs) <= LABELLED:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    else:
        shown = np.linspace(0, len(runs) - 1, LABELLED).round().astype(int).tolist()
        scale = ScalarMappable(Normalize(-0.5, len(runs) - 0.5), ListedColormap(colours))
        bar = figure.colorbar(scale, ax=axes, label="λ")
        bar.set_ticks(shown, labels=[list(runs)[number] for number in shown])
    return figure
