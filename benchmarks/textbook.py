"""The training algorithm as a student writes it down from the textbook: the reference for results and for speed.

Nothing here comes from the engine. Samples are rows, targets are one-hot, all constant pixels stay, and each evaluation
is made at once. Nothing is clever, and nothing should be: the tests compare the engine with it. The objective of every
model, and where it was published, stands in workflow/scripts/onelayer/models/.
"""

from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Samples
from onelayer.grid import Settings

Floats = NDArray[np.floating]


class Result(TypedDict):
    """What `train` returns: weights are (K, D), evaluations rows of step, epoch, validation loss, validation accuracy
    and training accuracy."""

    train_losses: Floats
    evaluations: Floats
    weights: Floats
    best_weights: Floats
    stopped_early: bool
    stop_epoch: int


def logistic(z: Floats, y: Floats) -> tuple[float, Floats]:
    p = 1 / (1 + np.exp(-z))
    return float(-np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))), p - y


def softmax(z: Floats, y: Floats) -> tuple[float, Floats]:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return float(-np.mean(np.sum(y * np.log(p), axis=1))), p - y


def hinge(z: Floats, y: Floats) -> tuple[float, Floats]:
    others = np.where(y == 1, -np.inf, z)
    rival = np.eye(y.shape[1], dtype=z.dtype)[others.argmax(axis=1)]
    losses = np.maximum(0, 1 + np.sum(rival * z, axis=1) - np.sum(y * z, axis=1))
    return float(np.mean(losses)), (losses > 0)[:, None] * (rival - y)


def least_squares(z: Floats, y: Floats) -> tuple[float, Floats]:
    return float(np.mean(np.sum((z - y) ** 2, axis=1))) / 2, z - y


# The mean loss of logits z (N, K) for targets y (N, K), and the derivative of each sample's loss by its logits.
LOSSES = {"logistic": logistic, "softmax": softmax, "hinge": hinge, "least_squares": least_squares}


def accuracy(z: Floats, y: Floats) -> float:
    if y.shape[1] == 1:
        return float(np.mean((z > 0) == (y == 1)))
    return float(np.mean(z.argmax(axis=1) == y.argmax(axis=1)))


def inputs_and_targets(samples: Samples, settings: Settings) -> tuple[Floats, Floats]:
    """Inputs (N, D), scaled and with a last column of ones, and one-hot targets (N, K).

    The one output of the logistic model has one column: 1 for the first class, 0 for the second.
    """
    x = (samples.pixels.astype(settings.dtype) - samples.midpoint) / samples.midpoint
    y = np.eye(len(settings.classes), dtype=settings.dtype)[samples.targets]
    return np.hstack([x, np.ones_like(x[:, :1])]), y[:, :1] if settings.model == "logistic" else y


def train(x: Floats, y: Floats, x_val: Floats, y_val: Floats, settings: Settings) -> Result:
    """Train one model on inputs (N, D) and targets (N, K) as `inputs_and_targets` makes them."""
    loss_and_error, size = LOSSES[settings.model], settings.batch_size
    factor = {"sum": 2, "half_sum": 1}[settings.penalty]
    w = np.zeros((x.shape[1], y.shape[1]), x.dtype)  # (D, K), as in z = x w
    random = np.random.RandomState(settings.seed)
    batches = len(x) // size
    every = max(1, batches // settings.evaluations_per_epoch)
    train_losses, evaluations = [], []
    lowest, best_w, failures, step, stopped = np.inf, w, 0, 0, False
    for epoch in range(settings.max_epochs):
        order = np.arange(len(x))
        if settings.shuffle:
            random.shuffle(order)
        for i in range(batches):
            batch = order[i * size : (i + 1) * size]
            x_batch, y_batch = x[batch], y[batch]
            loss, error = loss_and_error(x_batch @ w, y_batch)
            train_losses.append(loss)
            w = w - settings.learning_rate * (x_batch.T @ error / size + factor * settings.lam * w)
            if step % every == 0:
                z_val = x_val @ w
                loss, _ = loss_and_error(z_val, y_val)
                evaluations.append((step, epoch, loss, accuracy(z_val, y_val), accuracy(x @ w, y)))
                if loss < lowest:
                    lowest, best_w, failures = loss, w, 0
                else:
                    failures += 1
                stopped = failures == settings.patience
                if stopped:
                    break
            step += 1
        if stopped:
            break
    return {
        "train_losses": np.array(train_losses),
        "evaluations": np.array(evaluations),
        "weights": w.T,
        "best_weights": best_w.T,
        "stopped_early": stopped,
        "stop_epoch": epoch,
    }
