"""Softmax regression."""

import numpy as np

from onelayer.models import Floats, Integers, Model, add_to_targets, of_targets


class Softmax(Model):
    """Softmax regression.

    C^n = -sum_k y_k ln p_k,  p_k = exp(z_k) / sum_l exp(z_l),  y one-hot;  d C^n / d z_k = p_k - y_k
    (Bishop 2006, equations 4.108 and 4.109).
    """

    title, loss, unit = "softmax regression", "cross-entropy", "nats per image"
    smooth = True

    def losses(self, logits: Floats, targets: Integers) -> Floats:
        shifted = logits - logits.max(axis=-2, keepdims=True)
        right = of_targets(shifted, targets)
        return np.log(np.exp(shifted, out=shifted).sum(axis=-2)) - right

    def losses_and_gradient(self, logits: Floats, targets: Integers) -> tuple[Floats, Floats]:
        error = logits - logits.max(axis=0)
        right = of_targets(error, targets)
        np.exp(error, out=error)
        total = error.sum(axis=0)
        error /= total
        add_to_targets(error, targets, -1)
        return np.log(total) - right, error

    def probabilities(self, logits: Floats) -> Floats:
        powers = np.exp(logits - logits.max(axis=-2, keepdims=True))
        return powers / powers.sum(axis=-2, keepdims=True)


MODEL = Softmax()
