"""Squared norm of the last weights against lambda, whose axis is logarithmic: a lambda of zero is drawn as a level.

Several seeds are drawn as their mean with a bar of one standard deviation.
"""

import numpy as np

from onelayer.figures import Drawn, View, figure
from onelayer.figures.common import LABELLED, Axes, new_axes, seeds_by


@figure(
    runs=lambda task: task.sweep_runs,
    caption=r"squared norm of the last weights against $\lambda$, on a logarithmic axis.",
    section="penalty",
)
def draw(view: View) -> Drawn:
    figure, axes = new_axes("squared norm $\\|w\\|^2$ (no unit)", None)
    axes.set(xlabel="L2 penalty λ (no unit)", xscale="log")
    norms = {
        lam: [files.summary["weight_norm_squared"] for files in seeds]
        for lam, seeds in seeds_by(view.runs, "lam").items()
    }
    for lam, values in norms.items():
        if float(lam) == 0:
            axes.axhline(
                np.mean(values), color="0.35", linestyle="--", label=f"λ = {lam}, no penalty: {np.mean(values):.3g}"
            )
    positive = {lam: values for lam, values in norms.items() if float(lam) > 0}
    several = max(map(len, norms.values())) > 1
    means = [np.mean(values) for values in positive.values()]
    bars = [np.std(values) for values in positive.values()] if several else None
    label = "λ > 0, mean ± 1 s.d. over seeds" if several else "λ > 0"
    axes.errorbar(list(map(float, positive)), means, yerr=bars, marker="o", capsize=3, label=label)
    if len(positive) <= LABELLED:
        _label_each(axes, dict(zip(positive, means, strict=True)))
    axes.set_ylim(bottom=0)
    axes.legend()
    return figure


def _label_each(axes: Axes, means: dict[str, float]) -> None:
    from matplotlib.ticker import NullFormatter, NullLocator

    axes.set_xticks(list(map(float, means)), list(means))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_minor_formatter(NullFormatter())
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
    for lam, mean in means.items():
        axes.annotate(f"{mean:.3g}", (float(lam), mean), xytext=(6, 5), textcoords="offset points", bbox=box)
    axes.margins(x=0.12)
