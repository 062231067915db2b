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
    # In float64 whatever the run's type, so that no digit is lost in what is reported.
    weights = [history.last_weights, history.best_weights, np.zeros_like(history.last_weights)]
    evaluated = np.stack(weights).astype(np.float64)
    reached: dict[str, Any] = {"test": ([None] * 3, [None] * 3)}
    for role, samples in sets.items():
        reached[role] = [values.tolist() for values in LossAndAccuracy(model, samples).evaluate(evaluated)]
        finite(reached[role][0][0], f"final {role} loss", last_step, settings)
    (train_losses, train_accuracies), (validation_losses, validation_accuracies) = (
        reached["train"],
        reached["validation"],
    )
    test_losses, test_accuracies = reached["test"]
    return {
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
        "train_loss": train_losses[0],
        "validation_loss": validation_losses[0],
        "train_accuracy": train_accuracies[0],
        "validation_accuracy": validation_accuracies[0],
        "weight_norm_squared": float(np.square(evaluated[0]).sum()),
        "best_step": int(history.evaluations["step"][best]),
        "best_train_loss": train_losses[1],
        "best_train_accuracy": train_accuracies[1],
        "best_validation_loss": float(history.evaluations["validation_loss"][best]),
        "best_validation_accuracy": float(history.evaluations["validation_accuracy"][best]),
        "diverged": validation_losses[0] > validation_losses[2],
        "test_loss": test_losses[0],
        "test_accuracy": test_accuracies[0],
        "best_test_loss": test_losses[1],
        "best_test_accuracy": test_accuracies[1],
        "neighbour_correlation": neighbour_correlation(history.last_weights, shape),
        **{f"{role}_images": len(sets[role].targets) if role in sets else None for role in ROLES},
        "numpy": np.__version__,
    }


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
