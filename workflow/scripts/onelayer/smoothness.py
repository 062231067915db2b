"""How smooth the images of weights are."""

from collections.abc import Sequence

import numpy as np

from onelayer.objective import Floats


def neighbour_correlation(weights: Floats, shape: Sequence[int]) -> float | None:
    """Correlation of the weights of pixels that touch, pooled over outputs and both directions.

    Near 1 for a smooth image, near 0 for noise; None where it is not defined: no two pixels touch, or all weights are equal.

    Parameters
    ----------
    weights : (K, height * width + 1), the last column the biases, which are left out
    shape : (height, width)
    """
    images = weights[:, :-1].reshape(-1, *shape)
    images = np.ldexp(images, -np.frexp(np.abs(images).max())[1])  # exact, and no square of a weight overflows
    first = np.concatenate([images[:, :, :-1].ravel(), images[:, :-1, :].ravel()])
    second = np.concatenate([images[:, :, 1:].ravel(), images[:, 1:, :].ravel()])
    if not len(first) or first.std() == 0 or second.std() == 0:
        return None
    return float(np.corrcoef(first, second)[0, 1])
