"""Both factors and their product, against central differences."""

import numpy as np
from checking import compare, gradient

P = np.linspace(0.1, 0.9, 9)
Z = np.log(P / (1 - P))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def loss(p, y):
    return -(y * np.log(p) + (1 - y) * np.log(1 - p))


def check(answer):
    for y in (1, 0, np.arange(len(P)) % 2):
        expected = gradient(lambda p, y=y: loss(p, y).sum(), P)
        compare(f"loss_by_p for y = {y if np.isscalar(y) else 'an array'}", answer.loss_by_p(P, y), expected, {
            "the derivative of ln(1 - p) by p is -1 / (1 - p): its inner derivative is -1.": -y / P - (1 - y) / (1 - P),
            "only the first of the two terms is there.": -y / P,
            "this is the loss itself: its derivative is asked for.": loss(P, y),
        })  # fmt: skip
    compare("p_by_z", answer.p_by_z(P), gradient(lambda z: sigmoid(z).sum(), Z), {
        "a quotient was derived like the exponential in it: use (1/u)' = -u'/u², with u = 1 + exp(-z).": P,
        "the sign is turned round: the inner derivative of exp(-z) is -1, and that of 1/u is negative too.": -P * (1 - P),
    })  # fmt: skip
    for y in (1, 0):
        expected = gradient(lambda z, y=y: loss(sigmoid(z), y).sum(), Z)
        compare(f"loss_by_z for y = {y}", answer.loss_by_z(P, y), expected, {
            "this is dC/dp: multiply it by dp/dz.": (P - y) / (P * (1 - P)),
            "p(1 - p) is left over: it cancels against the denominator of dC/dp.": (P - y) * P * (1 - P),
        })  # fmt: skip
