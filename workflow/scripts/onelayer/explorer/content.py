"""What the explorer shows, as plain values that JSON can hold. Larger arrays are text, which model.js unpacks.

Weights at the snapshots are rounded to 16 bits on one scale a run, an error of at most 1/65,534 of its largest weight, and
each snapshot but the first is stored as its difference from the one before, modulo 2^16. High and low bytes stand apart.
"""

import base64
import zlib
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Inputs, Run, Task
from onelayer.explorer import LAMBDAS
from onelayer.models import Floats, Model, model_named
from onelayer.results.curves import over_seeds
from onelayer.training.runs import RunFiles
from onelayer.training.sets import Chosen
from onelayer.training.training import single

LARGEST = 2**15 - 1  # of a weight in units of its scale
POINTS = 300  # of a curve at most
DIGITS = 6  # of a number in a curve
IMAGES = 300  # of a task at most
TRAINED = 1000  # images at most that the page trains on
STRIDE = 16  # the largest between snapshots
# Bytes, before they are packed, of all snapshots and of all images: the page stays below 8 MB whatever the grid.
ROOM, IMAGE_ROOM, PLAYGROUND_ROOM = 4_000_000, 600_000, 800_000


def packed(content: bytes) -> str:
    """Bytes as text: deflated (zlib), in base64."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def packed_planes(values: NDArray[Any]) -> str:
    """Numbers as text: the first bytes of all, then the second, and so on; little-endian."""
    little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return packed(little.view(np.uint8).reshape(values.size, values.itemsize).T.tobytes())


def chosen_runs(tasks: Mapping[str, Task], runs: Mapping[Run, RunFiles]) -> tuple[list[Run], int]:
    """Which runs' weights are on the page, with every k-th of their snapshots, counted from the last: what there is room for."""
    chosen, stride = [run for task in tasks.values() for run in task.sampled_runs(LAMBDAS)], 1
    while (stride < STRIDE or len(chosen) > 1) and sum(_bytes(runs[run], stride) for run in chosen) > ROOM:
        if stride < STRIDE:
            stride *= 2
        else:
            chosen.pop()
    return chosen, stride


def _bytes(files: RunFiles, stride: int) -> int:
    """Of a run on the page: two bytes a weight and snapshot, and four for each of the last weights."""
    weights = files.snapshots.weights
    return int(weights[0].size * (2 * len(weights[::stride]) + 4))


def run_content(run: Run, files: RunFiles, stride: int) -> dict[str, Any]:
    """One run: every `stride`-th of its snapshots, and its last weights to the last digit of float32."""
    steps, weights, losses, accuracies = files.snapshots
    kept = slice((len(steps) - 1) % stride, None, stride)  # the last among them
    scale = float(np.abs(weights[kept]).max()) / LARGEST or 1.0
    differences = np.diff(np.rint(weights[kept] / scale).astype(np.int64), axis=0, prepend=0)
    return {
        "task": run.task,
        "lambda": run.lam,
        "shuffle": run.shuffle,
        "seed": run.seed,
        "steps": steps[kept].tolist(),
        "outputs": weights.shape[1],
        "inputs": weights.shape[2],
        "scale": scale,
        "snapshots": packed_planes(differences.astype(np.uint16)),  # wraps around, and so does the page
        "last": packed_planes(single(files.last_weights)),
        "loss": _rounded(losses[kept]),
        "accuracy": _rounded(accuracies[kept]),
    }


def series_content(tasks: Sequence[str], runs: Mapping[Run, RunFiles]) -> list[dict[str, Any]]:
    """The curves: for each task, lambda and order the mean over its seeds and, of several, the standard deviation."""
    ordered = sorted(runs, key=lambda run: (tasks.index(run.task), float(run.lam), run.shuffle))
    return [
        {"task": task, "lambda": lam, "shuffle": shuffle} | _curves([runs[run] for run in seeds])
        for (task, lam, shuffle), seeds in groupby(ordered, key=lambda run: run[:3])
    ]


