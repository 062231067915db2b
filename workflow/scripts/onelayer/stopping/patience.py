"""Stop after a number of evaluations in a row without a new lowest validation loss."""

from onelayer.io.errors import InputError
from onelayer.stopping import Rule


class Stop(Rule):
    def __init__(self, evaluations: int) -> None:
        if not (type(evaluations) is int and evaluations >= 1):
            raise InputError(f"evaluations = {evaluations!r}: give an integer of at least 1")
        row = f"{evaluations} evaluations in a row"
        self.ends_when = f"after {row} whose validation loss is not below the lowest so far"
        self.evaluations, self.failures = evaluations, 0

    def see(self, step: int, value: float) -> bool:
        improved = super().see(step, value)
        self.failures = 0 if improved else self.failures + 1
        return improved

    def may_end(self, step: int, waiting: int) -> bool:
        return waiting >= self.evaluations - self.failures

    def ends(self, step: int) -> bool:
        return self.failures >= self.evaluations
