"""Holding the gradients to finite differences."""

import numpy as np

from onelayer.objective import cross_entropy_and_gradient, loss

STEP = 1e-3
OFFSETS = np.array([-2, -1, 1, 2])
COEFFICIENTS = np.array([1, -8, 8, -1]) / 12
FLOOR = 1e-3
TOLERANCE = 1e-6


def central_differences(function, weights):
    """All partial derivatives of `function` at `weights`, by the five-point central difference.

    f'(w) = (f(w - 2h) - 8 f(w - h) + 8 f(w + h) - f(w + 2h)) / 12h + O(h^4) (Abramowitz and Stegun,
    Handbook of Mathematical Functions, table 25.2). With h = 1e-3 in float64 both the truncation and the
    rounding are near 1e-13 for losses of order 1.

    Parameters
    ----------
    function : callable
        From weights to a float.
    weights : float64 array of any shape; changed during the call and restored.

    Returns
    -------
    float64 array of the shape of `weights`.
    """
    derivatives = np.empty_like(weights)
    for index in np.ndindex(weights.shape):
        centre = weights[index]
        values = []
        for offset in OFFSETS:
            weights[index] = centre + offset * STEP
            values.append(function(weights))
        weights[index] = centre
        derivatives[index] = COEFFICIENTS @ values / STEP
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
    _, exact = cross_entropy_and_gradient(model, weights, inputs, targets, lam, penalty)
    differences = central_differences(lambda w: loss(model, w, inputs, targets, lam, penalty), weights)
    scale = np.maximum(np.abs(exact), np.abs(differences))
    scale = np.maximum(scale, FLOOR * scale.max())
    return float((np.abs(exact - differences) / scale).max())