def _curves(seeds: Sequence[RunFiles]) -> dict[str, Any]:
    curves: dict[str, Any] = {"seeds": len(seeds)}
    for name in ("validation_loss", "validation_accuracy", "train_loss", "train_accuracy"):
        steps, means, deviations = over_seeds([(files.evaluations["step"], _column(files, name)) for files in seeds])
        kept = np.unique(np.linspace(0, len(steps) - 1, POINTS).round().astype(int))
        curves |= {"steps": steps[kept].tolist(), name: _rounded(means[kept])}
        if len(seeds) > 1:
            curves[f"{name}_sd"] = _rounded(deviations[kept])
    return curves


def _column(files: RunFiles, name: str) -> Floats:
    if name == "train_loss":
        steps = files.evaluations["step"]  # the mean since the evaluation before
        counts = np.diff(steps, prepend=-1)
        return np.add.reduceat(files.train_losses[: steps[-1] + 1], steps - counts + 1) / counts
    return files.evaluations[name]


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]


def task_content(task: Task, names: Sequence[str], pixel_max: int) -> dict[str, Any]:
    """A task: its model in words, the names of its classes, and how its inputs are made."""
    model = model_named(task.model)
    inputs = task.inputs or Inputs(pixel_max / 2, pixel_max / 2)
    return {
        "name": task.name,
        "loss": f"{model.loss} ({model.unit})",
        "softmax": is_softmax(model, len(task.classes)),
        "model": task.model,
        "rate": task.learning_rate,
        "penalty": task.penalty,
        "names": list(names),
        "offset": inputs.offset,
        "scale": inputs.scale,
        "bias": task.bias,
    }


def is_softmax(model: Model, classes: int) -> bool:
    """Whether the probabilities of a model are the softmax of its outputs, or of one output and 0: the page knows no others."""
    outputs = model.outputs(classes)
    logits = np.linspace(-3, 3, 5 * outputs).reshape(5, outputs).T
    powers = np.exp(logits if outputs > 1 else np.vstack([logits, np.zeros(5)]))
    found = model.probabilities(logits)
    return found is not None and np.allclose(found, powers / powers.sum(axis=0))


def playground_content(task: Task, training: Chosen) -> dict[str, Any]:
    """The first training images of a task, that the page trains on, in the order of the file: the positions of their classes, and pixels as text."""
    images, labels = training.images.of_classes(task.classes)[:2]
    most = min(TRAINED, PLAYGROUND_ROOM // images[0].size)
    targets = [task.classes.index(label) for label in labels[:most]]
    return {"task": task.name, "targets": targets, "pixels": packed(images[:most].tobytes())}


def image_content(tasks: Mapping[str, Task], validation: Mapping[str, Chosen]) -> dict[str, Any]:
    """The first validation images of each task, each image once.

    Returns
    -------
    dict
        `pixels`, text, all images one after the other; and `tasks`, by name: for each of a task's images where it stands in
        the pixels, its number in its file, and the position of its class.
    """
    size = next(iter(validation.values())).images.images[0].size
    lists_at_most = len({(task.validation, task.classes) for task in tasks.values()})
    most = max(1, min(IMAGES, IMAGE_ROOM // (size * lists_at_most)))
    pixels: dict[tuple[str, int], tuple[int, bytes]] = {}
    lists: dict[str, list[list[int]]] = {name: [] for name in tasks}
    for name, task in tasks.items():
        stored, numbers = validation[name]
        for row in np.flatnonzero(np.isin(stored.labels, task.classes))[:most]:
            key = (task.sets["validation"].file, int(numbers[row]))
            place, _ = pixels.setdefault(key, (len(pixels), stored.images[row].tobytes()))
            lists[name].append([place, key[1], task.classes.index(stored.labels[row])])
    return {"pixels": packed(b"".join(own for _, own in pixels.values())), "tasks": lists}
