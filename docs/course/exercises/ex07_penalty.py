"""Exercise 7 (Task 4a): the L2 penalty.

J(w) = C(w) + lambda R(w), and R sums over all weights, the biases in the last column included. It is written in two ways, and
books and programs differ in which they mean:

    "sum"        R = sum w²
    "half_sum"   R = (sum w²) / 2

Derive the gradient of lambda R for both. Then look at a step, w <- w - eta (dC/dw + d(lambda R)/dw): before it follows C, it
multiplies all weights by a constant, which gives the penalty its other name, weight decay. Which constant?

The check holds your gradient to central differences and trains with it.

Check: python docs/course/check.py 7
"""

import numpy as np  # noqa: F401


def penalty(weights, lam, convention):
    """lambda R, a number, for weights (K, D)."""
    raise NotImplementedError("penalty: the sum of the squares, its factor, lambda")


def penalty_gradient(weights, lam, convention):
    """The gradient of lambda R, (K, D)."""
    raise NotImplementedError("penalty_gradient: derive what you wrote in penalty")


def decay_factor(learning_rate, lam, convention):
    """What a step multiplies the weights by."""
    raise NotImplementedError("decay_factor: write the step down and collect what stands before w")
