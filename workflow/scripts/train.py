"""Train one model: one run of the grid, from the stored images to its history, weights and summary."""

import dataclasses
import hashlib
import os
import time
from pathlib import Path

import numpy as np
from tqdm import tqdm

from onelayer.checkpoint import Checkpoint
from onelayer.evaluation import LossAndAccuracy
from onelayer.joblog import job
from onelayer.objective import MODELS
from onelayer.samples import choose_samples
from onelayer.store import read_images, write_arrays, write_columns, write_json
from onelayer.training import Settings, checked, train


# An overflow is no message of its own: it ends in a loss that is not finite, and every loss is checked.
@np.errstate(over="ignore", invalid="ignore")
def main(train_path, validation_path, modules, dataset, counts, sources, lam, settings, outputs, checkpoint_path, log):
    """Train with `settings` and write the four files of the run; `lam` is lambda as it is spelled.

    A run that was killed goes on from `checkpoint_path`, which is deleted once the four files are there. `modules` are the
    files of the code: a checkpoint of other code is not used.
    """
    images = {"train": read_images(train_path, counts["train"], sources["train"])}
    images["validation"] = read_images(validation_path, counts["validation"], sources["validation"])
    training, validation = (choose_samples(image_set, settings.classes) for image_set in images.values())
    checkpoint = Checkpoint(checkpoint_path, identity(modules, images, settings), log)
    with Progress(f"{settings.task}, lambda {lam}, seed {settings.seed}", settings.max_epochs, log) as progress:
        history = train(training, validation, settings, progress.report, checkpoint)
    summary = summarise(dataset, lam, settings, training, validation, history)
    log.info("%s", summary)

    steps = np.arange(len(history.train_losses), dtype=np.int32)
    write_columns(outputs.steps, {"step": steps, "train_loss": history.train_losses})
    write_columns(outputs.evaluations, history.evaluations)
    write_arrays(outputs.weights, {"last": history.last_weights, "best": history.best_weights})
    write_json(outputs.summary, summary)
    checkpoint.delete()


def identity(modules, images, settings):
    """All that decides the bytes of a run on one kind of processor: settings, data, code and the version of NumPy."""
    return {
        "settings": dataclasses.asdict(settings),
        "images": {name: [len(image_set.labels), image_set.metadata] for name, image_set in images.items()},
        "code": [hashlib.sha256(Path(module).read_bytes()).hexdigest() for module in modules],
        "numpy": np.__version__,
    }


class Progress:
    """Tells how a long run is doing: in the log, and as a bar where the rules say that this job has the terminal alone."""

    SECONDS = 2  # between two messages

    def __init__(self, run, epochs, log):
        self.run, self.epochs, self.log = run, epochs, log
        self.first, self.told = None, time.perf_counter()
        alone = os.environ.get("ONELAYER_BAR") == "yes"
        self.bar = tqdm(total=epochs, unit="epoch", desc=run, leave=False, disable=None if alone else True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.bar.close()

    def report(self, epoch, step, lowest_loss):
        """Take in the end of an epoch."""
        self.bar.update(epoch + 1 - self.bar.n)  # more than one where a killed run goes on
        now = time.perf_counter()
        self.first = self.first or (step, now)
        if now - self.told < self.SECONDS:
            return
        first_step, started = self.first
        self.told, speed = now, (step - first_step) / max(now - started, 1e-9)
        self.bar.set_postfix({"steps/s": f"{speed:.0f}", "validation loss": f"{lowest_loss:.4f}"})
        self.log.info(
            "%s: epoch %d of %d, %.0f steps/s, lowest validation loss %.5f",
            self.run,
            epoch + 1,
            self.epochs,
            speed,
            lowest_loss,
        )


def summarise(dataset, lam, settings, training, validation, history):
    """The run's row of metrics.csv, the sizes of the two sets and the version of NumPy. Losses leave the penalty out."""
    model, weights, best = MODELS[settings.task], history.last_weights, history.best_evaluation
    # In float64 whatever the run's type: one evaluation, and no digit lost in what is reported.
    last = weights.T[None].astype(np.float64)
    (train_loss,), (train_accuracy,) = LossAndAccuracy(model, training).evaluate(last)
    (validation_loss,), (validation_accuracy,) = LossAndAccuracy(model, validation).evaluate(last)
    last_step = len(history.train_losses) - 1
    checked(train_loss, "final training loss", last_step, settings)
    checked(validation_loss, "final validation loss", last_step, settings)
    return {
        "dataset": dataset,
        "task": settings.task,
        "lambda": lam,
        "shuffle": settings.shuffle,
        "seed": settings.seed,
        "stopped_early": history.stopped_early,
        "stop_epoch": history.stop_epoch,
        "steps": len(history.train_losses),
        "train_loss": float(train_loss),
        "validation_loss": float(validation_loss),
        "train_accuracy": float(train_accuracy),
        "validation_accuracy": float(validation_accuracy),
        "weight_norm_squared": float(np.square(weights, dtype=np.float64).sum()),
        "best_step": int(history.evaluations["step"][best]),
        "best_validation_loss": float(history.evaluations["validation_loss"][best]),
        "best_validation_accuracy": float(history.evaluations["validation_accuracy"][best]),
        "train_images": len(training.targets),
        "validation_images": len(validation.targets),
        "numpy": np.__version__,
    }


if __name__ == "__main__":
    with job(snakemake.log[0]) as log:
        main(
            train_path=snakemake.input.train,
            validation_path=snakemake.input.validation,
            modules=snakemake.input.modules,
            dataset=snakemake.params.dataset,
            counts=snakemake.params.counts,
            sources=snakemake.params.sources,
            lam=snakemake.wildcards.lam,
            settings=Settings(**snakemake.params.settings),
            outputs=snakemake.output,
            checkpoint_path=snakemake.params.checkpoint,
            log=log,
        )
