"""What the explorer shows, as plain values that JSON can hold. Larger arrays are text: see onelayer.explorer.packing."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Inputs, Run, Task
from onelayer.explorer import LAMBDAS
from onelayer.explorer.packing import packed, packed_planes, packed_snapshots
from onelayer.models import Floats, Model, model_named
from onelayer.results.curves import interval_means, over_seeds
from onelayer.training.runs import RunFiles
from onelayer.training.sets import Chosen
from onelayer.training.training import single

POINTS = 300  # of a curve at most
DIGITS = 6  # of a number in a curve
IMAGES = 300  # of a task at most
TRAINED = 1000  # images at most that the page trains on
STRIDES = (1, 2, 4, 8, 16)
# Bytes, before they are packed, of all snapshots and of all images: the page stays below 8 MB whatever the grid.
ROOM, IMAGE_ROOM, PLAYGROUND_ROOM = 4_000_000, 600_000, 800_000


class Choice(NamedTuple):
    """Which runs' weights are on the page, with every `stride`-th of their snapshots, counted from the last."""

    runs: list[Run]
    stride: int


def chosen_runs(tasks: Mapping[str, Task], runs: Mapping[Run, RunFiles]) -> Choice:
    """As many snapshots, then as many runs, from the first, as there is room for."""
    chosen = [run for task in tasks.values() for run in task.sampled_runs(LAMBDAS)]
    for stride in STRIDES:
        if sum(_bytes(runs[run], stride) for run in chosen) <= ROOM:
            return Choice(chosen, stride)
    while len(chosen) > 1 and sum(_bytes(runs[run], STRIDES[-1]) for run in chosen) > ROOM:
        chosen.pop()
    return Choice(chosen, STRIDES[-1])


def run_content(run: Run, files: RunFiles, stride: int) -> dict[str, Any]:
    """One run: its snapshots, and its last weights to the last digit of float32."""
    steps, weights, losses, accuracies = files.snapshots
    kept = _every(len(steps), stride)
    text, scale = packed_snapshots(weights[kept])
    return {
        "task": run.task,
        "lambda": run.lam,
        "shuffle": run.shuffle,
        "seed": run.seed,
        "steps": steps[kept].tolist(),
        "outputs": weights.shape[1],
        "inputs": weights.shape[2],
        "scale": scale,
        "snapshots": text,
        "last": packed_planes(single(files.last_weights)),
        "loss": _rounded(losses[kept]),
        "accuracy": _rounded(accuracies[kept]),
    }


def series_content(tasks: Sequence[str], runs: Mapping[Run, RunFiles]) -> list[dict[str, Any]]:
    """The curves: for each task, lambda and order the mean over its seeds and, of several, the standard deviation."""
    groups: dict[tuple[str, str, bool], list[RunFiles]] = {}
    for run, files in runs.items():
        groups.setdefault(run[:3], []).append(files)
    ordered = sorted(groups, key=lambda group: (tasks.index(group[0]), float(group[1]), group[2]))
    return [
        {"task": task, "lambda": lam, "shuffle": shuffle, "seeds": len(groups[task, lam, shuffle])}
        | _curves(groups[task, lam, shuffle])
        for task, lam, shuffle in ordered
    ]


def task_content(task: Task, names: Sequence[str], pixel_max: int) -> dict[str, Any]:
    """A task: its model in words, the names of its classes, and how its inputs are made."""
    model = model_named(task.model)
    inputs = task.inputs or Inputs(pixel_max / 2, pixel_max / 2)
    return {
        "name": task.name,
        "loss": f"{model.loss} ({model.unit})",
        "link": link_of(model, len(task.classes)),
        "model": task.model,
        "rate": task.learning_rate,
        "penalty": task.penalty,
        "names": list(names),
        "offset": inputs.offset,
        "scale": inputs.scale,
        "bias": task.bias,
    }


def link_of(model: Model, classes: int) -> str:
    """By which function of model.js the outputs become probabilities: softmax, sigmoid, or none that it knows."""
    outputs = model.outputs(classes)
    logits = np.linspace(-3, 3, 5 * outputs).reshape(5, outputs).T
    found, powers = model.probabilities(logits), np.exp(logits)
    if outputs == 1:
        name, own = "sigmoid", np.concatenate([powers, np.ones_like(powers)]) / (1 + powers)
    else:
        name, own = "softmax", powers / powers.sum(axis=0)
    return name if found is not None and found.shape == own.shape and np.allclose(own, found) else "none"


def playground_content(task: Task, training: Chosen, validation: Chosen) -> dict[str, Any]:
    """The first images of a task's training and validation set that the page trains on, in the order of the file.

    `train` and `validation` are positions of classes; the pixels are text.
    """
    found: dict[str, Any] = {"task": task.name}
    for role, (images, _), most in (("train", training, TRAINED), ("validation", validation, IMAGES)):
        rows = np.flatnonzero(np.isin(images.labels, task.classes))
        rows = rows[: min(most, PLAYGROUND_ROOM // images.images[0].size)]
        found[role] = [task.classes.index(label) for label in images.labels[rows]]
        found[f"{role}Pixels"] = packed(images.images[rows].tobytes())
    return found


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
    pool: dict[tuple[str, int], NDArray[np.uint8]] = {}
    lists: dict[str, list[list[int]]] = {}
    for name, task in tasks.items():
        (stored, numbers), file = validation[name], task.sets["validation"].file
        rows = np.flatnonzero(np.isin(stored.labels, task.classes))[:most].tolist()
        keys = [(file, int(numbers[row])) for row in rows]
        pool |= {key: stored.images[row] for key, row in zip(keys, rows, strict=True)}
        places = {key: place for place, key in enumerate(pool)}
        lists[name] = [
            [places[key], key[1], task.classes.index(stored.labels[row])] for key, row in zip(keys, rows, strict=True)
        ]
    return {"pixels": packed(b"".join(image.tobytes() for image in pool.values())), "tasks": lists}


def _curves(seeds: Sequence[RunFiles]) -> dict[str, Any]:
    curves: dict[str, Any] = {}
    for name in ("validation_loss", "validation_accuracy", "train_loss", "train_accuracy"):
        steps, means, deviations = over_seeds([(files.evaluations["step"], _column(files, name)) for files in seeds])
        kept = np.unique(np.linspace(0, len(steps) - 1, POINTS).round().astype(int))
        curves |= {"steps": steps[kept].tolist(), name: _rounded(means[kept])}
        if len(seeds) > 1:
            curves[f"{name}_sd"] = _rounded(deviations[kept])
    return curves


def _column(files: RunFiles, name: str) -> Floats:
    if name == "train_loss":
        return interval_means(files.train_losses, files.evaluations["step"])
    column: Floats = files.evaluations[name]
    return column


def _bytes(files: RunFiles, stride: int) -> int:
    """Of a run on the page: two bytes a weight and snapshot, and four for each of the last weights."""
    weights = files.snapshots.weights
    return int(weights[0].size * (2 * len(_every(len(weights), stride)) + 4))


def _every(count: int, stride: int) -> NDArray[np.int64]:
    """Every `stride`-th place of `count`, the last among them."""
    return np.arange(count - 1, -1, -stride)[::-1]


def _rounded(values: Floats) -> list[float]:
    return [float(f"{value:.{DIGITS}g}") for value in values]
