"""The lambda that a search finds, against a grid fine enough for the 1 % that are asked for."""

from functools import cache

import numpy as np
import scipy.optimize  # noqa: F401  # minimise needs it, and its BLAS must be there before its threads are limited
from checking import Hint, digits
from threadpoolctl import threadpool_limits

from onelayer.data.samples import inputs_of
from onelayer.models import model_named, objective
from onelayer.training.optimum import minimise

SOFTMAX = model_named("softmax")
TRAINING_IMAGES = 300
GRID = np.geomspace(1e-5, 1, 26)


def check(answer):
    fit, loss, asked, tried = tools()
    lam = answer.find_lambda(fit, loss)
    if lam is None:
        raise Hint("find_lambda gives nothing back: is there a return?")
    if np.ndim(lam) or not isinstance(lam, int | float | np.number):
        raise Hint(f"find_lambda gives a {type(lam).__name__}: give the lambda alone, a number.")
    fitted = lam in tried
    if "test" in asked:
        raise Hint(
            "the search looked at the test images. They are looked at once, when everything is chosen; what has helped to "
            "choose says nothing of new images any more."
        )
    best = min(GRID, key=lambda lam: loss(fit(lam), "validation"))
    lowest, found = loss(fit(best), "validation"), loss(fit(lam), "validation")
    if found <= 1.01 * lowest:
        return
    if not fitted:
        raise Hint(f"lambda = {lam:g} was never fitted. Is it a loss that is given back, and not its lambda?")
    losses = f"its validation loss is {found:.3f} (its training loss {loss(fit(lam), 'training'):.3f}), and {lowest:.3f} can be reached"
    if found <= 1.1 * lowest:
        raise Hint(f"lambda = {lam:g} is near: {losses}. Is the grid fine enough between its best values?")
    if lam < best:
        raise Hint(
            f"lambda = {lam:g} is too small: {losses}. The smaller lambda, the smaller the training loss, and the penalty "
            "if it is left in the comparison: compare the cross-entropy of the validation images alone."
        )
    raise Hint(
        f"lambda = {lam:g} is too large: {losses}. The network is held so short that it underfits. Does your grid run in "
        "powers of ten, and far enough down?"
    )


def tools():
    """`fit` and `loss` as the exercise describes them, the sets that `loss` was asked for, and the lambdas that `fit` was."""
    training, test = digits("train"), digits("test")
    inputs, first = inputs_of(training, np.float64), slice(TRAINING_IMAGES)
    others = slice(TRAINING_IMAGES, None)
    sets = {
        "training": (inputs[first], training.targets[first]),
        "validation": (inputs[others], training.targets[others]),
        "test": (inputs_of(test, np.float64), test.targets),
    }
    asked, tried = [], []

    @cache
    def fit(lam):
        tried.append(lam)
        if not lam > 0:
            raise Hint(
                f"fit was called with lambda = {lam:g}. Without a penalty there is no minimum here: these images can be "
                "separated, and larger weights are always better. Stay above 0."
            )
        with threadpool_limits(1):
            return minimise(SOFTMAX, *sets["training"], float(lam), "sum", np.zeros((10, inputs.shape[1]))).weights

    def loss(weights, which):
        asked.append(which)
        return objective(SOFTMAX, weights, *sets[which], 0.0, "sum")[0]

    return fit, loss, asked, tried
