"""The training algorithm without the engine: the references for its results and for its speed.

`textbook` is the loop as a student writes it, in NumPy, for every model; the tests compare the engine with it. `eager` is the
same loop for softmax in PyTorch, `jax_scan` in JAX. Samples are rows, targets are one-hot, each evaluation is made at once.
"""

from collections import namedtuple
from collections.abc import Callable
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Samples
from onelayer.experiment.task import Settings
from onelayer.training.training import batch_rows

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
    every, place, stop = interval(batches, settings), settings.evaluations.at == "last", settings.early_stop or {}
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


def interval(batches: int, settings: Settings) -> int:
    """Steps from one evaluation to the next."""
    return max(1, batches // settings.evaluations.per_epoch)


def last_loss(group: Callable[[Any, Any], tuple[Any, Any]], w: Any, count: int, settings: Settings) -> float:
    """The last validation loss of weights w that `group` takes through the steps up to each evaluation of `count` samples.

    Evaluations are at the first steps, and the rule of early stopping is patience.
    """
    rows = np.stack([rows for _, rows in batch_rows(count, settings)])
    every, most = interval(count // settings.batch_size, settings), (settings.early_stop or {}).get("evaluations")
    loss, lowest, failures = np.nan, np.inf, 0
    for start, end in pairwise([0, *range(1, len(rows) + 1, every)]):
        w, loss = group(w, rows[start:end])
        lowest, failures = (float(loss), 0) if loss < lowest else (lowest, failures + 1)
        if failures == most:
            break
    return float(loss)


def eager(x: Any, y: Any, x_val: Any, y_val: Any, settings: Settings) -> float:
    """The last validation loss of the softmax model, trained by PyTorch on what `arrays` gives."""
    import torch

    x, y, x_val, y_val = map(torch.from_numpy, (x, y, x_val, y_val))
    size, decay = settings.batch_size, FACTOR[settings.penalty] * settings.lam

    def group(w: Any, rows: Any) -> tuple[Any, Any]:
        for batch in map(torch.from_numpy, rows):
            x_batch, y_batch = x[batch], y[batch]
            log_p = torch.log_softmax(x_batch @ w, dim=1)
            (-(y_batch * log_p).sum(dim=1).mean()).item()
            w = w - settings.learning_rate * (x_batch.T @ (log_p.exp() - y_batch) / size + decay * w)
        log_p = torch.log_softmax(x_val @ w, dim=1)
        for found, right in ((log_p, y_val), (x @ w, y)):
            (found.argmax(dim=1) == right.argmax(dim=1)).double().mean().item()
        return w, (-(y_val * log_p).sum(dim=1).mean()).item()

    with torch.no_grad():
        return last_loss(group, torch.zeros((x.shape[1], y.shape[1]), dtype=x.dtype), len(x), settings)


def jax_scan(x: Any, y: Any, x_val: Any, y_val: Any, settings: Settings) -> float:
    """The same by JAX: all steps up to an evaluation are one compiled scan."""
    jax, group = _compiled(settings.learning_rate, FACTOR[settings.penalty] * settings.lam)
    sets = [jax.numpy.asarray(array) for array in (x, y, x_val, y_val)]
    start = jax.numpy.zeros((x.shape[1], y.shape[1]), x.dtype)
    return last_loss(lambda w, rows: group(w, rows, *sets)[:2], start, len(x), settings)


@cache
def _compiled(rate: float, decay: float) -> tuple[Any, Any]:
    import jax

    jax.config.update("jax_enable_x64", True)  # float64 is float64; float32 arrays stay float32

    def group(w: Any, rows: Any, x: Any, y: Any, x_val: Any, y_val: Any) -> tuple[Any, ...]:
        def step(w: Any, batch: Any) -> tuple[Any, Any]:
            x_batch, y_batch = x[batch], y[batch]
            log_p = jax.nn.log_softmax(x_batch @ w)
            slope = x_batch.T @ (jax.numpy.exp(log_p) - y_batch) / len(batch) + decay * w
            return w - rate * slope, -(y_batch * log_p).sum(axis=1).mean()

        w, losses = jax.lax.scan(step, w, rows)
        log_p = jax.nn.log_softmax(x_val @ w)
        right = [(found.argmax(1) == target.argmax(1)).mean() for found, target in ((log_p, y_val), (x @ w, y))]
        return w, -(y_val * log_p).sum(axis=1).mean(), right, losses

    return jax, jax.jit(group)
