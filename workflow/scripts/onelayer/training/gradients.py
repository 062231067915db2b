"""Checking a model's gradient against finite differences of its objective."""

from collections.abc import Callable

import numpy as np

from onelayer.models import PENALTY_FACTOR, Floats, Integers, Model, loss_and_gradient

STEP = 3e-4
OFFSETS = np.array([-2, -1, 1, 2])
COEFFICIENTS = np.array([1, -8, 8, -1]) / 12
FLOOR = 1e-3
TOLERANCE = 1e-6


def central_differences(function: Callable[[int, float], Floats], weights: Floats) -> Floats:
    """All partial derivatives of an objective at `weights`, float64 (K, D), by the five-point central difference.

    f'(w) = (f(w - 2h) - 8 f(w - h) + 8 f(w + h) - f(w + 2h)) / 12h + O(h^4) (M. Abramowitz and I. A. Stegun, Handbook
    of Mathematical Functions, 1964, table 25.2). With h = 3e-4 in float64 the rounding is near 1e-12 for losses of order 1,
    the truncation below it, and hardly ever does a kink of a piecewise linear loss lie within reach.

    `function(k, change)` gives the objective for each input at once, (D,): with weight (k, d), and no other, changed by `change`.
    """
    values = [[function(output, offset * STEP) for offset in OFFSETS] for output in range(len(weights))]
    return np.array([COEFFICIENTS @ own / STEP for own in values])


def largest_relative_error(
    model: Model, weights: Floats, inputs: Floats, targets: Integers, lam: float, penalty: str
) -> float:
    """Largest relative difference between the gradient of J and its central differences.

    Each partial derivative a counts by |a - b| / max(|a|, |b|, s), b its central difference. The scale s is FLOOR times
    the largest partial derivative: a derivative that happens to be next to zero is not asked for digits that rounding has
    taken. `weights` (K, D) and `inputs` (N, D) are float64, `targets` (N,).
    """
    logits = weights @ inputs.T
    total = np.square(weights).sum()

    def objective(output: int, change: float) -> Floats:
        # Changing weight (k, d) by h changes the logits of output k by h x_d, and the sum of squares by (w + h)^2 - w^2.
        changed = np.repeat(logits[None], weights.shape[1], axis=0)
        changed[:, output] += change * inputs.T
        squares = total + (weights[output] + change) ** 2 - weights[output] ** 2
        return model.losses(changed, targets).mean(axis=-1) + lam * PENALTY_FACTOR[penalty] * squares

    _, exact = loss_and_gradient(model, weights, inputs, targets, lam, penalty)
    differences = central_differences(objective, weights)
    scale = np.maximum(np.abs(exact), np.abs(differences))
    scale = np.maximum(scale, FLOOR * scale.max())
    return float((np.abs(exact - differences) / scale).max())
