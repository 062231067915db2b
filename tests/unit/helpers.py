"""Small stand-ins for what runs leave behind."""

from types import SimpleNamespace

import numpy as np

from onelayer.grid import Settings
from onelayer.predictions import Predictions


def settings(**changes):
    """Settings of a small softmax run."""
    own = {
        "task": "softmax", "model": "softmax", "classes": [0, 1, 2, 3, 4], "lam": 0.01, "shuffle": True, "seed": 4,
        "learning_rate": 0.1, "batch_size": 8, "max_epochs": 6, "evaluations_per_epoch": 3, "patience": 3,
        "dtype": "float64", "penalty": "sum", "data": {"dataset": "digits"},
    }  # fmt: skip
    return Settings(**(own | changes))


def evaluations(losses, train=None, validation=None, every=5):
    """Evaluations with these validation losses, and accuracies that are given or all 0.5."""
    count = len(losses)
    return {
        "step": np.arange(count, dtype=np.int32) * every,
        "epoch": np.zeros(count, np.int32),
        "validation_loss": np.array(losses, float),
        "validation_accuracy": np.array([0.5] * count if validation is None else validation, float),
        "train_accuracy": np.array([0.5] * count if train is None else train, float),
    }


def summary(**changes):
    """A summary of a run, as train.py writes it."""
    own = {
        "dataset": "digits", "task": "softmax", "model": "softmax", "classes": [0, 1, 2], "learning_rate": 0.1, "lambda": "0.0",
        "shuffle": True, "seed": 0, "stopped_early": True, "stop_epoch": 7, "steps": 80, "train_loss": 0.5,
        "validation_loss": 0.6, "train_accuracy": 0.9, "validation_accuracy": 0.8, "weight_norm_squared": 4.0, "best_step": 40,
        "best_validation_loss": 0.55, "best_validation_accuracy": 0.81, "diverged": False, "test_loss": None,
        "test_accuracy": None, "best_test_accuracy": None, "train_images": 64, "validation_images": 30, "test_images": None, "neighbour_correlation": 0.5, "numpy": "2.0",
    }  # fmt: skip
    return own | changes


def run(losses=(0.9, 0.7, 0.6), weights=None, **changes):
    """What RunFiles gives of one run."""
    return SimpleNamespace(
        evaluations=evaluations(losses),
        train_losses=np.linspace(1, 0.5, 95),
        last_weights=np.zeros((3, 13)) if weights is None else weights,
        summary=summary(**changes),
        settings=settings(model=changes.get("model", "softmax")),
    )


def predictions(labels, decided, confidence=None, classes=(0, 1), image=None):
    """Predictions with these labels and decisions; what is left of the confidence is shared by the other classes."""
    confidence = np.full(len(labels), 0.8) if confidence is None else np.array(confidence, float)
    hit = np.array(decided)[:, None] == np.array(classes)
    probabilities = np.where(hit, confidence[:, None], (1 - confidence[:, None]) / (len(classes) - 1))
    image = np.arange(len(labels)) if image is None else np.array(image)
    return Predictions("test", image, np.array(labels), np.array(decided), confidence, np.log(probabilities), probabilities)
