"""The textbook loop for the softmax model in PyTorch, eager, on the CPU: the same algorithm with the same evaluations."""

import numpy as np
import torch
from numpy.typing import NDArray

from onelayer.grid import Settings
from onelayer.training import batch_rows

Floats = NDArray[np.floating]


def train(
    inputs: Floats, targets: Floats, inputs_val: Floats, targets_val: Floats, settings: Settings
) -> list[tuple[float, float, float]]:
    """Validation loss, validation accuracy and training accuracy of each evaluation; arguments as in textbook.train."""
    x, y, x_val, y_val = (torch.from_numpy(array) for array in (inputs, targets, inputs_val, targets_val))
    size, factor = settings.batch_size, {"sum": 2, "half_sum": 1}[settings.penalty]
    w = torch.zeros((x.shape[1], y.shape[1]), dtype=x.dtype)
    every = max(1, len(x) // size // settings.evaluations_per_epoch)
    evaluations, lowest, failures = [], np.inf, 0
    with torch.no_grad():
        for step, (_, rows) in enumerate(batch_rows(len(x), settings)):
            batch = torch.from_numpy(rows)
            x_batch, y_batch = x[batch], y[batch]
            log_p = torch.log_softmax(x_batch @ w, dim=1)
            (-(y_batch * log_p).sum(dim=1).mean()).item()
            w = w - settings.learning_rate * (x_batch.T @ (log_p.exp() - y_batch) / size + factor * settings.lam * w)
            if step % every == 0:
                log_p = torch.log_softmax(x_val @ w, dim=1)
                loss = (-(y_val * log_p).sum(dim=1).mean()).item()
                accuracy = (log_p.argmax(dim=1) == y_val.argmax(dim=1)).double().mean().item()
                train_accuracy = ((x @ w).argmax(dim=1) == y.argmax(dim=1)).double().mean().item()
                evaluations.append((loss, accuracy, train_accuracy))
                failures = 0 if loss < lowest else failures + 1
                lowest = min(lowest, loss)
                if failures == settings.patience:
                    break
    return evaluations
