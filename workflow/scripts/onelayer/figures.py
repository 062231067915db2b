"""The figures. Each function takes plain data and returns a matplotlib Figure in the style that is active."""

from pathlib import Path
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import ListedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullFormatter, NullLocator

from onelayer.errors import writing
from onelayer.store import read_columns

WINDOW = 10  # steps that one point of a training-loss curve averages
LABELLED = 8  # up to so many values of lambda get a label each
LOSS_LABEL = "cross-entropy (nats per image)"
ACCURACY_LABEL = "accuracy (fraction of images)"
VALIDATION_ACCURACY_LABEL = "validation accuracy (fraction of images)"
STEP_LABEL = "training step (batches)"


class Curves(NamedTuple):
    """What one run recorded: training loss (steps,), and its evaluations as in onelayer.training.History."""

    train_loss: np.ndarray
    evaluations: dict


def read_curves(steps, evaluations):
    """Curves of runs, from the paths of their steps.parquet and evaluations.parquet in the same order."""
    pairs = zip(steps, evaluations, strict=True)
    return [Curves(read_columns(step_path)["train_loss"], read_columns(path)) for step_path, path in pairs]


def group_by_label(labels, items):
    """Items listed by label, labels in the order of their first occurrence."""
    groups = {}
    for label, item in zip(labels, items, strict=True):
        groups.setdefault(label, []).append(item)
    return groups


def save(figure, paths):
    """Write a figure to each of `paths`, without the dates and versions that would change its bytes."""
    metadata = {
        ".png": {"Software": None},
        ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    }
    figure.get_layout_engine().execute(figure)
    figure.set_layout_engine("none")  # laid out once, not once a file
    for path in map(Path, paths):
        with writing(path):
            figure.savefig(path, metadata=metadata[path.suffix])


def window_means(values):
    """Mean and standard deviation of each run of WINDOW values, and the middle of each run.

    An incomplete run at the end is left out, unless there is no other.

    Returns
    -------
    middles, means, deviations : float64 arrays of the same length
    """
    window = min(WINDOW, len(values))
    chunks = values[: len(values) // window * window].reshape(-1, window)
    return np.arange(len(chunks)) * window + (window - 1) / 2, chunks.mean(axis=1), chunks.std(axis=1)


def loss_figure(curves, limits):
    """Training loss, averaged, and validation loss of one run."""
    figure, axes = _axes(LOSS_LABEL, limits)
    _training_loss(axes, curves.train_loss, f"training, mean of {WINDOW} steps ± 1 s.d.")
    axes.plot(curves.evaluations["step"], curves.evaluations["validation_loss"], label="validation")
    if limits is None:
        _from_zero(axes)
    axes.legend()
    return figure


def accuracy_figure(curves, limits):
    """Training and validation accuracy of one run."""
    figure, axes = _axes(ACCURACY_LABEL, limits)
    axes.plot(curves.evaluations["step"], curves.evaluations["train_accuracy"], label="training")
    axes.plot(curves.evaluations["step"], curves.evaluations["validation_accuracy"], label="validation")
    axes.legend()
    return figure


def shuffle_loss_figure(runs, limits):
    """Training loss in file order and shuffled. `runs` maps labels to lists of Curves, one a seed."""
    figure, axes = _axes(LOSS_LABEL, limits)
    for (label, seeds), style in zip(runs.items(), _styles(), strict=False):
        for number, curves in enumerate(seeds):
            shown = f"training, {label}, mean of {WINDOW} steps ± 1 s.d."
            _training_loss(axes, curves.train_loss, shown if number == 0 else None, style)
    if limits is None:
        _from_zero(axes)
    axes.legend()
    return figure


def shuffle_accuracy_figure(runs, limits):
    """Validation accuracy in file order and shuffled. `runs` maps labels to lists of Curves, one a seed."""
    figure, axes = _axes(VALIDATION_ACCURACY_LABEL, limits)
    for (label, seeds), style in zip(runs.items(), _styles(), strict=False):
        _validation_accuracies(axes, seeds, label, style)
    axes.legend()
    return figure


def l2_accuracy_figure(runs, limits):
    """Validation accuracy for each lambda. `runs` maps lambdas, as spelled, to lists of Curves, one a seed."""
    figure, axes = _axes(VALIDATION_ACCURACY_LABEL, limits)
    lambdas = sorted(runs, key=float)
    # Dark to light with growing lambda, so that the order survives in grey.
    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.9, len(lambdas)))
    dashes = ["-", (0, (4, 2)), (0, (6, 2, 1, 2)), (0, (1.5, 1)), (0, (8, 2))]
    for number, lam in enumerate(lambdas):
        style = {"color": colours[number], "linestyle": dashes[number % len(dashes)]}
        _validation_accuracies(axes, runs[lam], f"λ = {lam}", style)
    if len(lambdas) <= LABELLED:
        axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    else:
        shown = np.linspace(0, len(lambdas) - 1, LABELLED).round().astype(int)
        scale = ScalarMappable(Normalize(-0.5, len(lambdas) - 0.5), ListedColormap(colours))
        bar = figure.colorbar(scale, ax=axes, label="λ")
        bar.set_ticks(shown, labels=[lambdas[number] for number in shown])
    return figure


