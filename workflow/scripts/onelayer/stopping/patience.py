"""Stop after a number of evaluations in a row without a new lowest validation loss."""

import numpy as np

from onelayer.io.errors import InputError


class Stop:
    """The run ends after `evaluations` in a row whose validation loss is not below the lowest so far."""

    watches = "validation_loss"

    def __init__(self, evaluations: int) -> None:
        if not (type(evaluations) is int and evaluations >= 1):
            raise InputError(f"evaluations = {evaluations!r}: give an integer of at least 1")
        self.ends_when = (
            f"after {evaluations} evaluations in a row whose validation loss is not below the lowest so far"
        )
        self.evaluations, self.failures, self.best = evaluations, 0, np.inf

    def see(self, step: int, value: float) -> bool:
        improved = value < self.best
        self.failures = 0 if improved else self.failures + 1
        self.best = min(self.best, value)
        return improved

    def may_end(self, step: int, waiting: int) -> bool:
        return waiting >= self.evaluations - self.failures

    def ends(self, step: int) -> bool:
        return self.failures >= self.evaluations
