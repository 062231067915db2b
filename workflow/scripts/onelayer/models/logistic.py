"""Logistic regression."""

import numpy as np

from onelayer.models import Floats, Integers, Model


class Logistic(Model):
    """Logistic regression for two classes: one output; y is 1 for the first class and 0 for the second.

    C^n = -(y ln p + (1 - y) ln(1 - p)),  p = 1 / (1 + exp(-z));  d C^n / d z = p - y
    (C. M. Bishop, Pattern Recognition and Machine Learning, 2006, equations 4.90 and 4.91).
    Decided for the first class where p > 1/2, that is z > 0.
    """

    title, loss, unit = "logistic regression", "cross-entropy", "nats per image"
    smooth = True
    class_count = 2

    def outputs(self, classes: int) -> int:
        return 1

    def losses(self, logits: Floats, targets: Integers) -> Floats:
        # ln(1 + exp(-m)) for the margin m, written so that exp sees no positive number.
        margins = self.margins(logits, targets)
        return np.maximum(-margins, 0) + np.log1p(np.exp(-np.abs(margins)))

    def losses_and_gradient(self, logits: Floats, targets: Integers) -> tuple[Floats, Floats]:
        # 1 / (1 + exp(-z)) = (1 + tanh(z / 2)) / 2, which cannot overflow.
        return self.losses(logits, targets), 0.5 * (1 + np.tanh(0.5 * logits)) - (targets == 0)

    def margins(self, logits: Floats, targets: Integers) -> Floats:
        return np.where(targets == 0, logits[..., 0, :], -logits[..., 0, :])

    def decisions(self, logits: Floats) -> Integers:
        return (logits[..., 0, :] <= 0).astype(np.int64)

    def probabilities(self, logits: Floats) -> Floats:
        # Each class from its own sign, so that neither is rounded to 0 while the other is near 1.
        return np.exp(-np.logaddexp(0, np.concatenate([-logits, logits], axis=-2)))


MODEL = Logistic()
