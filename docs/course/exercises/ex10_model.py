"""Exercise 10: add a model.

A model is a class that knows its loss by the logits; workflow/scripts/onelayer/models/__init__.py says what is asked of it, and the
files beside it show how. Write one logistic regression for each class against all others together. (one_versus_rest.py is that
model: look at it afterwards.) With y_k = 1 for the class of the image, and y_k = 0 for all others,

    C^n = sum_k ln(1 + exp(-s_k z_k)),    s_k = 1 where y_k = 1, and s_k = -1 where y_k = 0.

Derive d C^n / d z_k: the result is as short as that of exercise 1. Logits are (..., K, N), samples last, and leading axes are
several weights at once, so sums over the outputs run over axis=-2. Whoever calls you needs the logits afterwards: leave them as they are. Of
float32 logits the results are float32.

Check: python docs/course/check.py 10. Then put the class into the pipeline, as the tour says.
"""

import numpy as np  # noqa: F401

from onelayer.models import Model


class OneAgainstRest(Model):
    """A logistic regression for each class against the others."""

    title, loss, unit = "logistic regression, one class against the rest", "sum of cross-entropies", "nats per image"
    smooth = True

    def losses(self, logits, targets):
        """C^n of each sample, (..., N), for logits (..., K, N) and targets (N,)."""
        raise NotImplementedError("losses: np.logaddexp(0, x) is ln(1 + exp(x)) without overflow")

    def losses_and_gradient(self, logits, targets):
        """C^n, (N,), and its derivative by the logits, (K, N), for logits (K, N)."""
        raise NotImplementedError("losses_and_gradient: derive one term, for s_k = 1 and for s_k = -1")
