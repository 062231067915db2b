"""Exercise 4 (Tasks 2a and 3a): code the gradient.

For weights w (K, D), inputs x (N, D) and targets (N,), the numbers of the classes from 0 to K - 1, the logits are z = x w^T, (N, K), and

    C(w) = (1/N) sum_n C^n(w)

with the softmax loss of exercise 2 for C^n. The gradient of C has the shape of w. No loop over images is needed: with the
errors p - y of all images in one array, the sum over n is one matrix product.

The check holds your gradient to central differences, tries logits of 1000, and then trains with it: the losses and
accuracies must be the golden values of this project (tests/training/golden.py).

Check: python docs/course/check.py 4
"""

import numpy as np  # noqa: F401


def loss_and_gradient(weights, inputs, targets):
    """C, a number, and its gradient, (K, D)."""
    raise NotImplementedError("loss_and_gradient: logits, probabilities, loss; then errors and gradient")
