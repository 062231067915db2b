"""What a run came to: the numbers of its summary."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from onelayer.data.samples import Samples
from onelayer.experiment.task import Settings
from onelayer.models import Floats, model_named
from onelayer.training.evaluation import LossAndAccuracy
from onelayer.training.training import History, finite

COLUMNS = [
    *("dataset", "task", "model", "classes", "learning_rate", "lambda", "shuffle", "seed"),
    *("stopped_early", "stop_epoch", "steps", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy"),
    *("weight_norm_squared", "best_step", "best_train_loss", "best_train_accuracy", "best_validation_loss"),
    *("best_validation_accuracy", "diverged", "test_loss", "test_accuracy", "best_test_loss", "best_test_accuracy"),
    *("neighbour_correlation", "train_images", "validation_images", "test_images"),
]


def summarise(
    settings: Settings, lam: str, sets: Mapping[str, Samples], history: History, shape: Sequence[int]
) -> dict[str, Any]:
    """The run's row of metrics.csv, and the version of NumPy. Losses leave the penalty out.

    `lam` is lambda as it is spelled; `sets` are Samples by role; `shape` is (height, width) of the images.
    """
    # In float64 whatever the run's type, so that no digit is lost in what is reported.
    weights = [history.last_weights, history.best_weights, np.zeros_like(history.last_weights)]
    evaluated = np.stack(weights).astype(np.float64)
    found = vars(settings) | {
        "lambda": lam,
        "stopped_early": history.stopped_early,
        "stop_epoch": history.stop_epoch,
        "steps": len(history.train_losses),
        "weight_norm_squared": float(np.square(evaluated[0]).sum()),
        "best_step": int(history.evaluations["step"][history.best_evaluation]),
        "neighbour_correlation": neighbour_correlation(history.last_weights, shape),
    }
    for role, samples in sets.items():
        evaluate = LossAndAccuracy(model_named(settings.model), samples).evaluate
        losses, accuracies = (values.tolist() for values in evaluate(evaluated))
        finite(losses[0], f"final {role} loss", found["steps"] - 1, settings)
        for place, name in enumerate((role, f"best_{role}")):
            found |= {f"{name}_loss": losses[place], f"{name}_accuracy": accuracies[place]}
        found[f"{role}_images"] = len(samples.targets)
        if role == "validation":
            found["diverged"] = losses[0] > losses[2]  # worse than without training
            for kind in ("validation_loss", "validation_accuracy"):
                found[f"best_{kind}"] = float(history.evaluations[kind][history.best_evaluation])
    return {column: found.get(column) for column in COLUMNS} | {"numpy": np.__version__}


def neighbour_correlation(weights: Floats, shape: Sequence[int]) -> float | None:
    """Correlation of the weights of pixels that touch, pooled over outputs and both directions.

    Near 1 for a smooth image, near 0 for noise; None if it is not defined: no two pixels touch, or all weights are equal.
    `weights` are (K, D), the pixels first; a bias is left out. `shape` is (height, width).
    """
    images = weights[:, : shape[0] * shape[1]].reshape(-1, *shape)
    images = np.ldexp(images, -np.frexp(np.abs(images).max())[1])  # exact, and no square of a weight overflows
    first = np.concatenate([images[:, :, :-1].ravel(), images[:, :-1, :].ravel()])
    second = np.concatenate([images[:, :, 1:].ravel(), images[:, 1:, :].ravel()])
    if not len(first) or first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
