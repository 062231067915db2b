"""What the exercises share: loading an answer, comparing it, and the digits that come with the project.

A check compares an answer with the right value, and with the values that known mistakes give: so its hint can name the
mistake. To add an exercise: a file of one name, exNN_<name>.py, in exercises/, checks/ and solutions/, and wrong answers in
tests/course/mistakes.yaml.
"""

import gzip
import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest import mock

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "workflow/scripts"))

import numpy as np
from threadpoolctl import threadpool_limits

from onelayer.data.samples import Samples, choose_samples
from onelayer.training.gradients import central_differences
from onelayer.training.training import History, train
from tests.training import golden

COURSE = Path(__file__).resolve().parent
PROJECT = COURSE.parents[1]
NUMBERS = sorted(int(path.name[2:4]) for path in (COURSE / "exercises").glob("ex*.py"))


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
        return False, f"Exercise {number} is not filled in yet: {path_of(folder, number).relative_to(PROJECT)}: {error}"
    except Hint as hint:
        return False, f"Exercise {number}, not yet: {hint}"
    return True, f"Exercise {number}: right."


def load(folder: str, number: int) -> Any:
    """The names in exNN_*.py of a folder of the course, read anew."""
    return SimpleNamespace(**runpy.run_path(str(path_of(folder, number))))


def path_of(folder: str, number: int) -> Path:
    """The file of an exercise in a folder of the course."""
    for path in (COURSE / folder).glob(f"ex{number:02d}_*.py"):
        return path
    raise Hint(f"there is no docs/course/{folder}/ex{number:02d}_*.py")


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
    if same(found, -expected):
        raise Hint(f"{name}: the sign is turned round: a loss is above 0, and a gradient points up, against the step.")
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


def gradient(function: Callable[[Any], float], weights: Any) -> Any:
    """All partial derivatives, by the project's central differences, of a function of an array."""

    def values(_: int, change: float) -> Any:
        moves = change * np.eye(weights.size)
        return np.array([function(weights + move.reshape(weights.shape)) for move in moves])

    return central_differences(values, weights.reshape(1, -1)).reshape(weights.shape)


def raw() -> bytes:
    """The decompressed IDX file of the test images."""
    return gzip.decompress((PROJECT / "workflow/data/digits/test-images-idx3-ubyte.gz").read_bytes())


def digits(split: str) -> Samples:
    """The digits of a split, "train" or "test"."""
    return choose_samples(golden.stored(split), range(10))


def trained(loss_and_gradient: Callable[..., Any]) -> History:
    """The run of tests/training/golden.py with a function of your own in the engine's place.

    It takes weights (K, D), inputs (N, D), targets (N,) and lambda, and gives C and the gradient of J.
    """

    def own(_: Any, weights: Any, inputs: Any, targets: Any, lam: float, penalty: str) -> Any:
        return loss_and_gradient(weights, inputs, targets, lam)

    with mock.patch("onelayer.training.training.loss_and_gradient", own):
        return train(digits("train"), digits("test"), golden.settings())


def compare_golden(name: str, loss_and_gradient: Callable[..., Any]) -> None:
    """A Hint unless that run comes to the golden values."""
    history = trained(loss_and_gradient)
    last = [history.evaluations[key][-1] for key in ("validation_loss", "validation_accuracy", "train_accuracy")]
    if golden.digest_of_metrics([history.train_losses[-1], *last]) != golden.METRICS:
        raise Hint(f"{name}: a training run with it misses the golden values. Is an argument changed, a number fixed?")
