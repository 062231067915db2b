"""Tables of what tasks predict of their validation images: by class, confusion, and tasks compared."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.results.predictions import Predictions
from onelayer.results.statistics import holm, mcnemar

# By task and lambda, from the smallest lambda of each task.
TaskPredictions = Mapping[tuple[str, str], Predictions]
Table = tuple[list[str], list[list[Any]]]  # columns and rows


def confusion_matrix(predictions: Predictions, classes: Sequence[int]) -> NDArray[np.int64]:
    """Images by label (rows) and predicted class (columns), in the order of `classes`."""
    own = np.array(classes)
    return np.array([[np.sum((predictions.label == a) & (predictions.predicted == b)) for b in own] for a in own])


def diagnostics_table(tasks: TaskPredictions, classes: Mapping[str, Sequence[int]]) -> Table:
    """Precision, recall, F1 and the number of images of each class; empty if there is nothing to divide by."""
    rows = []
    for (name, lam), found in tasks.items():
        counts = confusion_matrix(found, classes[name])
        for place, label in enumerate(classes[name]):
            right, images, decided = int(counts[place, place]), int(counts[place].sum()), int(counts[:, place].sum())
            parts = ((right, decided), (right, images), (2 * right, images + decided))
            rows.append([name, lam, label, *(part / whole if whole else None for part, whole in parts), images])
    return ["task", "lambda", "class", "precision", "recall", "f1", "images"], rows


def confusion_table(tasks: TaskPredictions, classes: Mapping[str, Sequence[int]]) -> Table:
    """How many images of each class were taken for each class, zeros included."""
    rows = [
        [name, lam, classes[name][row], classes[name][column], int(count)]
        for (name, lam), found in tasks.items()
        for (row, column), count in np.ndenumerate(confusion_matrix(found, classes[name]))
    ]
    return ["task", "lambda", "label", "predicted", "images"], rows


def comparisons_table(tasks: TaskPredictions) -> Table:
    """Each two tasks that decide on the same images, at the smallest lambda of each: which of them is right more often.

    Its columns are task, other, images, only_task and only_other (images that just one of the two gets right), p (McNemar's
    exact test) and p_holm (adjusted for the number of rows).
    """
    smallest: dict[str, Predictions] = {}
    for (name, _), own in tasks.items():
        smallest.setdefault(name, own)
    rows: list[list[Any]] = []
    for (name, one), (other, two) in itertools.combinations(smallest.items(), 2):
        if one.file == two.file and np.array_equal(one.image, two.image) and np.array_equal(one.label, two.label):
            first, second = one.predicted == one.label, two.predicted == two.label
            only = int((first & ~second).sum()), int((second & ~first).sum())
            rows.append([name, other, len(first), *only, mcnemar(*only)])
    adjusted = holm([p for *_, p in rows])
    columns = ["task", "other", "images", "only_task", "only_other", "p", "p_holm"]
    return columns, [[*row, p] for row, p in zip(rows, adjusted, strict=True)]
