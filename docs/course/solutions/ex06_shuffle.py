"""Exercise 6: sorted by class, a batch shows one digit, and some steps later the network says nothing else."""

import numpy as np


def orders(count, epochs, seed):
    random = np.random.RandomState(seed)
    result = np.tile(np.arange(count), (epochs, 1))
    for order in result:
        random.shuffle(order)
    return result


def worst_order(labels):
    return np.argsort(labels, kind="stable")