def l2_norm_figure(norms):
    """Squared norm of the last weights against lambda, on a logarithmic axis.

    Parameters
    ----------
    norms : dict
        From lambdas, as spelled, to lists of squared norms, one a seed. A lambda of zero has no place on a
        logarithmic axis and is drawn as a level.
    """
    figure, axes = _axes("squared norm of the weights $\\|w\\|^2$ (no unit)", None)
    axes.set(xlabel="L2 penalty λ (no unit)", xscale="log")
    positive = sorted((lam for lam in norms if float(lam) > 0), key=float)
    for lam in norms:
        if float(lam) == 0:
            level = np.mean(norms[lam])
            axes.axhline(level, color="0.35", linestyle="--", label=f"λ = {lam}, no penalty: {level:.3g}")
    if positive:
        means = [np.mean(norms[lam]) for lam in positive]
        axes.plot([float(lam) for lam in positive], means, marker="o", label="λ > 0")
        several = [(float(lam), norm) for lam in positive for norm in norms[lam] if len(norms[lam]) > 1]
        if several:
            axes.plot(*zip(*several, strict=True), "x", color="0.35", label="each seed")
    if 0 < len(positive) <= LABELLED:
        axes.set_xticks([float(lam) for lam in positive], positive)
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_minor_formatter(NullFormatter())
        for lam, mean in zip(positive, means, strict=True):
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1}
            axes.annotate(f"{mean:.3g}", (float(lam), mean), xytext=(6, 5), textcoords="offset points", bbox=box)
        axes.margins(x=0.12)
    _from_zero(axes)
    axes.legend()
    return figure


def weights_figure(rows, classes, shape):
    """Each class's weights as an image, without the bias; one row a model, one scale a row.

    Parameters
    ----------
    rows : list of (title, weights) with weights of shape (K, height * width + 1)
    classes : list of K names of the columns
    shape : (height, width)
    """
    side = max(0.3, min(0.54, 4.9 / len(classes)))  # inches; a few classes keep their size, ten fill the page
    figure = Figure(figsize=(side * len(classes) + 1.4, (side + 0.14) * len(rows) + 0.25))
    widths = [1.0] * len(classes) + [0.12]
    grid = figure.subplots(len(rows), len(widths), squeeze=False, width_ratios=widths)
    for line, (title, weights) in zip(grid, rows, strict=True):
        largest = np.abs(weights[:, :-1]).max() or 1.0
        for axes, pixels in zip(line[:-1], weights[:, :-1], strict=True):
            # One lightness from darkest (negative) to lightest (positive): signs survive in grey.
            scale = {"cmap": "cividis", "vmin": -largest, "vmax": largest}
            image = axes.imshow(pixels.reshape(shape), interpolation="nearest", **scale)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set_visible(False)
            axes.grid(False)
        line[0].set_ylabel(title, rotation=0, ha="right", va="center")
        figure.colorbar(image, cax=line[-1], ticks=MaxNLocator(2, symmetric=True))
    for axes, name in zip(grid[0], classes, strict=False):
        axes.set_title(f"{name}")
    grid[0, -1].set_title("weight", loc="left")
    return figure


def _axes(ylabel, limits):
    figure = Figure()
    axes = figure.subplots()
    axes.set(xlabel=STEP_LABEL, ylabel=ylabel)
    if limits is not None:
        axes.set_ylim(limits)
    return figure, axes


def _styles():
    return list(matplotlib.rcParams["axes.prop_cycle"])


def _training_loss(axes, losses, label, style=None):
    middles, means, deviations = window_means(losses)
    (line,) = axes.plot(middles, means, label=label, **(style or {}))
    axes.fill_between(middles, means - deviations, means + deviations, color=line.get_color(), alpha=0.25, linewidth=0)


def _validation_accuracies(axes, seeds, label, style):
    for number, curves in enumerate(seeds):
        shown = label if number == 0 else None
        axes.plot(curves.evaluations["step"], curves.evaluations["validation_accuracy"], label=shown, **style)


def _from_zero(axes):
    axes.set_ylim(bottom=0)
