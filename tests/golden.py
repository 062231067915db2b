"""Values that must never change, computed with NumPy alone so that any version of it can be asked.

PYTHONPATH=workflow/scripts python tests/golden.py
"""

import hashlib
import json
from pathlib import Path

import numpy as np

from onelayer.data.readers import read_idx
from onelayer.data.samples import Samples
from onelayer.grid import Settings
from onelayer.training import batch_rows, train

DIGITS = Path(__file__).resolve().parents[1] / "workflow/data/digits"
# The first three permutations of 0 ... 19,999 for seed 0, as little-endian 64-bit integers.
PERMUTATIONS = "56f4e4e061ea048e4a58c38fc0e0177289f77a7ba10f5a4ad1ada0765d76d5bc"
# Last losses and accuracies of a softmax run on the embedded digits, to nine decimals.
METRICS = "0a4bd7d9a152eb9c8c1f3dbeb030c76a02fb41217be3da6b37078b5dbb9bd132"


def settings(**changes):
    values = {
        "task": "softmax", "model": "softmax", "classes": list(range(10)), "lam": 0.02, "shuffle": True, "seed": 0, "learning_rate": 0.1,
        "batch_size": 32, "max_epochs": 5, "evaluations_per_epoch": 5, "patience": 10, "dtype": "float64", "penalty": "sum",
        "data": {"dataset": "digits"},
    }  # fmt: skip
    return Settings(**(values | changes))


def permutations():
    """SHA-256 of the first three permutations of 20,000 samples for seed 0."""
    epochs = batch_rows(20_000, settings(batch_size=20_000, max_epochs=3))
    return digest_of_order(np.concatenate([rows for _, rows in epochs]))


def digest_of_order(order):
    """SHA-256 of integers, as little-endian 64-bit ones."""
    return hashlib.sha256(np.asarray(order).astype("<i8").tobytes()).hexdigest()


def metrics():
    """SHA-256 of the last training loss, validation loss and accuracies of a run on the digits, rounded."""
    history = train(_digits("train"), _digits("test"), settings())
    last = [history.train_losses[-1]]
    last += [history.evaluations[name][-1] for name in ("validation_loss", "validation_accuracy", "train_accuracy")]
    return digest_of_metrics(last)


def digest_of_metrics(values):
    """SHA-256 of numbers, rounded to nine decimals."""
    return hashlib.sha256(json.dumps([f"{value:.9f}" for value in values]).encode()).hexdigest()


def _digits(split):
    files = {
        f"{split}_{holds}": DIGITS / f"{split}-{holds}-idx{ndim}-ubyte.gz"
        for holds, ndim in (("images", 3), ("labels", 1))
    }
    images, labels = read_idx(files, split, {})
    return Samples(images.reshape(len(images), -1), labels.astype(np.int64), 8.0)


if __name__ == "__main__":
    print(json.dumps({"numpy": np.__version__, "permutations": permutations(), "metrics": metrics()}))
