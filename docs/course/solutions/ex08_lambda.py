"""Exercise 8: powers of ten, then nine steps between the neighbours of the best; the test images are never asked for."""

import numpy as np


def find_lambda(fit, loss):
    def score(lam):
        return loss(fit(lam), "validation")

    coarse = min((10.0**power for power in range(-5, 1)), key=score)
    return min(np.geomspace(coarse / 10, coarse * 10, 11), key=score)
