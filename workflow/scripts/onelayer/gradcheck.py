"""Holding the gradients to finite differences."""

import numpy as np

from onelayer.objective import PENALTY_FACTOR, cross_entropy_and_gradient

STEP = 1e-3
OFFSETS = np.array([-2, -1, 1, 2])
COEFFICIENTS = np.array([1, -8, 8, -1]) / 12
FLOOR = 1e-3
TOLERANCE = 1e-6


def central_differences(function, weights):
    """All partial derivatives of the objective at `weights`, by the five-point central difference.

    f'(w) = (f(w - 2h) - 8 f(w - h) + 8 f(w + h) - f(w + 2h)) / 12h + O(h^4) (Abramowitz and Stegun,
    Handbook of Mathematical Functions, table 25.2). With h = 1e-3 in float64 both the truncation and the
    rounding are near 1e-13 for losses of order 1.

    Parameters
    ----------
    function : callable
        From an output k and a change of its weights to the objective, for each input at once: `function(k, change)`
        is the array (D,) of the values with weight (d, k), and no other, changed by `change`.
    weights : float64 (D, K)

    Returns
    -------
    float64 (D, K)
    """
    derivatives = np.empty(weights.shape)
    for output in range(weights.shape[1]):
        values = [function(output, offset * STEP) for offset in OFFSETS]
        derivatives[:, output] = COEFFICIENTS @ values / STEP
    return derivatives


def largest_relative_error(model, weights, inputs, targets, lam, penalty):
    """Largest relative difference between the gradient of J and its central differences.

    Each partial derivative a counts by |a - b| / max(|a|, |b|, s), b its central difference. The scale s is
    `FLOOR` times the largest partial derivative: a derivative that happens to be next to zero is not asked
    for digits that rounding has taken.

    Parameters
    ----------
    model : onelayer.objective.Logistic or Softmax
    weights : float64 (D, K)
    inputs : float64 (N, D)
    targets : int64 (N,)
    lam : float
    penalty : "sum" or "half_sum"
    """
    logits = (inputs @ weights).T
    total = np.square(weights).sum()
    groups = [(target, np.flatnonzero(targets == target)) for target in np.unique(targets)]

    def objective(output, change):
        # Changing weight (d, k) by h changes the logits of output k by h x_d, and the sum of squares by (w + h)^2 - w^2.
        cross_entropy = np.zeros(len(weights))
        for target, rows in groups:
            changed = np.repeat(logits[None, :, rows], len(weights), axis=0)
            changed[:, output] += change * inputs[rows].T
            cross_entropy += model.losses(changed, target).sum(axis=1)
        squares = total + (weights[:, output] + change) ** 2 - weights[:, output] ** 2
        return cross_entropy / len(targets) + lam * PENALTY_FACTOR[penalty] * squares

    _, exact = cross_entropy_and_gradient(model, weights, inputs, targets, lam, penalty)
    differences = central_differences(objective, weights)
    scale = np.maximum(np.abs(exact), np.abs(differences))
    scale = np.maximum(scale, FLOOR * scale.max())
    return float((np.abs(exact - differences) / scale).max())
