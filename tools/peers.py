"""The training algorithm without the engine: the reference for its results and for its speed.

`textbook` is the loop as a student writes it, in NumPy, for every model; the tests compare the engine with it. Samples are rows,
targets are one-hot, each evaluation is made at once.
"""

from collections import namedtuple

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Samples
from onelayer.experiment.task import Settings

Floats = NDArray[np.floating]
# Evaluations by column as in onelayer.training.training.History, weights (K, D).
Result = namedtuple("Result", "train_losses evaluations weights best_weights stopped_early stop_epoch")
FACTOR = {"sum": 2, "half_sum": 1}  # of lambda w in the gradient


def logistic(z: Floats, y: Floats) -> tuple[float, Floats]:
    p = 1 / (1 + np.exp(-z))
    return float(np.mean(np.sum(np.logaddexp(0, z) - y * z, axis=1))), p - y


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
LOSSES["one_versus_rest"] = logistic  # one for each output, added up


def accuracy(z: Floats, y: Floats) -> float:
    right = (z > 0) == (y == 1) if y.shape[1] == 1 else z.argmax(axis=1) == y.argmax(axis=1)
    return float(np.mean(right))


def arrays(training: Samples, validation: Samples, settings: Settings) -> tuple[Floats, Floats, Floats, Floats]:
    """Inputs (N, D), scaled and, with a bias, with a last column of ones, and one-hot targets (N, K), of both sets.

    The one output of the logistic model has one column: 1 for the first class, 0 for the second.
    """
    found = []
    for samples in (training, validation):
        x = (samples.pixels.astype(settings.dtype) - samples.offset) / samples.scale
        y = np.eye(len(settings.classes), dtype=settings.dtype)[samples.targets]
        found += [np.hstack([x, np.ones_like(x[:, : samples.bias])]), y[:, :1] if settings.model == "logistic" else y]
    return found[0], found[1], found[2], found[3]


def textbook(x: Floats, y: Floats, x_val: Floats, y_val: Floats, settings: Settings) -> Result:
    """Train one model on what `arrays` gives."""
    loss_and_error, size, decay = LOSSES[settings.model], settings.batch_size, FACTOR[settings.penalty] * settings.lam
    w = best_w = np.zeros((x.shape[1], y.shape[1]), x.dtype)  # (D, K), as in z = x w
    random, batches = np.random.RandomState(settings.seed), len(x) // size
    for _ in range(settings.permutations_before):
        random.shuffle(np.arange(len(x)))
    every = max(1, batches // settings.evaluations.per_epoch)  # steps from one evaluation to the next
    place, stop = settings.evaluations.at == "last", settings.early_stop or {}
    train_losses, rows, lowest, failures, stopped, patience = [], [], np.inf, 0, False, stop.get("steps", np.inf)
    for step in range(settings.max_epochs * batches):
        epoch, i = divmod(step, batches)
        if i == 0:
            order = np.arange(len(x))
            if settings.shuffle:
                random.shuffle(order)
        batch = order[i * size : (i + 1) * size]
        x_batch, y_batch = x[batch], y[batch]
        loss, error = loss_and_error(x_batch @ w, y_batch)
        train_losses.append(loss)
        w = w - settings.learning_rate * (x_batch.T @ error / size + decay * w)
        if (step + place) % every == 0:
            z_val, z = x_val @ w, x @ w
            loss, right = loss_and_error(z_val, y_val)[0], accuracy(z_val, y_val)
            row = (step, epoch, loss, right, accuracy(z, y))
            rows.append((*row, loss_and_error(z, y)[0]) if settings.evaluations.train_loss else row)
            watched = 1 - right if stop.get("rule") == "growing_patience" else loss
            if watched < stop.get("threshold", 0) * lowest:
                patience = max(patience, stop["growth"] * step)
            failures += 1
            if watched < lowest:
                lowest, best_w, failures = watched, w, 0
        stopped = bool(rows) and (failures == stop.get("evaluations") or step >= patience)
        if stopped:
            break
    columns = ("step", "epoch", "validation_loss", "validation_accuracy", "train_accuracy", "train_loss")
    evaluations = dict(zip(columns, np.transpose(rows), strict=False))
    return Result(np.array(train_losses), evaluations, w.T, best_w.T, stopped, epoch)
