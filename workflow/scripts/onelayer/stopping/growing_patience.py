"""Stop at a step that moves on while the validation error falls."""

import numpy as np

from onelayer.io.errors import InputError
from onelayer.stopping import Rule


class Stop(Rule):
    """The rule of the deeplearning.net tutorials.

    The run has patience until step `steps`. An evaluation after step s whose validation error is below `threshold` times the best
    so far lengthens that to `growth` s. The run ends after the first step that is not below it (deeplearning.net tutorial,
    logistic_sgd.py).
    """

    watches = "validation_error"

    def __init__(self, steps: int, growth: float, threshold: float) -> None:
        for key, value in (("steps", steps), ("growth", growth), ("threshold", threshold)):
            if not (type(value) in (int, float) and 0 < value < np.inf):
                raise InputError(f"{key} = {value!r}: give a number above 0")
        self.patience: float = steps
        self.ends_when = (
            f"at step {steps:,}, or at {growth:g} times the last step at which the validation error fell below {threshold:g} times "
            "the lowest so far, whichever is later"
        )
        self.growth, self.threshold = growth, threshold

    def see(self, step: int, value: float) -> bool:
        if value < self.threshold * self.best:
            self.patience = max(self.patience, self.growth * step)
        return super().see(step, value)

    def ends(self, step: int) -> bool:
        return step >= self.patience
