"""Which images a role takes: a range of a file, a part of a range permuted once, or a draw by the run's seed."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

BOTH = "both"  # the training file followed by the test file


@dataclass(frozen=True)
class Images:
    """Images of a file: `train`, `test` or `both`, counted from 0.

    Attributes
    ----------
    first, count : the range first, ..., first + count - 1
    permuted : a seed; the range in the order RandomState(permuted).permutation
    part : (first, count) of that order
    drawn : how many are drawn from the range without replacement, by the seed of the run
    """

    file: str
    first: int
    count: int
    permuted: int | None = None
    part: tuple[int, int] | None = None
    drawn: int | None = None

    @property
    def end(self) -> int:
        """The number after that of the last image of the range."""
        return self.first + self.count

    @property
    def size(self) -> int:
        """How many images these are."""
        return self.drawn or (self.part[1] if self.part else self.count)

    @property
    def files(self) -> tuple[str, ...]:
        """The stored files that they are in."""
        return ("train", "test") if self.file == BOTH else (self.file,)

    def numbers(self, random: np.random.RandomState) -> NDArray[np.int64]:
        """Their numbers in the file, int64 (size,), in order; draws from `random` if they are drawn."""
        chosen = np.arange(self.first, self.end)
        if self.permuted is not None:
            chosen = chosen[np.random.RandomState(self.permuted).permutation(self.count)]
        if self.part is not None:
            chosen = chosen[self.part[0] : self.part[0] + self.part[1]]
        if self.drawn is not None:
            chosen = chosen[random.choice(len(chosen), self.drawn, replace=False)]
        return chosen

    def overlaps(self, other: "Images") -> bool:
        """Whether they may share an image with others: by their ranges, or by their parts of one permuted range."""
        apart = self.file != other.file and BOTH not in (self.file, other.file)
        if apart or max(self.first, other.first) >= min(self.end, other.end):
            return False
        one, two = self.part, other.part
        if one and two and self.permuted is not None and replace(self, part=two) == other:
            return max(one[0], two[0]) < min(sum(one), sum(two))
        return True
