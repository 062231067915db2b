"""Loss and gradient against the project's objective and central differences, large logits, and a golden training run."""

import numpy as np
from checking import Hint, compare, compare_golden, gradient

from onelayer.models import loss_and_gradient, model_named, objective

SOFTMAX, RANDOM = model_named("softmax"), np.random.RandomState(4)
K, N = 3, 8
WEIGHTS, INPUTS, TARGETS = RANDOM.normal(0, 1, (K, 5)), RANDOM.uniform(-1, 1, (N, 5)), RANDOM.randint(0, K, N)
P, Y = SOFTMAX.probabilities(WEIGHTS @ INPUTS.T), np.eye(K)[:, TARGETS]


def check(answer):
    loss, found = answer.loss_and_gradient(WEIGHTS.copy(), INPUTS.copy(), TARGETS.copy())
    expected, _ = objective(SOFTMAX, WEIGHTS, INPUTS, TARGETS, 0.0, "sum")
    over_images = SOFTMAX.probabilities((WEIGHTS @ INPUTS.T).T).T
    compare("the loss", loss, expected, {
        "the softmax runs over the images: each image has a sum of its own, over the classes.": -np.log((over_images * Y).sum(axis=0)).mean(),
        "it is the sum over the batch: take the mean.": N * expected,
        "the mean runs over images and classes: sum over the classes, then take the mean over the images.": expected / K,
        "it is in bits: take the natural logarithm.": expected / np.log(2),
    })  # fmt: skip
    expected = gradient(lambda w: objective(SOFTMAX, w, INPUTS, TARGETS, 0.0, "sum")[0], WEIGHTS)
    compare("the gradient", found, expected, {
        f"it is {N} times too large, and the batch has {N} images: is the mean taken over the batch?": N * expected,
        f"it is {K} times too small, and there are {K} classes: the mean runs over the images alone.": expected / K,
        f"it is {N} times too small: was the mean taken twice?": expected / N,
        "it is that of p alone: the errors are p - y.": P @ INPUTS / N,
        f"the mean is taken over the {K} classes: take it over the {N} images.": N * expected / K,
        "the errors are multiplied by 1 - p^2: that is the slope of tanh, and no factor is left here.": (P - Y) * (1 - P**2) @ INPUTS / N,
        "it is twice too large: this is the gradient of a square, but the loss is a logarithm.": 2 * expected,
        "it lies on its side: one row an output, like the weights.": expected.T,
    })  # fmt: skip
    with np.errstate(all="ignore"):
        loss, found = answer.loss_and_gradient(1000 * WEIGHTS, INPUTS.copy(), TARGETS.copy())
    if np.isnan(loss) or not np.isfinite(found).all():
        raise Hint(f"with large logits the loss is {loss}: exp overflows. Subtract each image's largest logit first.")
    expected, slopes = loss_and_gradient(SOFTMAX, 1000 * WEIGHTS, INPUTS, TARGETS, 0.0, "sum")
    compare("the loss for large logits, where no p may be cut off,", loss, expected, {
        "exp has come to 0 and ln takes it. With m the largest logit of an image, -ln p of its class t is ln(sum exp(z - m)) - (z_t - m).": np.inf,
    })  # fmt: skip
    compare("the gradient for large logits", found, slopes)

    def penalised(weights, inputs, targets, lam):
        loss, slopes = answer.loss_and_gradient(weights, inputs, targets)
        return loss, slopes + 2 * lam * weights

    compare_golden("loss_and_gradient", penalised)
