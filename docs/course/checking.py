"""What the exercises share: loading an answer, comparing it, and the digits that come with the project.

A check compares an answer with the right value, and with the values that known mistakes give: so its hint can name the
mistake. To add an exercise: a file of one name, exNN_<name>.py, in exercises/, checks/ and solutions/.
"""

import gzip
import importlib.util
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow/scripts"))

import numpy as np
from tests.training import golden
from threadpoolctl import threadpool_limits

from onelayer.data.readers.idx import parse_idx
from onelayer.data.samples import Samples, choose_samples, inputs_of
from onelayer.data.store import ImageSet
from onelayer.models import model_named
from onelayer.training.evaluation import LossAndAccuracy
from onelayer.training.gradients import central_differences
from onelayer.training.training import batch_rows

COURSE = Path(__file__).resolve().parent
PROJECT = COURSE.parents[1]
DIGITS = PROJECT / "workflow/data/digits"


class Hint(Exception):
    """An answer is wrong; the message says in what, and where to look."""


def verdict(number: int, folder: str = "exercises") -> tuple[bool, str]:
    """Whether the answer to an exercise in `folder` is right, and a line to print.

    An error of the answer's own, say of NumPy, is left alone: its traceback names the line.
    """
    try:
        check, answer = load("checks", number).check, load(folder, number)
        with threadpool_limits(1):  # arrays this small only wait for a second thread
            check(answer)
    except NotImplementedError as error:
        return False, f"Exercise {number} is not filled in yet: docs/course/{path_of(folder, number)}: {error}"
    except Hint as hint:
        return False, f"Exercise {number}, not yet: {hint}"
    return True, f"Exercise {number}: right."


def load(folder: str, number: int) -> ModuleType:
    """The module exNN_*.py of a folder of the course, read anew."""
    path = COURSE / path_of(folder, number)
    specification = importlib.util.spec_from_file_location(path.stem, path)
    assert specification and specification.loader
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def path_of(folder: str, number: int) -> str:
    """The path of an exercise's file within the course."""
    paths = sorted((COURSE / folder).glob(f"ex{number:02d}_*.py"))
    if not paths:
        raise Hint(f"there is no docs/course/{folder}/ex{number:02d}_*.py")
    return paths[0].relative_to(COURSE).as_posix()


def compare(name: str, found: Any, expected: Any, mistakes: Mapping[str, Any] | None = None) -> None:
    """A Hint unless `found` is `expected`; `mistakes` gives, by hint, the value that a mistake comes to."""
    if found is None:
        raise Hint(f"{name} gives nothing back: is there a return?")
    if same(found, expected):
        return
    for hint, value in (mistakes or {}).items():
        if same(found, value):
            raise Hint(f"{name}: {hint}")
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape:
        raise Hint(f"{name} has the shape {found.shape}; it should be {expected.shape}.")
    largest = np.argmax(abs(expected))
    with np.errstate(all="ignore"):
        ratio = found.flat[largest] / expected.flat[largest]
    if same(found, ratio * expected):
        raise Hint(f"{name} is {ratio:.4g} times what it should be.")
    wrong = np.unravel_index(np.argmax(~np.isclose(found, expected, 1e-6, 1e-9)), found.shape)
    place = f" at {tuple(map(int, wrong))}" if found.ndim else ""
    raise Hint(f"{name} is {found[wrong]:.6g}{place}; it should be {expected[wrong]:.6g}.")


def same(found: Any, expected: Any) -> bool:
    """Whether two arrays, or numbers, agree in shape and to six digits."""
    return np.shape(found) == np.shape(expected) and np.allclose(found, expected, 1e-6, 1e-9)


def slope(function: Callable[[Any], Any], points: Any) -> Any:
    """The derivative, by the project's central differences, of a function of one number at each of `points`, (D,)."""
    return central_differences(lambda _, change: function(points + change), points[None])[0]


def gradient(function: Callable[[Any], float], weights: Any) -> Any:
    """All partial derivatives, by the project's central differences, of a function of weights (K, D)."""

    def values(output: int, change: float) -> Any:
        moves = change * np.eye(weights.shape[1])
        return np.array([function(weights + np.eye(len(weights))[:, [output]] * move) for move in moves])

    return central_differences(values, weights)


def raw(split: str, holds: str) -> bytes:
    """A decompressed IDX file of the digits: of "train" or "test", "images" or "labels"."""
    return gzip.decompress(next(DIGITS.glob(f"{split}-{holds}-*")).read_bytes())


def digits(split: str) -> Samples:
    """The digits of a split, "train" or "test"."""
    images, labels = parse_idx(raw(split, "images"), DIGITS, 3), parse_idx(raw(split, "labels"), DIGITS, 1)
    return choose_samples(ImageSet(images, labels, {"pixel_max": 16}), range(10))


def golden_run(loss_and_gradient: Callable[..., Any]) -> bool:
    """Whether the training run of tests/training/golden.py, driven by `loss_and_gradient`, comes to the golden values.

    Its arguments are weights (K, D), inputs (N, D), targets (N,) and lambda; it gives C and the gradient of J.
    """
    settings, training, validation = golden.settings(), digits("train"), digits("test")
    inputs, weights, loss = inputs_of(training, "float64"), np.zeros((10, 65)), np.nan
    evaluated = weights
    every = len(inputs) // settings.batch_size // settings.evaluations.per_epoch
    for step, (_, rows) in enumerate(batch_rows(len(inputs), settings)):
        loss, slopes = loss_and_gradient(weights, inputs[rows], training.targets[rows], settings.lam)
        weights = weights - settings.learning_rate * slopes
        evaluated = weights if step % every == 0 else evaluated
    (lowest,), (right,) = LossAndAccuracy(model_named("softmax"), validation).evaluate(evaluated[None])
    (trained,) = LossAndAccuracy(model_named("softmax"), training).evaluate(evaluated[None])[1]
    return golden.digest_of_metrics([loss, lowest, right, trained]) == golden.METRICS
