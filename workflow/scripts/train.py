"""Train one model: one run of the grid, from the stored images to its history, weights and summary."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import logging
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from onelayer.data.samples import Samples, choose_samples
from onelayer.data.store import read_images
from onelayer.evaluation import LossAndAccuracy
from onelayer.grid import ROLES, Settings
from onelayer.log import job
from onelayer.models import MODELS
from onelayer.runs import write_run
from onelayer.smoothness import neighbour_correlation
from onelayer.training import History, check_sizes, finite, train

SECONDS = 5  # between two messages about a long run


# An overflow is no message of its own: it ends in a loss that is not finite, and every loss is checked.
@np.errstate(over="ignore", invalid="ignore")
def main(paths: Mapping[str, str], lam: str, settings: Settings, folder: Path, log: logging.Logger) -> None:
    """Train with `settings` and write the files of the run to `folder`.

    Parameters
    ----------
    paths : dict
        Stored images by role: train, validation and, where there is one, test.
    lam : str
        Lambda as it is spelled.
    settings : Settings
    folder : path
    log : logging.Logger
    """
    ranges = settings.data
    stored = {role: read_images(path, ranges[role]["first"], ranges[role]["count"]) for role, path in paths.items()}
    sets = {role: choose_samples(image_set, settings.classes) for role, image_set in stored.items()}
    check_sizes(sets, settings)
    history = train(sets["train"], sets["validation"], settings, progress(settings, log))
    summary = {"lambda": lam} | summarise(settings, sets, history)
    shape = stored["train"].metadata["shape"]
    summary["neighbour_correlation"] = neighbour_correlation(history.last_weights, shape)
    log.info("%s", summary)
    write_run(folder, settings, history, summary)


def progress(settings: Settings, log: logging.Logger) -> Callable[[int, int, float], None]:
    """What tells the log every SECONDS how a run is doing."""
    last = time.perf_counter()

    def report(epoch: int, step: int, lowest_loss: float) -> None:
        nonlocal last
        if time.perf_counter() - last >= SECONDS:
            last = time.perf_counter()
            log.info(
                "epoch %d of %d, step %d, lowest validation loss %.5f",
                epoch + 1,
                settings.max_epochs,
                step,
                lowest_loss,
            )

    return report


def summarise(settings: Settings, sets: Mapping[str, Samples], history: History) -> dict[str, Any]:
    """The run's row of metrics.csv, the sizes of the sets and the version of NumPy. Losses leave the penalty out."""
    model, best, last_step = MODELS[settings.model], history.best_evaluation, len(history.train_losses) - 1
    # In float64 whatever the run's type: one evaluation, and no digit lost in what is reported. Zero weights come second.
    last = np.stack([history.last_weights, np.zeros_like(history.last_weights)]).astype(np.float64)
    train_losses, train_accuracies = LossAndAccuracy(model, sets["train"]).evaluate(last)
    validation_losses, validation_accuracies = LossAndAccuracy(model, sets["validation"]).evaluate(last)
    for name, losses in (("training", train_losses), ("validation", validation_losses)):
        finite(losses[0], f"final {name} loss", last_step, settings)
    summary = {
        "dataset": settings.data["dataset"],
        "task": settings.task,
        "model": settings.model,
        "classes": settings.classes,
        "learning_rate": settings.learning_rate,
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
        "best_validation_loss": float(history.evaluations["validation_loss"][best]),
        "best_validation_accuracy": float(history.evaluations["validation_accuracy"][best]),
        "diverged": bool(validation_losses[0] > validation_losses[1]),
        "test_loss": None,
        "test_accuracy": None,
        "best_test_accuracy": None,
        **{f"{role}_images": len(sets[role].targets) if role in sets else None for role in ROLES},
        "numpy": np.__version__,
    }
    if "test" in sets:
        both = np.stack([history.last_weights, history.best_weights]).astype(np.float64)
        losses, accuracies = LossAndAccuracy(model, sets["test"]).evaluate(both)
        finite(losses[0], "test loss", last_step, settings)
        summary |= {"test_loss": float(losses[0]), "test_accuracy": float(accuracies[0])}
        summary["best_test_accuracy"] = float(accuracies[1])
    return summary


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code) as log:
        settings = Settings(**snakemake.params.settings)
        main(
            paths={role: snakemake.input[role] for role in ROLES if role in settings.data},
            lam=snakemake.wildcards.lam,
            settings=settings,
            folder=Path(snakemake.output.summary).parent,
            log=log,
        )
