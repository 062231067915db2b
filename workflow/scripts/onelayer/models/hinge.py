"""A linear support vector machine with the multiclass hinge loss."""

import numpy as np

from onelayer.models import Floats, Integers, Model, add_to_targets, of_targets, without_targets


class Hinge(Model):
    """The multiclass hinge loss, a linear support vector machine.

    C^n = max(0, 1 + max_{j != t} z_j - z_t),  t the target. Where it is above 0, d C^n / d z is 1 at the largest j (of
    equals the first), -1 at t and 0 elsewhere; where it is 0, the subgradient 0
    (K. Crammer and Y. Singer, Journal of Machine Learning Research 2, 2001, pages 265-292).
    """

    title, loss, unit = "a linear support vector machine", "hinge loss", "per image"
    reference = (
        "K. Crammer and Y. Singer: On the algorithmic implementation of multiclass kernel-based vector machines. "
        "Journal of Machine Learning Research 2, pages 265-292, 2001."
    )

    def losses(self, logits: Floats, targets: Integers) -> Floats:
        return np.maximum(0, 1 - self.margins(logits, targets))

    def losses_and_gradient(self, logits: Floats, targets: Integers) -> tuple[Floats, Floats]:
        rivals = without_targets(logits, targets).argmax(axis=0)
        losses = np.maximum(0, 1 + of_targets(logits, rivals) - of_targets(logits, targets))
        gradient = np.zeros_like(logits)
        violated = losses > 0
        add_to_targets(gradient, rivals, violated)
        add_to_targets(gradient, targets, -violated.astype(logits.dtype))
        return losses, gradient


MODEL = Hinge()
