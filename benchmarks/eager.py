"""The textbook loop in PyTorch, eager, on the CPU: the same algorithm with the same evaluations."""

import numpy as np
import torch


def train(x, y, x_val, y_val, settings):
    """Train the softmax model without early stopping ahead of time; arguments as in textbook.train, as NumPy arrays.

    Returns
    -------
    list of (validation loss, validation accuracy, training accuracy), one an evaluation
    """
    x, y, x_val, y_val = (torch.from_numpy(array) for array in (x, y, x_val, y_val))
    size, factor = settings.batch_size, {"sum": 2, "half_sum": 1}[settings.penalty]
    w = torch.zeros((x.shape[1], y.shape[1]), dtype=x.dtype)
    random, batches = np.random.RandomState(settings.seed), len(x) // size
    every = max(1, batches // settings.evaluations_per_epoch)
    evaluations, lowest, failures, step = [], np.inf, 0, 0
    with torch.no_grad():
        for _ in range(settings.max_epochs):
            order = np.arange(len(x))
            if settings.shuffle:
                random.shuffle(order)
            order = torch.from_numpy(order)
            for i in range(batches):
                batch = order[i * size : (i + 1) * size]
                x_batch, y_batch = x[batch], y[batch]
                log_p = torch.log_softmax(x_batch @ w, dim=1)
                (-(y_batch * log_p).sum(dim=1).mean()).item()
                w = w - settings.learning_rate * (
                    x_batch.T @ (log_p.exp() - y_batch) / size + factor * settings.lam * w
                )
                if step % every == 0:
                    log_p = torch.log_softmax(x_val @ w, dim=1)
                    loss = (-(y_val * log_p).sum(dim=1).mean()).item()
                    accuracy = (log_p.argmax(dim=1) == y_val.argmax(dim=1)).double().mean().item()
                    train_accuracy = ((x @ w).argmax(dim=1) == y.argmax(dim=1)).double().mean().item()
                    evaluations.append((loss, accuracy, train_accuracy))
                    failures = 0 if loss < lowest else failures + 1
                    lowest = min(lowest, loss)
                    if failures == settings.patience:
                        return evaluations
                step += 1
    return evaluations
