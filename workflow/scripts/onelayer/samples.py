"""Samples of a task: which images, and how their bytes become inputs.

A pixel p becomes the input x = (p - m) / m with m half of the data set's largest pixel value, so [0, 255] goes to
[-1, 1] by (p - 127.5) / 127.5. A constant 1 is appended as the last input: its weight is the bias. Images stay bytes
until a computation needs them as floating-point numbers, eight times less to keep and to read.
"""

from typing import NamedTuple

import numpy as np


class Samples(NamedTuple):
    """Images of the classes of a task.

    Attributes
    ----------
    pixels : uint8 (N, P)
    targets : int64 (N,)
        Positions in the list of classes.
    half : float
        The m of the module's docstring.
    """

    pixels: np.ndarray
    targets: np.ndarray
    half: float


def choose_samples(image_set, classes):
    """Samples of the images of `classes` in an ImageSet, in their order; images of other classes are left out."""
    classes = np.asarray(classes)
    position = np.zeros(256, np.int64)
    position[classes] = np.arange(len(classes))
    chosen = np.isin(image_set.labels, classes)
    images = image_set.images[chosen]
    pixels = images.reshape(len(images), images.shape[1] * images.shape[2])
    return Samples(pixels, position[image_set.labels[chosen]], image_set.metadata["pixel_max"] / 2)


def all_inputs(samples, dtype):
    """Inputs (N, P + 1) of samples, with the bias."""
    inputs = np.ones((len(samples.pixels), samples.pixels.shape[1] + 1), dtype)
    inputs[:, :-1] = samples.pixels
    inputs[:, :-1] -= samples.half
    inputs[:, :-1] /= samples.half
    return inputs


class BatchInputs:
    """Inputs of batches of training samples, with all constant inputs merged into one.

    A pixel that is 0 in every training image is an input of -1, and its weight goes through the same steps as the
    bias, with the opposite sign: both start at zero, and their gradients differ by the sign alone. Z such inputs and the
    bias therefore act as one input of sqrt(Z + 1): the logits, the steps and the norm of the weights are those of the
    full model, with fewer columns to multiply. `full_weights` gives the weights of all inputs.
    """

    def __init__(self, samples, batch_size, dtype):
        self.active = np.flatnonzero(samples.pixels.any(axis=0))
        # A column of zeros holds the place of the merged input: operations on whole, contiguous rows are faster.
        self.pixels = np.zeros((len(samples.pixels), len(self.active) + 1), np.uint8)
        self.pixels[:, :-1] = samples.pixels[:, self.active]
        self.targets, self.half = samples.targets, samples.half
        self.size = samples.pixels.shape[1] + 1
        self.merged = np.sqrt(self.size - len(self.active))
        self.bytes = np.empty((batch_size, len(self.active) + 1), np.uint8)
        self.inputs = np.empty(self.bytes.shape, dtype)

    def batch(self, rows):
        """Inputs (batch_size, active + 1) and targets of the samples `rows`; the next call overwrites the inputs."""
        np.take(self.pixels, rows, axis=0, out=self.bytes, mode="clip")
        self.inputs[...] = self.bytes
        self.inputs -= self.half
        self.inputs *= 1 / self.half
        self.inputs[:, -1] = self.merged
        return self.inputs, self.targets[rows]

    def full_weights(self, weights):
        """Weights (P + 1, K) of all inputs for weights (active + 1, K) of the merged ones."""
        bias = weights[-1] / weights.dtype.type(self.merged)
        full = np.empty((self.size, weights.shape[1]), weights.dtype)
        full[:-1] = -bias
        full[self.active] = weights[:-1]
        full[-1] = bias
        return full
