"""Evaluating several weights at once: losses and accuracies over whole data sets.

Three things make this fast, and none changes a result. Several weights are multiplied in one matrix product. Samples
are grouped into blocks of one target, and a block leaves out the pixels that are 0 in all its images. And the accuracy
needs only the side on which a sample lies: a sample far from the boundary is not computed again until the weights have
moved far enough to carry it across (`TrainingAccuracy`).
"""

import numpy as np

# Samples in a block. Small enough for the logits to stay in the cache while the loss is taken; larger where few samples
# of a block are computed at a time.
VALIDATION_BLOCK = 256
TRAINING_BLOCK = 1024


class Block:
    """Samples of one target, without the pixels that are 0 in all of them."""

    def __init__(self, target, pixels):
        self.target = target
        self.columns = np.flatnonzero(pixels.any(axis=0))
        self.pixels = pixels[:, self.columns]

    def logits(self, weights, rows=slice(None)):
        """Logits (k, K, n) of the samples `rows` for Weights.

        With x = p / m - 1, w.x + b = (w / m).p + (b - sum w): pixels that are 0 drop out of the product.
        """
        pixels = self.pixels[rows].astype(weights.scaled.dtype)
        count, outputs = weights.offset.shape
        logits = weights.scaled[:, self.columns] @ pixels.T
        logits += weights.offset.reshape(-1, 1)
        return logits.reshape(count, outputs, len(pixels))


class Weights:
    """Several weights in the form in which Block multiplies them."""

    def __init__(self, weights, half):
        """Take weights (k, P + 1, K)."""
        rows = np.ascontiguousarray(weights.transpose(0, 2, 1))
        self.scaled = (rows[:, :, :-1] / half).reshape(-1, rows.shape[2] - 1)
        self.offset = rows[:, :, -1] - rows[:, :, :-1].sum(axis=2)


def blocks_of(samples, size):
    """Blocks of at most `size` samples that together are `samples`, sorted by target."""
    blocks = []
    for target in np.unique(samples.targets):
        rows = np.flatnonzero(samples.targets == target)
        parts = np.array_split(rows, -(-len(rows) // size))
        blocks += [Block(int(target), samples.pixels[part]) for part in parts]
    return blocks


class LossAndAccuracy:
    """Loss and accuracy over all samples of a set."""

    def __init__(self, model, samples):
        self.model, self.blocks, self.count = model, blocks_of(samples, VALIDATION_BLOCK), len(samples.targets)
        self.half = samples.half

    def evaluate(self, weights):
        """Mean cross-entropies and accuracies, float64 (k,) each, of weights (k, P + 1, K)."""
        losses, right = np.zeros(len(weights)), np.zeros(len(weights))
        prepared = Weights(weights, self.half)
        for block in self.blocks:
            logits = block.logits(prepared)
            losses += self.model.losses(logits, block.target).sum(axis=-1, dtype=np.float64)
            right += np.count_nonzero(self.model.margins(logits, block.target)[1], axis=-1)
        return losses / self.count, right / self.count


class TrainingAccuracy:
    """Accuracy over all training samples, looking only at those whose side is in doubt.

    For a sample of target t, the difference d of two weight vectors and the mean input c of the sample's block,
    z_t - z_j changes by (d_t - d_j).x, at most |(d_t - d_j).c| + ||d_t - d_j|| ||x - c|| (Cauchy and Schwarz). A sample
    whose margin at some reference weights exceeds that for every j is on the same side still. Where too many are in doubt,
    the middle one of the weights becomes the new reference.
    """

    IN_DOUBT = 1 / 4  # of the samples: computing them costs about as much as a new reference

    def __init__(self, model, samples):
        self.model, self.blocks, self.count = model, blocks_of(samples, TRAINING_BLOCK), len(samples.targets)
        self.half = samples.half
        spans = [_span(block, samples.pixels.shape[1], samples.half) for block in self.blocks]
        self.centres = np.array([centre for centre, _ in spans])
        self.radii = [radii for _, radii in spans]
        self.reference = None

    def evaluate(self, weights):
        """Accuracies, float64 (k,), of weights (k, P + 1, K)."""
        doubtful = None if self.reference is None else self._doubtful(weights)
        if doubtful is None or sum(map(len, doubtful)) > self.IN_DOUBT * self.count:
            self.refer_to(weights[len(weights) // 2])
            doubtful = self._doubtful(weights)
        right, prepared = np.zeros(len(weights)), Weights(weights, self.half)
        for block, rows, (_, wins) in zip(self.blocks, doubtful, self.sides, strict=True):
            right += np.count_nonzero(wins) - np.count_nonzero(wins[rows])
            if len(rows):
                right += np.count_nonzero(self.model.margins(block.logits(prepared, rows), block.target)[1], axis=-1)
        return right / self.count

    def refer_to(self, weights):
        """Make weights (P + 1, K) the reference: margins and sides of all samples, in float32."""
        self.reference = weights.astype(np.float32)
        prepared, self.sides = Weights(self.reference[None], self.half), []
        for block in self.blocks:
            margins, wins = self.model.margins(block.logits(prepared), block.target)
            self.sides.append((np.abs(margins[0]), wins[0]))

    def _doubtful(self, weights):
        """Rows of each block whose side is in doubt at any of the weights."""
        moved = weights.astype(np.float64) - self.reference
        # |(d_t - d_j).c| and ||d_t - d_j||, the largest over weights and j: by block, and by target.
        shifts = self.centres @ moved
        inner = moved.transpose(0, 2, 1) @ moved
        squares = np.diagonal(inner, axis1=1, axis2=2)
        # Of the logits at the reference and at the weights: relative to the sum of the absolute weights, or underflow.
        single, both = np.finfo(np.float32), np.concatenate([weights, self.reference[None]])
        largest = float(np.abs(both).sum(axis=1, dtype=np.float64).max())
        rounding = 8 * len(self.reference) * single.eps * largest + float(single.tiny)
        doubtful = []
        for number, (block, (margins, _)) in enumerate(zip(self.blocks, self.sides, strict=True)):
            if weights.shape[2] == 1:  # the logistic model: z against 0
                shift, norm = np.abs(shifts[:, number]).max(), np.sqrt(squares.max())
            else:
                t = block.target
                shift = np.abs(shifts[:, number, [t]] - shifts[:, number]).max()
                norm = np.sqrt((squares + squares[:, [t]] - 2 * inner[:, t]).max())
            # What is not comparable, after an overflow, is in doubt as well.
            doubtful.append(np.flatnonzero(~(margins > shift + norm * self.radii[number] + rounding)))
        return doubtful


def _span(block, pixels, half):
    """Mean input (P + 1,) of a block's samples, and the distance of each sample from it (n,)."""
    mean = block.pixels.mean(axis=0)
    centre = np.full(pixels + 1, -1.0)
    centre[block.columns] += mean / half
    centre[-1] = 1
    distances = block.pixels - mean
    return centre, np.sqrt(np.einsum("np,np->n", distances, distances)) / half
