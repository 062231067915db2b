"""Squared norm of the last weights against lambda, whose axis is logarithmic: a lambda of zero is drawn as a level.

Several seeds are drawn as their mean with a bar of one standard deviation.
"""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import LABELLED, deviation, new_figure, seeds_by


@figure(
    runs=lambda task: task.sweep_runs,
    caption=r"squared norm of the last weights against $\lambda$, on a logarithmic axis.",
    section="penalty",
)
def draw(view: View) -> Drawn:
    from matplotlib.ticker import NullFormatter, NullLocator

    figure = new_figure()
    axes = figure.subplots()
    axes.set(xlabel="L2 penalty λ (no unit)", ylabel="squared norm $\\|w\\|^2$ (no unit)", xscale="log")
    grouped = seeds_by(view.runs, "lam").items()
    norms = {lam: [files.summary["weight_norm_squared"] for files in seeds] for lam, seeds in grouped}
    means = {lam: np.mean(values) for lam, values in norms.items()}
    several = max(map(len, norms.values())) > 1
    for lam in [lam for lam in means if float(lam) == 0]:
        mean = means.pop(lam)
        axes.axhline(mean, color="0.35", linestyle="--", label=f"λ = {lam}, no penalty: {mean:.3g}")
    bars = [deviation(norms[lam]) for lam in means] if several else None
    label = "λ > 0, mean ± 1 s.d. over seeds" if several else "λ > 0"
    places = list(map(float, means))
    axes.errorbar(places, list(means.values()), yerr=bars, marker="o", capsize=3, label=label)
    if len(places) <= LABELLED:
        axes.set_xticks(places, list(means))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
        for place, mean in zip(places, means.values(), strict=True):
            axes.annotate(f"{mean:.3g}", (place, mean), xytext=(6, 5), textcoords="offset points", bbox=box)
        axes.margins(x=0.12)
    axes.set_ylim(bottom=0)
    axes.legend()
    return figure
