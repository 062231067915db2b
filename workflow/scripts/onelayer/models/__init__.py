"""The objective that every model is trained on, what a model is, and the models: one file each, found by its name.

The objective
-------------
For weights w, samples x^1 ... x^N (each with a constant 1 as its last input, whose weights are the biases) and their
targets,

    J(w) = C(w) + lambda * R(w),    C(w) = (1/N) sum_n C^n(w)

C^n is the loss of one sample and belongs to the model: see its class. R is the L2 penalty over all weights, biases
included, in one of two conventions:

    penalty "sum"        R = ||w||^2 = sum w^2        the gradient of lambda * R is 2 lambda w
    penalty "half_sum"   R = ||w||^2 / 2              the gradient of lambda * R is lambda w

A model knows its loss only through the logits z_k = w_k.x. With d C^n / d z_k from the model, the gradient of C is the
mean over n of (d C^n / d z_k) x^n.

Shapes
------
inputs (N, D) and weights (K, D): K outputs, D inputs, the bias last. Logits are (..., K, N), samples last, because
reductions over the outputs are then sums of long rows; leading axes are several weights at once. Targets are positions
in the task's list of classes, int64 (N,). Whatever the model computes has the dtype of the logits.

A new model is a file of this folder: a `Model`, and `MODEL`, one of it. The configuration calls it by
the name of the file. Its derivation, if you write one, stands in workflow/report/models under the same name.
"""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from onelayer.io.errors import InputError

Floats = NDArray[np.floating]
Integers = NDArray[np.int64]

PENALTY_FACTOR = {"sum": 1.0, "half_sum": 0.5}
CACHE = 1 << 20  # bytes of inputs that are read once for both products


class Model(Protocol):
    """What training, evaluation and the report ask of a model.

    If a model says nothing else it has one output a class, in the order of the task's classes, and decides for the largest, of equals
    the first.
    """

    title: str  # "softmax regression"
    loss: str  # "cross-entropy"
    unit: str  # of the loss: "nats per image"
    reference: str = ""  # where it was published, for the report's bibliography
    class_count: int | None = None  # how many classes it takes; None for two or more
    smooth: bool = False  # whether C^n is convex with a continuous gradient, so that a minimum can be certified

    def outputs(self, classes: int) -> int:
        """Number of outputs K for a number of classes."""
        return classes

    def losses(self, logits: Floats, targets: Integers) -> Floats:
        """C^n of each sample, (..., N), for logits (..., K, N)."""

    def losses_and_gradient(self, logits: Floats, targets: Integers) -> tuple[Floats, Floats]:
        """C^n of each sample, (N,), and its derivative by the logits, (K, N), for logits (K, N)."""

    def margins(self, logits: Floats, targets: Integers) -> Floats:
        """How far logits (..., K, N) are on the right side, (..., N): above 0 decided right, below 0 wrong, 0 a tie."""
        return of_targets(logits, targets) - without_targets(logits, targets).max(axis=-2)

    def decisions(self, logits: Floats) -> Integers:
        """The class decided on, as its position, (..., N), for logits (..., K, N); ties are settled here."""
        return logits.argmax(axis=-2)

    def probabilities(self, logits: Floats) -> Floats | None:
        """Probability of each class, (..., classes, N); None if the model has no probabilities."""
        return None


@cache
def model_named(name: str) -> Model:
    """The model in the file of that name.

    Raises InputError: the folder has no such file.
    """
    if name not in model_names():
        raise InputError(f"no model {name!r}; the models are {', '.join(model_names())}")
    model: Model = import_module(f"onelayer.models.{name}").MODEL
    return model


def model_names() -> list[str]:
    """Names of all models."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")


def of_targets(logits: Floats, targets: Integers) -> Floats:
    """The logit of each sample's target, (..., N), for logits (..., K, N)."""
    return logits[..., targets, np.arange(len(targets))]


def without_targets(logits: Floats, targets: Integers) -> Floats:
    """A copy of logits (..., K, N) with minus infinity at each sample's target."""
    others = logits.copy()
    others[..., targets, np.arange(len(targets))] = -np.inf
    return others


def add_to_targets(values: Floats, targets: Integers, amount: float | Floats | NDArray[np.bool_]) -> None:
    """Add `amount`, a number or (N,), to values (..., K, N) at each sample's target, in place."""
    values[..., targets, np.arange(len(targets))] += amount


def objective(
    model: Model, weights: Floats, inputs: Floats, targets: Integers, lam: float, penalty: str
) -> tuple[float, float]:
    """C and J of the module's docstring, for weights (K, D), inputs (N, D) and targets (N,)."""
    loss = float(model.losses(weights @ inputs.T, targets).mean(dtype=np.float64))
    return loss, loss + lam * PENALTY_FACTOR[penalty] * float(np.square(weights, dtype=np.float64).sum())


def loss_and_gradient(
    model: Model, weights: Floats, inputs: Floats, targets: Integers, lam: float, penalty: str
) -> tuple[float, Floats]:
    """C, without the penalty, and the gradient of J, (K, D) in the dtype of the weights."""
    # OpenBLAS multiplies a batch fastest with the samples first, and many samples with the outputs first.
    batch = inputs.nbytes < CACHE
    logits = np.ascontiguousarray((inputs @ weights.T).T) if batch else weights @ inputs.T
    losses, slopes = model.losses_and_gradient(logits, targets)
    slopes /= len(inputs)
    gradient = (inputs.T @ slopes.T).T if batch else slopes @ inputs
    if lam:
        gradient += (2 * lam * PENALTY_FACTOR[penalty]) * weights
    return float(losses.sum(dtype=np.float64)) / len(inputs), gradient
