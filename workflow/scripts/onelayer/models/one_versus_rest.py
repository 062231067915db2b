"""One-versus-rest logistic regression."""

import numpy as np

from onelayer.models import Floats, Integers, Model, add_to_targets, of_targets


class OneVersusRest(Model):
    """A logistic regression of each class against all others; no output depends on another, so they share no probability.

    C^n = -sum_k (y_k ln p_k + (1 - y_k) ln(1 - p_k)),  p_k = 1 / (1 + exp(-z_k)),  y one-hot;  d C^n / d z_k = p_k - y_k
    (C. M. Bishop, Pattern Recognition and Machine Learning, 2006, sections 4.1.2 and 4.3.2).
    """

    title, loss, unit = "one-versus-rest logistic regression", "sum of cross-entropies", "nats per image"
    smooth = True

    def losses(self, logits: Floats, targets: Integers) -> Floats:
        return np.logaddexp(0, logits).sum(axis=-2) - of_targets(logits, targets)

    def losses_and_gradient(self, logits: Floats, targets: Integers) -> tuple[Floats, Floats]:
        error = 0.5 * (1 + np.tanh(0.5 * logits))
        add_to_targets(error, targets, -1)
        return self.losses(logits, targets), error


MODEL = OneVersusRest()
