"""What a run came to: the numbers of its summary."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onelayer.data.samples import Samples
from onelayer.experiment.task import ROLES, Settings
from onelayer.models import Floats, model_named
from onelayer.training.evaluation import LossAndAccuracy
from onelayer.training.training import History, finite


def summarise(
    settings: Settings, lam: str, sets: Mapping[str, Samples], history: History, shape: Sequence[int]
) -> dict[str, Any]:
    """The run's row of metrics.csv, in the order of its columns, and the version of NumPy. Losses leave the penalty out.

    Parameters
    ----------
    lam : lambda as it is spelled
    sets : dict of Samples by role
    shape : (height, width) of the images
    """
    model, best, last_step = model_named(settings.model), history.best_evaluation, len(history.train_losses) - 1
    # In float64 whatever the run's type: one evaluation, and no digit lost in what is reported. Zero weights come second.
    last = np.stack([history.last_weights, np.zeros_like(history.last_weights)]).astype(np.float64)
    train_losses, train_accuracies = LossAndAccuracy(model, sets["train"]).evaluate(last)
    best_weights = history.best_weights.astype(np.float64)
    best_train_losses, best_train_accuracies = LossAndAccuracy(model, sets["train"]).evaluate(best_weights[None])
    validation_losses, validation_accuracies = LossAndAccuracy(model, sets["validation"]).evaluate(last)
    for name, losses in (("training", train_losses), ("validation", validation_losses)):
        finite(losses[0], f"final {name} loss", last_step, settings)
    summary = {
        "dataset": settings.dataset,
        "task": settings.task,
        "model": settings.model,
        "classes": list(settings.classes),
        "learning_rate": settings.learning_rate,
        "lambda": lam,
        "shuffle": settings.shuffle,
        "seed": settings.seed,
        "stopped_early": history.stopped_early,
        "stop_epoch": history.stop_epoch,
        "steps": len(history.train_losses),
        "train_loss": float(train_losses[0]),
        "validation_loss": float(validation_losses[0]),
        "train_accuracy": float(train_accuracies[0]),
        "validation_accuracy": float(validation_accuracies[0]),
        "weight_norm_squared": float(np.square(last[0]).sum()),
        "best_step": int(history.evaluations["step"][best]),
        "best_train_loss": float(best_train_losses[0]),
        "best_train_accuracy": float(best_train_accuracies[0]),
        "best_validation_loss": float(history.evaluations["validation_loss"][best]),
        "best_validation_accuracy": float(history.evaluations["validation_accuracy"][best]),
        "diverged": bool(validation_losses[0] > validation_losses[1]),
        "test_loss": None,
        "test_accuracy": None,
        "best_test_loss": None,
        "best_test_accuracy": None,
        "neighbour_correlation": neighbour_correlation(history.last_weights, shape),
        **{f"{role}_images": len(sets[role].targets) if role in sets else None for role in ROLES},
        "numpy": np.__version__,
    }
    if "test" in sets:
        both = np.stack([last[0], best_weights])
        losses, accuracies = LossAndAccuracy(model, sets["test"]).evaluate(both)
        finite(losses[0], "test loss", last_step, settings)
        summary |= {"test_loss": float(losses[0]), "test_accuracy": float(accuracies[0])}
        summary |= {"best_test_loss": float(losses[1]), "best_test_accuracy": float(accuracies[1])}
    return summary


def neighbour_correlation(weights: Floats, shape: Sequence[int]) -> float | None:
    """Correlation of the weights of pixels that touch, pooled over outputs and both directions.

    Near 1 for a smooth image, near 0 for noise; None if it is not defined: no two pixels touch, or all weights are equal.

    Parameters
    ----------
    weights : (K, D), the pixels first; a bias is left out
    shape : (height, width)
    """
    images = weights[:, : shape[0] * shape[1]].reshape(-1, *shape)
    images = np.ldexp(images, -np.frexp(np.abs(images).max())[1])  # exact, and no square of a weight overflows
    first = np.concatenate([images[:, :, :-1].ravel(), images[:, :-1, :].ravel()])
    second = np.concatenate([images[:, :, 1:].ravel(), images[:, 1:, :].ravel()])
    if not len(first) or first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
