"""The two models, their loss and its gradient.

The objective
-------------
For weights w, samples x^1 ... x^N (each with a constant 1 as its last input, whose weights are the biases)
and their targets,

    J(w) = C(w) + lambda * R(w)

C is the cross-entropy, averaged over the N samples:

    logistic    C^n = -(y^n ln p^n + (1 - y^n) ln(1 - p^n)),    p^n = 1 / (1 + exp(-w.x^n))
    softmax     C^n = -sum_k y^n_k ln p^n_k,                    p^n_k = exp(w_k.x^n) / sum_l exp(w_l.x^n)

R is the L2 penalty over all weights, biases included, in one of two conventions:

    penalty "sum"        R = ||w||^2 = sum w^2        the gradient of lambda * R is 2 lambda w
    penalty "half_sum"   R = ||w||^2 / 2              the gradient of lambda * R is lambda w

The gradient of C is, for both models, the mean over n of (p^n_k - y^n_k) x^n (C. M. Bishop, Pattern
Recognition and Machine Learning, 2006, equations 4.91 and 4.109).

Shapes
------
inputs (N, D), weights (D, K): D inputs with the bias last, K outputs (1 for logistic). Logits are (..., K, N), samples
last, because reductions over the classes are then sums of long rows. Targets are positions in the configuration's
list of classes, integers (N,): the logistic model's y is 1 at position 0.
"""

import numpy as np

PENALTY_FACTOR = {"sum": 1.0, "half_sum": 0.5}


class Logistic:
    """One output; its y is 1 for the first of the two classes and 0 for the second."""

    @staticmethod
    def outputs(classes):
        """Number of outputs K for a list of classes."""
        return 1

    @staticmethod
    def error_and_losses(logits, targets):
        """Predicted probability minus y, (1, N): the derivative of C^n by the logits. And C^n of each sample, (N,).

        C^n = ln(1 + exp(-z)) for y = 1 and ln(1 + exp(z)) for y = 0, written so that exp never sees a
        positive number.
        """
        # 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2, which cannot overflow.
        error = 0.5 * (1 + np.tanh(0.5 * logits)) - (targets == 0)
        return error, _softplus(np.where(targets == 0, -logits[0], logits[0]))

    @staticmethod
    def losses(logits, target):
        """Cross-entropy C^n of each sample, (k, N), for logits (k, 1, N) of samples that have the same target."""
        return _softplus(-logits[:, 0] if target == 0 else logits[:, 0])

    @staticmethod
    def margins(logits, target):
        """How far, (k, N), logits (k, 1, N) of samples of one target lie on the right side, and whether they do.

        A probability above 1/2 means y = 1, so z = 0 is right for y = 0.
        """
        margins = logits[:, 0] if target == 0 else -logits[:, 0]
        return margins, (margins > 0 if target == 0 else margins >= 0)


class Softmax:
    """One output a class, in the order in which the configuration lists the classes."""

    @staticmethod
    def outputs(classes):
        """Number of outputs K for a list of classes."""
        return len(classes)

    @staticmethod
    def losses(logits, target):
        """Cross-entropy C^n of each sample, (k, N), for logits (k, K, N) of samples that have the same target."""
        largest = logits.max(axis=1)
        shifted = logits - largest[:, None]
        right = shifted[:, target].copy()
        return np.log(np.exp(shifted, out=shifted).sum(axis=1)) - right

    @staticmethod
    def error_and_losses(logits, targets):
        """Predicted probabilities minus one-hot targets, (K, N): the derivative of C^n by the logits. And C^n, (N,).

        C^n = ln sum_l exp(z_l - m) + m - z_target, m the largest logit, so that exp sees none above 0.
        """
        samples = np.arange(len(targets))
        error = logits - logits.max(axis=0)
        right = error[targets, samples]
        np.exp(error, out=error)
        total = error.sum(axis=0)
        error /= total
        error[targets, samples] -= 1
        return error, np.log(total) - right

    @staticmethod
    def margins(logits, target):
        """Logit of the target minus the largest other, (k, N), for logits (k, K, N) of samples of one target.

        And whether the target wins: of equal largest logits the first class does.
        """
        right = logits[:, target]
        nothing = np.full_like(right, -np.inf)
        before = logits[:, :target].max(axis=1) if target else nothing
        after = logits[:, target + 1 :].max(axis=1) if target + 1 < logits.shape[1] else nothing
        return right - np.maximum(before, after), (right > before) & (right >= after)


MODELS = {"binary": Logistic, "softmax": Softmax}


def loss(model, weights, inputs, targets, lam, penalty):
    """The objective J (float) of the module's docstring."""
    _, losses = model.error_and_losses((inputs @ weights).T, targets)
    return float(losses.mean()) + lam * PENALTY_FACTOR[penalty] * float(np.square(weights).sum())


def cross_entropy_and_gradient(model, weights, inputs, targets, lam, penalty):
    """C, without the penalty (float), and the gradient of J, (D, K) in the dtype of the weights."""
    logits = np.ascontiguousarray((inputs @ weights).T)
    error, losses = model.error_and_losses(logits, targets)
    error /= len(inputs)
    gradient = inputs.T @ error.T
    if lam:
        gradient += (2 * lam * PENALTY_FACTOR[penalty]) * weights
    return float(np.add.reduce(losses, dtype=np.float64)) / len(inputs), gradient


def _softplus(z):
    """ln(1 + exp(z)), which is z for large z."""
    return np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z)))
