"""Exercise 4: the largest logit of each image is subtracted, which changes no probability and keeps exp small."""

import numpy as np


def loss_and_gradient(weights, inputs, targets):
    count = len(inputs)
    logits = inputs @ weights.T
    logits -= logits.max(axis=1, keepdims=True)
    totals = np.exp(logits).sum(axis=1)
    loss = (np.log(totals) - logits[np.arange(count), targets]).mean()
    errors = np.exp(logits) / totals[:, None]
    errors[np.arange(count), targets] -= 1
    return loss, errors.T @ inputs / count
