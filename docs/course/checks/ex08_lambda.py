"""The lambda that a search finds, against a grid fine enough for the 1 % that are asked for."""

import numpy as np
from checking import Hint, digits
from threadpoolctl import threadpool_limits

from onelayer.data.samples import inputs_of
from onelayer.models import model_named, objective
from onelayer.training.optimum import minimise

SOFTMAX = model_named("softmax")
GRID = np.geomspace(1e-5, 1, 26)


def check(answer):
    fit, loss, asked, fitted = tools()
    lam = answer.find_lambda(fit, loss)
    if not isinstance(lam, int | float | np.number):
        raise Hint(f"find_lambda gives a {type(lam).__name__}: give the lambda alone, a number.")
    if "test" in asked:
        raise Hint("the search looked at the test images: what helped to choose says nothing of new images any more.")
    was_fitted = lam in fitted
    best = min(GRID, key=lambda lam: loss(fit(lam), "validation"))
    lowest, found = loss(fit(best), "validation"), loss(fit(lam), "validation")
    if found <= 1.01 * lowest:
        return
    if not was_fitted:
        raise Hint(f"lambda = {lam:g} was never fitted. Is it a loss that is given back, and not its lambda?")
    if found <= 1.1 * lowest:
        where, why = "near", "Is the grid fine enough between its best values?"
    elif lam < best:
        where, why = "too small", "Training loss and penalty fall with lambda: compare validation losses alone."
    else:
        where, why = "too large", "The network underfits. Does your grid run in powers of ten, and far enough down?"
    raise Hint(f"lambda = {lam:g} is {where}: the validation loss is {found:.3f}; {lowest:.3f} can be reached. {why}")


def tools():
    """`fit` and `loss` as the exercise describes them, the sets that `loss` was asked for, and the weights fitted by lambda."""
    training, test = ((inputs_of(own, np.float64), own.targets) for own in map(digits, ("train", "test")))
    sets = {"training": [own[:300] for own in training], "validation": [own[300:] for own in training], "test": test}
    asked, fitted = [], {}

    def fit(lam):
        if not lam > 0:
            raise Hint(f"fit was called with lambda = {lam:g}: without a penalty J has no minimum here. Stay above 0.")
        if lam not in fitted:
            with threadpool_limits(1):
                fitted[lam] = minimise(SOFTMAX, *sets["training"], float(lam), "sum", np.zeros((10, 65))).weights
        return fitted[lam]

    def loss(weights, which):
        asked.append(which)
        return objective(SOFTMAX, weights, *sets[which], 0.0, "sum")[0]

    return fit, loss, asked, fitted
