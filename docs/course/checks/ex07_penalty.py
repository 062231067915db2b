"""Penalty and gradient in both conventions, the decay, and a golden training run."""

import numpy as np
from checking import compare, compare_golden, gradient

from onelayer.models import PENALTY_FACTOR, loss_and_gradient, model_named

WEIGHTS = np.random.RandomState(7).normal(0, 1, (3, 5))
LAM, RATE = 0.3, 0.05


def check(answer):
    without_bias = WEIGHTS * [1, 1, 1, 1, 0]
    for convention, c in PENALTY_FACTOR.items():
        expected = LAM * c * (WEIGHTS**2).sum()
        compare(f'penalty, "{convention}"', answer.penalty(WEIGHTS.copy(), LAM, convention), expected, {
            "the root is not taken: R is the square of the norm.": LAM * c * np.sqrt((WEIGHTS**2).sum()),
            "these are absolute values; squares were asked for.": LAM * c * abs(WEIGHTS).sum(),
            "the weights are added before they are squared: square each of them.": LAM * c * WEIGHTS.sum() ** 2,
            "the biases count too.": LAM * c * (without_bias**2).sum(),
            "it is the sum over the weights, not their mean.": expected / WEIGHTS.size,
            "lambda is missing.": expected / LAM,
            f'{convention} has the {"squares, and half_sum half of them" if c == 1 else "half of the squares, and sum all of them"}: they are swapped.': expected * (1.5 - c) / c,
        })  # fmt: skip
        expected = gradient(lambda w, c=c: LAM * c * (w**2).sum(), WEIGHTS)
        compare(f'penalty_gradient, "{convention}"', answer.penalty_gradient(WEIGHTS.copy(), LAM, convention), expected, {
            "it is twice too large: with R half the squares, the 2 of the derivative is gone.": 2 * expected,
            "it is half of the right one: the derivative of w² is 2w.": expected / 2,
            "the biases are left out, but R sums over them too.": 2 * c * LAM * without_bias,
            "lambda is missing.": expected / LAM,
        })  # fmt: skip
        expected = 1 - 2 * c * RATE * LAM
        compare(f'decay_factor, "{convention}"', answer.decay_factor(RATE, LAM, convention), expected, {
            "the learning rate is missing: a step takes eta times the gradient.": 1 - 2 * c * LAM,
            "that is what a step takes away; asked for is what stays.": 1 - expected,
            "the sign is turned round: a step goes against the gradient.": 2 - expected,
            "the factor before lambda w is that of your gradient.": 1 - 2 * (1.5 - c) * RATE * LAM,
        })  # fmt: skip

    def penalised(weights, inputs, targets, lam):
        loss, slopes = loss_and_gradient(model_named("softmax"), weights, inputs, targets, 0.0, "sum")
        return loss, slopes + answer.penalty_gradient(weights, lam, "sum")

    compare_golden("penalty_gradient", penalised)
