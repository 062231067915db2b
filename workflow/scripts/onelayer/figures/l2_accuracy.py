"""Validation accuracy for each lambda; several seeds as mean and band."""

from itertools import cycle

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import LABELLED, VALIDATION_ACCURACY, draw_curves, seeds_by

DASHES = ["-", (0, (4, 2)), (0, (6, 2, 1, 2)), (0, (1.5, 1)), (0, (8, 2))]


@figure(
    runs=lambda task: task.sweep_runs,
    caption=r"validation accuracy for each $\lambda$, up to where each run ended; of several seeds the mean over those that still run.",
    section="penalty",
)
def draw(view: View) -> Drawn:
    import matplotlib
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    runs = seeds_by(view.runs, "lam")
    # Dark to light as lambda grows, so that the order survives in grey.
    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.9, len(runs))).tolist()
    styles = [{"color": colour, "linestyle": dash} for colour, dash in zip(colours, cycle(DASHES), strict=False)]
    groups = zip(runs.items(), styles, strict=True)
    lines = [(f"λ = {lam}", "validation_accuracy", seeds, style) for (lam, seeds), style in groups]
    drawn = draw_curves(view, VALIDATION_ACCURACY, lines, legend=False)
    if len(runs) <= LABELLED:
        drawn.legend(loc="outside lower center", ncols=2, columnspacing=1, handlelength=1.8)
    else:
        shown = np.linspace(0, len(runs) - 1, LABELLED).round().astype(int).tolist()
        scale = ScalarMappable(Normalize(-0.5, len(runs) - 0.5), ListedColormap(colours))
        bar = drawn.colorbar(scale, ax=drawn.axes[0], label="λ")
        bar.set_ticks(shown, labels=[list(runs)[number] for number in shown])
    return drawn
