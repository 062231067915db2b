"""Exercise 2 (Task 1b): derive the gradient of the softmax loss.

From the logits z_1 ... z_K the network computes p_k = exp(z_k) / sum_l exp(z_l). The target y is one-hot: 1 at the class of
the image, 0 elsewhere. The loss of one image is

    C = -sum_k y_k ln p_k.

Every p_k depends on every logit, because the sum in its denominator does. On paper, derive first dp_k/dz_j for k = j and
for k ≠ j, then dC/dz_j. Both arguments are arrays of length K.

Check: python docs/course/check.py 2
"""

import numpy as np  # noqa: F401


def p_by_z(p):
    """The matrix (K, K) with dp_k/dz_j in row k, column j. np.diag and np.outer help."""
    raise NotImplementedError("p_by_z: derive the quotient, once for k = j and once for k ≠ j")


def loss_by_z(p, y):
    """dC/dz, an array of length K."""
    raise NotImplementedError("loss_by_z: sum over k with the derivatives you have; sum_k y_k = 1 helps")
