"""The textbook loop for the softmax model in JAX on the CPU: the steps between two evaluations are one compiled scan."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from onelayer.grid import Settings
from onelayer.training import batch_rows

jax.config.update("jax_enable_x64", True)  # float64 is float64; float32 arrays stay float32

Floats = NDArray[np.floating]


@jax.jit
def advance(
    w: jax.Array, x: jax.Array, y: jax.Array, rows: jax.Array, rate: float, decay: float
) -> tuple[jax.Array, jax.Array]:
    """Weights after one step for each batch of `rows`, (steps, batch size), and the losses of the batches."""

    def step(w: jax.Array, batch: jax.Array) -> tuple[jax.Array, jax.Array]:
        x_batch, y_batch = x[batch], y[batch]
        log_p = jax.nn.log_softmax(x_batch @ w)
        gradient = x_batch.T @ (jnp.exp(log_p) - y_batch) / len(batch) + decay * w
        return w - rate * gradient, -(y_batch * log_p).sum(axis=1).mean()

    return jax.lax.scan(step, w, rows)


@jax.jit
def evaluate(
    w: jax.Array, x: jax.Array, y: jax.Array, x_val: jax.Array, y_val: jax.Array
) -> tuple[jax.Array, jax.Array, jax.Array]:
    log_p = jax.nn.log_softmax(x_val @ w)
    loss = -(y_val * log_p).sum(axis=1).mean()
    accuracy = (log_p.argmax(axis=1) == y_val.argmax(axis=1)).mean()
    return loss, accuracy, ((x @ w).argmax(axis=1) == y.argmax(axis=1)).mean()


def train(
    inputs: Floats, targets: Floats, inputs_val: Floats, targets_val: Floats, settings: Settings
) -> list[tuple[float, float, float]]:
    """Validation loss, validation accuracy and training accuracy of each evaluation; arguments as in textbook.train."""
    x, y, x_val, y_val = (jnp.asarray(array) for array in (inputs, targets, inputs_val, targets_val))
    decay = {"sum": 2, "half_sum": 1}[settings.penalty] * settings.lam
    w = jnp.zeros((x.shape[1], y.shape[1]), x.dtype)
    rows = np.stack([rows for _, rows in batch_rows(len(x), settings)])
    every = max(1, len(x) // settings.batch_size // settings.evaluations_per_epoch)
    evaluations, lowest, failures, start = [], np.inf, 0, 0
    for end in range(1, len(rows) + 1, every):
        w, _ = advance(w, x, y, rows[start:end], settings.learning_rate, decay)
        loss, accuracy, train_accuracy = map(float, evaluate(w, x, y, x_val, y_val))
        evaluations.append((loss, accuracy, train_accuracy))
        failures = 0 if loss < lowest else failures + 1
        lowest, start = min(lowest, loss), end
        if failures == settings.patience:
            return evaluations
    for step in range(start, len(rows)):  # one by one: a scan of another length would be compiled anew
        w, _ = advance(w, x, y, rows[step : step + 1], settings.learning_rate, decay)
    jax.block_until_ready(w)
    return evaluations
