"""What the last weights of runs say of images."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Samples, inputs_of
from onelayer.experiment.task import Setup
from onelayer.models import Floats, Model, model_named
from onelayer.training.sets import chosen_images, samples_of


class Predictions(NamedTuple):
    """The predictions of one run."""

    label: NDArray[np.int64]  # (N,), classes of the data set
    predicted: NDArray[np.int64]
    confidence: Floats  # (N,), probability of the predicted class, or without probabilities the margin of its output
    logits: Floats  # (N, K)
    probabilities: Floats | None  # (N, classes); None if the model has none

    @property
    def confidence_name(self) -> str:
        return "margin" if self.probabilities is None else "probability"


def predict(model: Model, weights: Floats, samples: Samples, classes: Sequence[int]) -> Predictions:
    """Predictions of weights (K, D) for samples; in float64."""
    logits = weights.astype(np.float64) @ inputs_of(samples, np.float64).T
    decided = model.decisions(logits)
    probabilities = model.probabilities(logits)
    if probabilities is None:
        confidence = model.margins(logits, decided)
    else:
        confidence, probabilities = probabilities[decided, np.arange(len(decided))], probabilities.T
    labels = np.array(classes, np.int64)
    return Predictions(labels[samples.targets], labels[decided], confidence, logits.T, probabilities)


def predictions_of(setup: Setup, weights: Floats, role: str, seed: int, paths: Mapping[str, str]) -> Predictions:
    """Predictions of weights for the images of a role of their task out of stored images; `seed` draws them if they are drawn."""
    samples = samples_of(setup, chosen_images(setup, seed, paths, [role])[0][role].images)
    return predict(model_named(setup.model), weights, samples, setup.classes)


def confusion_matrix(predictions: Predictions, classes: Sequence[int]) -> NDArray[np.int64]:
    """Images by label (rows) and predicted class (columns), in the order of `classes`."""
    own = np.array(classes)
    return np.array([[np.sum((predictions.label == a) & (predictions.predicted == b)) for b in own] for a in own])
