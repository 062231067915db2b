"""The matrix of dp_k/dz_j and the gradient of the loss, against central differences."""

import numpy as np
from checking import compare, gradient

Z = np.array([0.5, -0.3, 1.2, 0.1])
Y = np.array([0, 0, 1, 0])


def softmax(z):
    return np.exp(z) / np.exp(z).sum()


def check(answer):
    p = softmax(Z)
    expected = np.array([gradient(lambda z, k=k: softmax(z)[k], Z) for k in range(len(Z))])
    compare("p_by_z", answer.p_by_z(p), expected, {
        "entries with k ≠ j are not 0: the denominator of p_k holds every logit.": np.diag(p * (1 - p)),
        "the denominator was taken for a constant: it holds z_j too.": np.diag(p),
        "for k ≠ j the sign is turned round: a larger z_j takes from the other classes.": abs(expected),
    })  # fmt: skip
    expected = gradient(lambda z: -Y @ np.log(softmax(z)), Z)
    compare("loss_by_z", answer.loss_by_z(p, Y), expected, {
        "only the class of the image has an entry: the logits of the others stand in the denominator.": Y * (p - Y),
        "ln p_k was derived as if it were p_k: divide by p_k.": (np.outer(p, p) - np.diag(p)) @ Y,
        "it is divided by the number of classes: the loss is a sum over them.": (p - Y) / len(p),
        "the target is missing: of -sum_k y_k z_k something stays.": p,
    })  # fmt: skip
