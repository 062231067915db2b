"""The training algorithm as a student writes it down from the textbook: the reference for results and for speed.

Samples are rows, everything is float64 unless asked otherwise, targets are one-hot, and each evaluation is
made at once. Nothing here is clever, and nothing should be: the tests compare the engine with it.
"""

import numpy as np


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def predict(task, x, w):
    """Probabilities (N, K) of inputs (N, D) and weights (D, K); K is 1 for the binary task."""
    return sigmoid(x @ w) if task == "binary" else softmax(x @ w)


def cross_entropy(task, y, p):
    if task == "binary":
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    return -np.mean(np.sum(y * np.log(p), axis=1))


def accuracy(task, y, p):
    if task == "binary":
        return np.mean((p > 0.5) == (y > 0.5))
    return np.mean(p.argmax(axis=1) == y.argmax(axis=1))


def train(x, y, x_val, y_val, settings):
    """Train one model.

    Parameters
    ----------
    x, x_val : (N, D) inputs, scaled, with the bias column
    y, y_val : (N, K) targets, one-hot, or one column of 0 and 1 for the binary task
    settings : onelayer.training.Settings

    Returns
    -------
    dict with `train_losses`, `evaluations` (rows of step, epoch, validation loss, validation accuracy, training
    accuracy), `weights` (D, K), `best_weights`, `stopped_early` and `stop_epoch`
    """
    task, size = settings.task, settings.batch_size
    factor = {"sum": 2, "half_sum": 1}[settings.penalty]
    w = np.zeros((x.shape[1], y.shape[1]), x.dtype)
    random = np.random.RandomState(settings.seed)
    batches = len(x) // size
    every = max(1, batches // settings.evaluations_per_epoch)
    train_losses, evaluations = [], []
    lowest, best_w, failures, step = np.inf, None, 0, 0
    for epoch in range(settings.max_epochs):
        order = np.arange(len(x))
        if settings.shuffle:
            random.shuffle(order)
        for i in range(batches):
            batch = order[i * size : (i + 1) * size]
            x_batch, y_batch = x[batch], y[batch]
            p = predict(task, x_batch, w)
            train_losses.append(cross_entropy(task, y_batch, p))
            gradient = x_batch.T @ (p - y_batch) / size + factor * settings.lam * w
            w = w - settings.learning_rate * gradient
            if step % every == 0:
                p_val = predict(task, x_val, w)
                loss = cross_entropy(task, y_val, p_val)
                train_accuracy = accuracy(task, y, predict(task, x, w))
                evaluations.append((step, epoch, loss, accuracy(task, y_val, p_val), train_accuracy))
                if loss < lowest:
                    lowest, best_w, failures = loss, w, 0
                else:
                    failures += 1
                if failures == settings.patience:
                    return result(train_losses, evaluations, w, best_w, True, epoch)
            step += 1
    return result(train_losses, evaluations, w, best_w, False, epoch)


def result(train_losses, evaluations, weights, best_weights, stopped_early, stop_epoch):
    return {
        "train_losses": np.array(train_losses),
        "evaluations": np.array(evaluations),
        "weights": weights,
        "best_weights": best_weights,
        "stopped_early": stopped_early,
        "stop_epoch": stop_epoch,
    }
