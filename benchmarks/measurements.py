"""One measurement, in a process of its own on one core: `python measurements.py KIND ARGUMENTS` prints it as JSON.

Seconds are processor time, so that other work on the machine counts for little.
"""

import importlib
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import textbook
from onelayer.data.samples import Batches, Samples, choose_samples
from onelayer.data.store import read_images
from onelayer.grid import Settings
from onelayer.models import MODELS
from onelayer.objective import loss_and_gradient
from onelayer.training import batch_rows, train
from textbook import Floats

ROOT = Path(__file__).resolve().parents[1]
Found = dict[str, float]


def published(dtype: str, **changes: Any) -> Settings:
    """Settings of the published softmax run at lambda 0."""
    values: dict[str, Any] = {
        "task": "softmax", "model": "softmax", "classes": list(range(10)), "lam": 0.0, "shuffle": True, "seed": 0,
        "learning_rate": 0.01, "batch_size": 128, "max_epochs": 50, "evaluations_per_epoch": 5, "patience": 10,
        "dtype": dtype, "penalty": "sum", "data": {"dataset": "mnist"},
    }  # fmt: skip
    return Settings(**(values | changes))


def mnist(train_images: int, validation_images: int, classes: list[int]) -> tuple[Samples, Samples]:
    """The first images of the training and of the test file."""
    folder = ROOT / "results/data/mnist"
    training = read_images(folder / "train.parquet", count=train_images)
    validation = read_images(folder / "test.parquet", count=validation_images)
    return choose_samples(training, classes), choose_samples(validation, classes)


def arrays(training: Samples, validation: Samples, settings: Settings) -> tuple[Floats, Floats, Floats, Floats]:
    """Inputs and targets of both sets, as the textbook loop takes them."""
    return *textbook.inputs_and_targets(training, settings), *textbook.inputs_and_targets(validation, settings)


def contestant(name: str, dtype: str) -> Found:
    """The published run by the engine, or by the loop of a module of this folder: seconds and last validation loss.

    Reading is not counted, nor is what is compiled in a first epoch.
    """
    settings, first_epoch = published(dtype), published(dtype, max_epochs=1)
    samples = mnist(20_000, 10_000, settings.classes)
    if name == "engine":

        def run(settings: Settings) -> float:
            return float(train(*samples, settings).evaluations["validation_loss"][-1])
    else:
        module, plain = importlib.import_module(name), arrays(*samples, settings)

        def run(settings: Settings) -> float:
            result = module.train(*plain, settings)
            return float(result["evaluations"][-1, 2] if name == "textbook" else result[-1][0])

    run(first_epoch)
    started = time.process_time()
    loss = run(settings)
    return {"seconds": time.process_time() - started, "validation_loss": loss}


def published_work() -> Found:
    """The textbook loop for the seven published runs in sequence, without any figure or report."""
    logistic = {"model": "logistic", "classes": [2, 3], "learning_rate": 0.05}
    changes: list[dict[str, Any]] = [{**logistic, "shuffle": shuffle} for shuffle in (False, True)]
    changes += [{"lam": lam} for lam in (0.0, 2.0, 0.2, 0.02, 0.002)]
    seconds = 0.0
    for change in changes:
        settings = published("float64", **change)
        plain = arrays(*mnist(20_000, 10_000, settings.classes), settings)
        started = time.process_time()
        textbook.train(*plain, settings)
        seconds += time.process_time() - started
    return {"seconds": seconds}


def product(dtype: str) -> Found:
    """Rate of a large matrix product: the best that one core does here."""
    size = 2048
    matrix = np.random.RandomState(0).uniform(size=(size, size)).astype(dtype)
    seconds = []
    for _ in range(4):
        started = time.process_time()
        matrix @ matrix
        seconds.append(time.process_time() - started)
    return {"gflops": 2 * size**3 / min(seconds) / 1e9}


def growth(count: str, dtype: str, steps: int = 600) -> Found:
    """Time of a step and of a run of about `steps` steps, and peak memory, for `count` synthetic images of 28 x 28."""
    images = int(count)
    training, validation = synthetic(images), synthetic(10_000)
    epochs = max(1, round(steps * 128 / images))
    settings = published(dtype, max_epochs=epochs, evaluations_per_epoch=1, patience=1000)
    data = Batches(training, settings.batch_size, dtype)
    weights = np.zeros((10, data.inputs.shape[1]), dtype, order="F")
    seconds = []
    for _, (_, rows) in zip(range(steps), batch_rows(images, settings), strict=False):
        started = time.perf_counter()
        inputs, targets = data.take(rows)
        weights -= 0.01 * loss_and_gradient(MODELS["softmax"], weights, inputs, targets, 0.0, "sum")[1]
        seconds.append(time.perf_counter() - started)
    del data
    run_started = time.process_time()
    history = train(training, validation, settings)
    return {
        "step_microseconds": 1e6 * float(np.median(seconds)),
        "run_seconds": time.process_time() - run_started,
        "run_steps": len(history.train_losses),
        **peak(),
    }


def synthetic(count: int) -> Samples:
    """Random images with as many black pixels as MNIST has, made piece by piece, so that making them is no peak."""
    random = np.random.default_rng(0)
    pixels = np.empty((count, 784), np.uint8)
    for part in np.array_split(pixels, -(-count // 10_000)):
        part[...] = random.integers(0, 256, part.shape, np.uint8)
        part *= random.integers(0, 5, part.shape, np.uint8) == 0
    return Samples(pixels, random.integers(0, 10, count), 127.5)


def memory(dtype: str) -> Found:
    """Peak memory of one training job on all of MNIST, reading included."""
    settings = published(dtype, max_epochs=2)
    train(*mnist(60_000, 10_000, settings.classes), settings)
    return peak()


def peak() -> Found:
    return {"peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


KINDS: dict[str, Callable[..., Found]] = {
    function.__name__: function for function in (contestant, published_work, product, growth, memory)
}

if __name__ == "__main__":
    if hasattr(os, "sched_setaffinity"):  # one core, also for libraries that start threads of their own
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    kind, *rest = sys.argv[1:]
    print(json.dumps(KINDS[kind](*rest)))
