"""Samples of a task: which images, and how their bytes become inputs.

A pixel p becomes the input x = (p - offset) / scale. If nothing else is said both are the midpoint, half of the data set's
largest pixel value, so [0, 255] goes to [-1, 1] by (p - 127.5) / 127.5. With a bias a constant 1 is appended as the last input:
its weight is the bias. Images stay bytes until a computation needs them as floating-point numbers, eight times less to keep
and to read.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import DTypeLike, NDArray

from onelayer.data.store import ImageSet


class Samples(NamedTuple):
    """Images of the classes of a task.

    Attributes
    ----------
    pixels : uint8 (N, P)
    targets : int64 (N,)
        Positions in the list of classes.
    offset, scale : float
    bias : bool
    """

    pixels: NDArray[np.uint8]
    targets: NDArray[np.int64]
    offset: float
    scale: float
    bias: bool = True


def choose_samples(
    image_set: ImageSet, classes: Sequence[int], inputs: tuple[float, float] | None = None, bias: bool = True
) -> Samples:
    """Samples of the images of `classes`, in the order of the ImageSet; images of other classes are left out.

    `inputs` are offset and scale; None for the midpoint.
    """
    position = np.zeros(256, np.int64)
    position[list(classes)] = np.arange(len(classes))
    images, labels, metadata = image_set.of_classes(classes)
    pixels = images.reshape(len(images), images.shape[1] * images.shape[2])
    offset, scale = inputs or (metadata["pixel_max"] / 2,) * 2
    return Samples(pixels, position[labels], offset, scale, bias)


def inputs_of(samples: Samples, dtype: DTypeLike) -> NDArray[np.floating]:
    """Inputs (N, D) of samples, D = P + 1 with the bias."""
    count, pixels = samples.pixels.shape
    inputs = np.ones((count, pixels + samples.bias), dtype)
    inputs[:, :pixels] = samples.pixels
    inputs[:, :pixels] -= samples.offset
    inputs[:, :pixels] /= samples.scale
    return inputs


class Batches:
    """Inputs of batches of samples, with all constant inputs merged into one: a run takes a fifth less time on MNIST.

    A pixel that is 0 in every sample is an input c = -offset / scale, and its weight goes through the same steps as the bias,
    c times as far: both start at zero, and the gradient of the one is c times that of the other. Z such inputs and the bias
    therefore act as one input of sqrt(Z c^2 + 1): logits, steps and the norm of the weights are those of the full model.
    """

    def __init__(self, samples: Samples, batch_size: int, dtype: DTypeLike) -> None:
        self.varying = np.flatnonzero(samples.pixels.any(axis=0))
        # One more column holds the place of the merged input: operations on whole, contiguous rows are faster.
        self.pixels = np.zeros((len(samples.pixels), len(self.varying) + 1), np.uint8)
        self.pixels[:, :-1] = samples.pixels[:, self.varying]
        self.targets, self.offset, self.scale, self.bias = samples.targets, samples.offset, samples.scale, samples.bias
        self.pixel_count = samples.pixels.shape[1]
        self.constant = -samples.offset / samples.scale
        self.merged = np.sqrt((self.pixel_count - len(self.varying)) * self.constant**2 + samples.bias)
        self.bytes = np.empty((batch_size, len(self.varying) + 1), np.uint8)
        self.inputs = np.empty(self.bytes.shape, dtype)

    def take(self, rows: NDArray[np.int64]) -> tuple[NDArray[np.floating], NDArray[np.int64]]:
        """Inputs (batch_size, V + 1), V the pixels that vary, and targets of the samples `rows`.

        The next call overwrites the inputs.
        """
        np.take(self.pixels, rows, axis=0, out=self.bytes, mode="clip")
        self.inputs[...] = self.bytes
        self.inputs -= self.offset
        self.inputs *= 1 / self.scale
        self.inputs[:, -1] = self.merged
        return self.inputs, self.targets[rows]

    def full_weights(self, weights: NDArray[np.floating]) -> NDArray[np.floating]:
        """Weights (K, D) of all inputs, a copy, for weights (K, V + 1) of the merged ones."""
        # Without a constant input the merged weights stay zero.
        bias = weights[:, -1:] / weights.dtype.type(self.merged or 1)
        full = np.repeat(weights.dtype.type(self.constant) * bias, self.pixel_count + self.bias, axis=1)
        full[:, self.varying] = weights[:, :-1]
        if self.bias:
            full[:, -1:] = bias
        return full
