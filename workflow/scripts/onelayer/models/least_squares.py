"""Linear regression on one-hot targets."""

import numpy as np

from onelayer.models import Floats, Integers, Model, add_to_targets


class LeastSquares(Model):
    """Linear regression on one-hot targets.

    C^n = 1/2 sum_k (z_k - y_k)^2;  d C^n / d z_k = z_k - y_k
    (B. Widrow and M. E. Hoff, Adaptive switching circuits, IRE WESCON Convention Record 4, 1960, pages 96-104).
    """

    title, loss, unit = "least squares", "half the squared error", "per image"
    reference = (
        "B. Widrow and M. E. Hoff: Adaptive switching circuits. IRE WESCON Convention Record 4, pages 96-104, 1960."
    )
    smooth = True

    def losses(self, logits: Floats, targets: Integers) -> Floats:
        return self.losses_and_gradient(logits, targets)[0]

    def losses_and_gradient(self, logits: Floats, targets: Integers) -> tuple[Floats, Floats]:
        error = logits.copy()
        add_to_targets(error, targets, -1)
        return 0.5 * np.square(error).sum(axis=-2), error


MODEL = LeastSquares()
