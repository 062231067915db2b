"""Mini-batch gradient descent with evaluations and early stopping.

The protocol. Training starts from zero weights. An epoch is one pass over the training samples in batches;
the last incomplete batch is dropped. With shuffling, each epoch visits the indices 0 ... N-1 in a fresh
permutation: `RandomState(seed).shuffle` of those indices in order, the stream running on from epoch to
epoch (NEP 19 freezes that stream for ever). Steps count from 0 over all epochs. A step takes the
cross-entropy of its batch, then changes the weights. At each step that `every` divides, the changed weights
are evaluated: loss and accuracy on all validation samples, accuracy on all training samples. Training stops
at the `patience`-th evaluation in a row whose validation loss is not below the lowest so far.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from onelayer.errors import InputError, TrainingError
from onelayer.objective import MODELS, cross_entropy_and_gradient


class Samples(NamedTuple):
    """Inputs (N, D), scaled to [-1, 1] with a last column of ones, and targets (N,)."""

    inputs: np.ndarray
    targets: np.ndarray


@dataclass(frozen=True)
class Settings:
    """What one run is made of; the names are those of the configuration."""

    task: str
    classes: tuple
    lam: float
    shuffle: bool
    seed: int
    learning_rate: float
    batch_size: int
    max_epochs: int
    evaluations_per_epoch: int
    patience: int
    dtype: str
    penalty: str


@dataclass(frozen=True)
class History:
    """What a run leaves behind.

    Attributes
    ----------
    train_losses : float64 (steps,)
        Cross-entropy of each step's batch before its update.
    evaluations : dict of arrays, one entry an evaluation
        `step`, `epoch` (int32), `validation_loss`, `validation_accuracy`, `train_accuracy` (float64).
    last_weights, best_weights : (K, D)
        Weights after the last step, and those of the lowest validation loss.
    best_evaluation : int
        Index of the evaluation with the lowest validation loss.
    stopped_early : bool
    stop_epoch : int
        Epoch, counted from 0, of the last step.
    """

    train_losses: np.ndarray
    evaluations: dict
    last_weights: np.ndarray
    best_weights: np.ndarray
    best_evaluation: int
    stopped_early: bool
    stop_epoch: int


def prepare_samples(image_set, task, classes, dtype):
    """Samples for a task from stored images.

    Images of other classes are left out; the order stays. A pixel x becomes (x - m) / m with m half of the
    data set's largest pixel value, so [0, 255] goes to [-1, 1] by (x - 127.5) / 127.5.

    Parameters
    ----------
    image_set : onelayer.store.ImageSet
    task : "binary" or "softmax"
    classes : sequence of int
    dtype : "float64" or "float32"

    Returns
    -------
    Samples
    """
    chosen = np.isin(image_set.labels, classes)
    images, labels = image_set.images[chosen], image_set.labels[chosen]
    half = image_set.metadata["pixel_max"] / 2
    pixels = images.shape[1] * images.shape[2]
    inputs = np.empty((len(images), pixels + 1), dtype)
    inputs[:, :-1] = images.reshape(len(images), pixels)
    inputs[:, :-1] -= half
    inputs[:, :-1] /= half
    inputs[:, -1] = 1
    return Samples(inputs, MODELS[task].targets(labels, list(classes), dtype))


def train(training, validation, settings):
    """Train one model by the protocol of this module.

    Parameters
    ----------
    training, validation : Samples
    settings : Settings

    Returns
    -------
    History

    Raises
    ------
    InputError
        There are fewer training samples than one batch, or no validation samples.
    TrainingError
        A loss is not finite: the run diverged.
    """
    model = MODELS[settings.task]
    count, inputs = training.inputs.shape
    _check_sizes(count, validation, settings)
    every = max(1, count // settings.batch_size // settings.evaluations_per_epoch)

    weights = np.zeros((model.outputs(settings.classes), inputs), settings.dtype)
    stopping = EarlyStopping(settings.patience)
    train_losses, evaluations = [], []
    for step, (epoch, batch) in enumerate(batches(count, settings)):
        loss, gradient = cross_entropy_and_gradient(
            model, weights, training.inputs[batch], training.targets[batch], settings.lam, settings.penalty
        )
        weights -= settings.learning_rate * gradient
        train_losses.append(_finite(loss, "training loss", step, settings))
        if step % every == 0:
            evaluation = evaluate(model, weights, training, validation)
            _finite(evaluation[0], "validation loss", step, settings)
            evaluations.append((step, epoch, *evaluation))
            if stopping.stop_after(evaluation[0], weights):
                break
    return _history(train_losses, evaluations, weights, stopping, stop_epoch=epoch)


def batches(count, settings):
    """Epoch and sample indices, (batch_size,) of int64, of every step of a run that is not stopped."""
    permutations = np.random.RandomState(settings.seed)
    for epoch in range(settings.max_epochs):
        order = np.arange(count)
        if settings.shuffle:
            permutations.shuffle(order)
        for start in range(0, count - settings.batch_size + 1, settings.batch_size):
            yield epoch, order[start : start + settings.batch_size]


def evaluate(model, weights, training, validation):
    """Validation loss, validation accuracy and training accuracy (floats) of the weights (K, D)."""
    logits = weights @ validation.inputs.T
    return (
        model.cross_entropy(logits, validation.targets),
        model.accuracy(logits, validation.targets),
        model.accuracy(weights @ training.inputs.T, training.targets),
    )


class EarlyStopping:
    """Watches the validation losses, keeps the best weights, and says when patience has run out."""

    def __init__(self, patience):
        self.patience = patience
        self.lowest_loss = np.inf
        self.best_weights = None
        self.best_evaluation = None
        self.seen = 0
        self.failures = 0

    @property
    def stopped(self):
        return self.failures >= self.patience

    def stop_after(self, validation_loss, weights):
        """Take in one evaluation; True if training ends with it."""
        if validation_loss < self.lowest_loss:
            self.lowest_loss = validation_loss
            self.best_weights = weights.copy()
            self.best_evaluation = self.seen
            self.failures = 0
        else:
            self.failures += 1
        self.seen += 1
        return self.stopped


def _history(train_losses, evaluations, weights, stopping, stop_epoch):
    steps, epochs, validation_losses, validation_accuracies, train_accuracies = zip(*evaluations, strict=True)
    return History(
        train_losses=np.array(train_losses),
        evaluations={
            "step": np.array(steps, np.int32),
            "epoch": np.array(epochs, np.int32),
            "validation_loss": np.array(validation_losses),
            "validation_accuracy": np.array(validation_accuracies),
            "train_accuracy": np.array(train_accuracies),
        },
        last_weights=weights,
        best_weights=stopping.best_weights,
        best_evaluation=stopping.best_evaluation,
        stopped_early=stopping.stopped,
        stop_epoch=stop_epoch,
    )


def _check_sizes(count, validation, settings):
    if count < settings.batch_size:
        raise InputError(
            f"config: training.batch_size = {settings.batch_size} is not allowed for tasks.{settings.task}: "
            f"its classes {list(settings.classes)} have {count} training images; "
            "use a smaller batch, more train_images or other classes"
        )
    if not len(validation.targets):
        raise InputError(
            f"config: validation_images: none of them shows a class of tasks.{settings.task} "
            f"({list(settings.classes)}); use more validation_images or other classes"
        )


def _finite(value, what, step, settings):
    if not np.isfinite(value):
        raise TrainingError(
            f"{settings.task}, lambda {settings.lam:g}: the {what} at step {step} is {value}: training diverged; "
            f"lower tasks.{settings.task}.learning_rate ({settings.learning_rate:g}) or lambda"
        )
    return value
