"""The minimum of the objective over all training samples, and a proof of how near to it some weights are.

The proof. For a convex C, J = C + lambda R is strongly convex with the constant mu of its penalty: 2 lambda for "sum" and
lambda for "half_sum" (onelayer.models). J then has one minimum J*, and at any w

    J(w) - J* <= ||grad J(w)||^2 / (2 mu)

(S. Boyd and L. Vandenberghe, Convex Optimization, 2004, section 9.1.2, equation 9.9). So the gradient at the weights that
are handed out certifies them, whatever the solver did to find them. Without a penalty mu is 0 and nothing is certified:
where the classes can be separated J has no minimum at all, larger weights are always better, and the search ends once the losses
are so small that every image is decided right.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from onelayer.data.samples import Samples
from onelayer.io.files import readable
from onelayer.models import PENALTY_FACTOR, Floats, Integers, Model, loss_and_gradient
from onelayer.training.evaluation import LossAndAccuracy

GAP = 1e-10  # the bound on J(w) - J* at which the search ends
ITERATIONS = 600  # of one search; without a penalty there is one
SEARCHES = 20  # each from the best weights so far
PAIRS = 20  # differences of weights and gradients that L-BFGS keeps
CURVATURE = 0.1  # of C^n along a logit, roughly; of 0.05 to 0.5 the fastest or nearly so for softmax on MNIST
LEAST_MU = 1e-4  # in the coordinates of the search, without a penalty
SEPARATED = 0.25  # the sum of all losses, below which the smooth models here decide every image right


class Optimum(NamedTuple):
    """Weights float64 (K, D), the norm of the gradient of J there, and the bound on J - J*: None without a penalty."""

    weights: Floats
    gradient_norm: float
    gap_bound: float | None

    @property
    def certified(self) -> bool:
        """Whether they are proven to be within GAP of the minimum."""
        return self.gap_bound is not None and self.gap_bound <= GAP


def strong_convexity(lam: float, penalty: str) -> float:
    """The mu of the module's docstring."""
    return 2 * PENALTY_FACTOR[penalty] * lam


def gap_bound(gradient_norm: float, lam: float, penalty: str) -> float | None:
    """The bound on J(w) - J* for the norm of the gradient of J at w; None without a penalty."""
    return gradient_norm**2 / (2 * strong_convexity(lam, penalty)) if lam else None


def minimise(model: Model, inputs: Floats, targets: Integers, lam: float, penalty: str, start: Floats) -> Optimum:
    """Search for the minimum of J by L-BFGS, until it is certified or SEARCHES have ended.

    L-BFGS is fast where the second derivatives of J are near the identity. So it works on v = w F with F F^T =
    CURVATURE X^T X / N + mu, in whose coordinates they are: exactly so for least squares at a CURVATURE of 1, nearly for
    the other models. On MNIST that takes a quarter of the time, and the certificate does not depend on it.

    The model is a smooth one; `inputs` are float64 (N, D), `targets` (N,), and `start` float64 (K, D).
    """
    from scipy.optimize import minimize

    mu = max(strong_convexity(lam, penalty), LEAST_MU)
    factor = np.linalg.cholesky(CURVATURE / len(inputs) * (inputs.T @ inputs) + mu * np.eye(inputs.shape[1]))
    back = np.linalg.inv(factor)
    best, separated = Optimum(start, np.inf, None), False

    def value_and_gradient(v: Floats) -> tuple[float, Floats]:
        nonlocal best, separated
        weights = v.reshape(start.shape) @ back
        loss, gradient = loss_and_gradient(model, weights, inputs, targets, lam, penalty)
        norm = float(np.linalg.norm(gradient))
        right = not lam and loss * len(inputs) < SEPARATED
        if right or (not separated and norm < best.gradient_norm):
            best, separated = Optimum(weights, norm, gap_bound(norm, lam, penalty)), right
        return loss + lam * PENALTY_FACTOR[penalty] * float(np.square(weights).sum()), (gradient @ back.T).ravel()

    def stop_at_the_end(v: Floats) -> None:
        if best.certified or separated:
            raise StopIteration

    options = {"maxiter": ITERATIONS, "maxfun": 2 * ITERATIONS, "maxcor": PAIRS, "ftol": 0, "gtol": 0}
    for _ in range(SEARCHES if lam else 1):
        v = (best.weights @ factor).ravel()
        minimize(value_and_gradient, v, jac=True, method="L-BFGS-B", callback=stop_at_the_end, options=options)
        if best.certified:
            break
    return best


def objectives(model: Model, samples: Samples, lam: float, penalty: str, weights: Floats) -> Floats:
    """J over all samples of a set, float64 (k,), of weights (k, K, D)."""
    weights = weights.astype(np.float64)
    losses, _ = LossAndAccuracy(model, samples).evaluate(weights)
    return losses + lam * PENALTY_FACTOR[penalty] * np.square(weights).sum(axis=(1, 2))


def read_optima(path: str | Path) -> dict[str, Floats]:
    """The weights found, by lambda as it is spelled, of an .npz file.

    Raises InputError: the file is damaged.
    """
    with readable(path), np.load(path, allow_pickle=False) as arrays:
        return dict(arrays)
