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
weights (K, D), inputs (N, D), logits (K, N): K outputs (1 for logistic), D inputs with the bias.
Logits have the class axis first because reductions over it are then sums of long rows.
"""

import numpy as np

PENALTY_FACTOR = {"sum": 1.0, "half_sum": 0.5}


class Logistic:
    """One output; its target is 1 for the first of the two classes and 0 for the second."""

    @staticmethod
    def outputs(classes):
        """Number of outputs K for a list of classes."""
        return 1

    @staticmethod
    def targets(labels, classes, dtype):
        """Targets of shape (N,), 1 or 0 in `dtype`, for labels of shape (N,) that all occur in `classes`."""
        return (labels == classes[0]).astype(dtype)

    @staticmethod
    def cross_entropy(logits, targets):
        """Mean cross-entropy (float) of logits (1, N) with targets (N,).

        C^n = ln(1 + exp(z)) - y z, written so that exp never sees a positive number.
        """
        z = logits[0]
        losses = np.maximum(z, 0) - z * targets + np.log1p(np.exp(-np.abs(z)))
        return float(losses.mean(dtype=np.float64))

    @staticmethod
    def error(logits, targets):
        """Predicted probability minus target, (1, N): the derivative of C^n with respect to the logits."""
        # 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2, which cannot overflow.
        return 0.5 * (1 + np.tanh(0.5 * logits)) - targets

    @staticmethod
    def accuracy(logits, targets):
        """Fraction (float) of samples on the right side; a probability above 1/2 is a positive logit."""
        return np.count_nonzero((logits[0] > 0) == (targets > 0.5)) / len(targets)


class Softmax:
    """One output a class, in the order in which the configuration lists the classes."""

    @staticmethod
    def outputs(classes):
        """Number of outputs K for a list of classes."""
        return len(classes)

    @staticmethod
    def targets(labels, classes, dtype):
        """Positions in `classes`, int64 of shape (N,), for labels of shape (N,) that all occur in `classes`."""
        position = np.zeros(256, np.int64)
        position[classes] = np.arange(len(classes))
        return position[labels]

    @staticmethod
    def cross_entropy(logits, targets):
        """Mean cross-entropy (float) of logits (K, N) with targets (N,).

        C^n = ln sum_l exp(z_l - m) + m - z_target, m the largest logit, so that exp sees none above 0.
        """
        largest = logits.max(axis=0)
        log_sum = np.log(np.exp(logits - largest).sum(axis=0))
        losses = log_sum + largest - logits[targets, np.arange(logits.shape[1])]
        return float(losses.mean(dtype=np.float64))

    @staticmethod
    def error(logits, targets):
        """Predicted probabilities minus one-hot targets, (K, N): the derivative of C^n by the logits."""
        probabilities = np.exp(logits - logits.max(axis=0))
        probabilities /= probabilities.sum(axis=0)
        probabilities[targets, np.arange(logits.shape[1])] -= 1
        return probabilities

    @staticmethod
    def accuracy(logits, targets):
        """Fraction (float) of samples whose largest logit is that of their class; a tie goes to the first."""
        return np.count_nonzero(logits.argmax(axis=0) == targets) / len(targets)


MODELS = {"binary": Logistic, "softmax": Softmax}


def loss(model, weights, inputs, targets, lam, penalty):
    """The objective J (float) of the module's docstring."""
    cross_entropy = model.cross_entropy(weights @ inputs.T, targets)
    return cross_entropy + lam * PENALTY_FACTOR[penalty] * float(np.square(weights).sum())


def cross_entropy_and_gradient(model, weights, inputs, targets, lam, penalty):
    """C, without the penalty (float), and the gradient of J, (K, D) in the dtype of the weights."""
    logits = weights @ inputs.T
    gradient = model.error(logits, targets) @ inputs
    gradient /= len(inputs)
    if lam:
        gradient += (2 * lam * PENALTY_FACTOR[penalty]) * weights
    return model.cross_entropy(logits, targets), gradient
