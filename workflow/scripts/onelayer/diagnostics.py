"""Tables of a task's predictions: by class, confusion, calibration and ranking. scikit-learn counts what it knows."""

import itertools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from onelayer.objective import Floats
from onelayer.predictions import Predictions
from onelayer.statistics import holm, mcnemar

BINS = 15

# By task its predictions by lambda.
TaskPredictions = Mapping[str, Mapping[str, Predictions]]


class Bin(NamedTuple):
    """Images whose confidence is in one range."""

    images: int
    accuracy: float
    confidence: float  # mean


def calibration_bins(confidence: Floats, right: NDArray[np.bool_], count: int = BINS) -> list[Bin]:
    """Images by confidence in `count` ranges of one width, each with its upper end; ranges without images are left out."""
    places = np.digitize(confidence, np.linspace(0, 1, count + 1)[1:-1], right=True)
    return [
        Bin(int(inside.sum()), float(right[inside].mean()), float(confidence[inside].mean()))
        for inside in (places == place for place in np.unique(places))
    ]


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Mean over the images of |accuracy - confidence| of their bin.

    C. Guo, G. Pleiss, Y. Sun and K. Q. Weinberger, On calibration of modern neural networks, ICML 2017, equation 3.
    """
    gaps = sum(bin.images * abs(bin.accuracy - bin.confidence) for bin in bins)
    return gaps / sum(bin.images for bin in bins)


def confusion_matrix(predictions: Predictions, classes: Sequence[int]) -> NDArray[np.int64]:
    """Images by label (rows) and predicted class (columns), in the order of `classes`."""
    from sklearn import metrics

    return metrics.confusion_matrix(predictions.label, predictions.predicted, labels=list(classes))


def diagnostics_table(tasks: TaskPredictions, classes: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """Precision, recall, F1 and the number of images of each class; empty where a class never occurs to divide by."""
    from sklearn import metrics

    rows = []
    for name, lam, found in _each(tasks):
        scores = metrics.precision_recall_fscore_support(
            found.label, found.predicted, labels=list(classes[name]), zero_division=np.nan
        )
        rows += [(name, lam, *row) for row in zip(classes[name], *scores, strict=True)]
    return pd.DataFrame(rows, columns=["task", "lambda", "class", "precision", "recall", "f1", "images"])


def confusion_table(tasks: TaskPredictions, classes: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """How many images of each class were taken for each class, zeros included."""
    rows = [
        (name, lam, label, predicted, count)
        for name, lam, found in _each(tasks)
        for label, line in zip(classes[name], confusion_matrix(found, classes[name]).tolist(), strict=True)
        for predicted, count in zip(classes[name], line, strict=True)
    ]
    return pd.DataFrame(rows, columns=["task", "lambda", "label", "predicted", "images"])


def calibration_table(tasks: TaskPredictions) -> pd.DataFrame:
    """How far confidence and accuracy are apart, for models that give probabilities."""
    rows = []
    for name, lam, found in _each(tasks):
        if found.probabilities is not None:
            right = found.predicted == found.label
            error = expected_calibration_error(calibration_bins(found.confidence, right))
            rows.append((name, lam, error, right.mean(), found.confidence.mean()))
    columns = ["task", "lambda", "expected_calibration_error", "accuracy", "mean_confidence"]
    return pd.DataFrame(rows, columns=columns)


def ranking_table(tasks: TaskPredictions, classes: Mapping[str, Sequence[int]]) -> pd.DataFrame:
    """How well the probability of the first of two classes ranks its images above the others."""
    rows = [
        (name, lam, *ranking(found, classes[name]))
        for name, lam, found in _each(tasks)
        if found.probabilities is not None and len(classes[name]) == 2
    ]
    return pd.DataFrame(rows, columns=["task", "lambda", "roc_auc", "average_precision"])


def ranking(predictions: Predictions, classes: Sequence[int]) -> tuple[float | None, float | None]:
    """Area under the ROC curve and average precision of the first class; None where one of the two has no image."""
    from sklearn import metrics

    first, scores = first_class(predictions, classes)
    if first.all() or not first.any():
        return None, None
    return float(metrics.roc_auc_score(first, scores)), float(metrics.average_precision_score(first, scores))


def first_class(predictions: Predictions, classes: Sequence[int]) -> tuple[NDArray[np.bool_], Floats]:
    """Which images show the first class, and by what they are ranked: its log-odds.

    They rank as its probability does, but two probabilities near 1 can be one floating-point number.
    """
    logits = predictions.logits
    return predictions.label == classes[0], logits[:, 0] - (logits[:, 1] if logits.shape[1] == 2 else 0)


def comparisons_table(tasks: TaskPredictions) -> pd.DataFrame:
    """Each two tasks that decide on the same images, at the smallest lambda of each: which of them is right more often.

    Returns
    -------
    DataFrame with the columns task, other, images, only_task and only_other (images that just one of the two gets right), p
    (McNemar's exact test) and p_holm (adjusted for the number of rows).
    """
    found = {name: next(iter(parts.values())) for name, parts in tasks.items()}
    rows = []
    for name, other in itertools.combinations(found, 2):
        one, two = found[name], found[other]
        if one.file == two.file and np.array_equal(one.image, two.image) and np.array_equal(one.label, two.label):
            first, second = one.predicted == one.label, two.predicted == two.label
            only = int((first & ~second).sum()), int((second & ~first).sum())
            rows.append((name, other, len(first), *only, mcnemar(*only)))
    table = pd.DataFrame(rows, columns=["task", "other", "images", "only_task", "only_other", "p"])
    table["p_holm"] = holm(table["p"].tolist())
    return table


def _each(tasks: TaskPredictions) -> Any:
    return ((name, lam, found) for name, parts in tasks.items() for lam, found in parts.items())
