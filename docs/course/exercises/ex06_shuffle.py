"""Exercise 6 (Task 2e): shuffle, and break it.

First the shuffle: in each epoch the images are visited in a new order. All orders come from one stream of random numbers,
np.random.RandomState(seed), which runs on from epoch to epoch; what is shuffled is 0, 1, 2, ... each time. The orders of 20,000
images are held to the golden ones of this project (tests/training/golden.py).

Then break the training without it: give an order of the digits in which a network that visits them as they lie loses more than
five percentage points of validation accuracy from one evaluation to the next, after the first epoch. The check also
trains on the same images shuffled each epoch, which must lose less.

Check: python docs/course/check.py 6
"""

import numpy as np  # noqa: F401


def orders(count, epochs, seed):
    """The order of each epoch, integers (epochs, count)."""
    raise NotImplementedError("orders: one RandomState, made once; its method shuffle works in place")


def worst_order(labels):
    """The places 0 ... N - 1 of the images, each once, in a bad order; `labels` (N,) are the digits that they show."""
    raise NotImplementedError("worst_order: what should a batch lack, so that a step forgets something?")
