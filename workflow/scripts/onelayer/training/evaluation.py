"""Losses and accuracies of several weights at once, over whole sets of samples.

Several weights are multiplied in one matrix product. Samples are grouped into blocks of one target, and a block leaves
out the pixels that are 0 in all its images. An accuracy needs only the sign of a margin: float32 decides it wherever
the margin is above the rounding error of its sums, and the few samples that are left are computed again in float64.
"""

from typing import NamedTuple

import numpy as np

from onelayer.data.samples import Samples
from onelayer.models import Floats, Integers, Model

LOSS_BLOCK = 256  # samples in a block: small enough for the logits to stay in the cache while the loss is taken
ACCURACY_BLOCK = 1024


class Block:
    """Samples of one target, without the pixels that are 0 in all of them."""

    def __init__(self, samples: Samples, rows: Integers) -> None:
        pixels = samples.pixels[rows]
        self.targets = samples.targets[rows]
        self.columns = np.flatnonzero(pixels.any(axis=0))
        self.pixels = pixels[:, self.columns]

    def logits(self, weights: "Scaled", rows: Integers | slice = slice(None)) -> Floats:
        """Logits (k, K, n) of the samples `rows`."""
        pixels = self.pixels[rows].astype(weights.slopes.dtype)
        logits = weights.slopes.take(self.columns, axis=1) @ pixels.T
        logits += weights.offsets[:, None]
        return logits.reshape(*weights.shape, len(pixels))


class Scaled(NamedTuple):
    """Several weights (k, K, D) in the form that multiplies pixels.

    With x = (p - o) / s, w.x + b = (w / s).p + (b - (o / s) sum w): pixels that are 0 drop out of the product.
    """

    slopes: Floats  # w / s, (k K, P)
    offsets: Floats  # b - (o / s) sum w, (k K,)
    shape: tuple[int, int]  # (k, K)

    @classmethod
    def of(cls, weights: Floats, samples: Samples) -> "Scaled":
        rows = weights.reshape(-1, weights.shape[2])
        pixels = rows[:, : samples.pixels.shape[1]]
        bias = rows[:, -1] if samples.bias else np.zeros(len(rows), rows.dtype)
        sums = rows.dtype.type(samples.offset / samples.scale) * pixels.sum(axis=1)
        return cls(pixels / rows.dtype.type(samples.scale), bias - sums, weights.shape[:2])


def blocks_of(samples: Samples, size: int) -> list[Block]:
    """Blocks of at most `size` samples that together are `samples`, sorted by target."""
    blocks = []
    for target in np.unique(samples.targets):
        rows = np.flatnonzero(samples.targets == target)
        blocks += [Block(samples, part) for part in np.array_split(rows, -(-len(rows) // size))]
    return blocks


class LossAndAccuracy:
    """Loss and accuracy over all samples of a set."""

    def __init__(self, model: Model, samples: Samples) -> None:
        self.model, self.samples, self.blocks = model, samples, blocks_of(samples, LOSS_BLOCK)

    def evaluate(self, weights: Floats) -> tuple[Floats, Floats]:
        """Mean losses and accuracies, float64 (k,) each, of weights (k, K, D)."""
        losses, right = np.zeros(len(weights)), np.zeros(len(weights))
        scaled = Scaled.of(weights, self.samples)
        for block in self.blocks:
            logits = block.logits(scaled)
            losses += self.model.losses(logits, block.targets).sum(axis=-1, dtype=np.float64)
            right += count_right(self.model, logits, block.targets)
        count = len(self.samples.targets)
        return losses / count, right / count


class Accuracy:
    """Accuracy over all samples of a set."""

    def __init__(self, model: Model, samples: Samples) -> None:
        self.model, self.samples, self.blocks = model, samples, blocks_of(samples, ACCURACY_BLOCK)
        self.reach = max(1.0, (int(samples.pixels.max(initial=0)) + abs(samples.offset)) / samples.scale)

    def evaluate(self, weights: Floats) -> Floats:
        """Accuracies, float64 (k,), of weights (k, K, D)."""
        single = Scaled.of(weights.astype(np.float32), self.samples)
        double = Scaled.of(weights.astype(np.float64), self.samples)
        # A sum of n products in float32 is within n eps / 2 of the sum of their absolute values (N. J. Higham, Accuracy
        # and Stability of Numerical Algorithms, 2002, section 3.1), and no weight counts more than `reach` times in it; a
        # margin is a difference of two such sums.
        largest = np.abs(weights).sum(axis=2, dtype=np.float64).max()
        single_precision = np.finfo(np.float32)
        doubt = self.reach * (weights.shape[2] + 4) * (single_precision.eps * largest + single_precision.tiny)
        right = np.zeros(len(weights))
        for block in self.blocks:
            margins = self.model.margins(block.logits(single), block.targets)
            # Written so that what is not comparable, after an overflow, is in doubt as well.
            doubtful = np.flatnonzero(~(np.abs(margins) > doubt).all(axis=0))
            right += np.count_nonzero(margins > 0, axis=-1) - np.count_nonzero(margins[:, doubtful] > 0, axis=-1)
            if len(doubtful):
                right += count_right(self.model, block.logits(double, doubtful), block.targets[doubtful])
        return right / len(self.samples.targets)


def count_right(model: Model, logits: Floats, targets: Integers) -> Integers:
    """How many samples of targets (n,) are decided right, (k,), for their logits (k, K, n)."""
    margins = model.margins(logits, targets)
    tied = margins == 0
    right = np.count_nonzero(margins > 0, axis=-1)
    if tied.any():
        right += np.count_nonzero(tied & (model.decisions(logits) == targets), axis=-1)
    return right
