"""Exercise 7: with R = c sum w², the gradient of lambda R is 2 c lambda w, and a step begins with (1 - 2 c eta lambda) w."""

import numpy as np

FACTOR = {"sum": 1.0, "half_sum": 0.5}


def penalty(weights, lam, convention):
    return lam * FACTOR[convention] * np.square(weights).sum()


def penalty_gradient(weights, lam, convention):
    return 2 * lam * FACTOR[convention] * weights


def decay_factor(learning_rate, lam, convention):
    return 1 - 2 * FACTOR[convention] * learning_rate * lam
