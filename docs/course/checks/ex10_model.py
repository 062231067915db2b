"""What a model is asked for: losses, their gradient, extreme logits, its types, and a training on the digits."""

import numpy as np
from checking import Hint, compare, gradient, trained

from onelayer.models import loss_and_gradient, model_named

RANDOM = np.random.RandomState(10)
Z, TARGETS = RANDOM.normal(0, 1, (4, 7)), RANDOM.randint(0, 4, 7)
Y = np.eye(4)[TARGETS].T


def plain(logits):
    """C^n by its formula."""
    return np.log(1 + np.exp(np.where(Y == 1, -logits, logits))).sum(axis=-2)


def check(answer):
    model, logits = answer.OneAgainstRest(), Z.copy()
    softmax, on_targets = model_named("softmax"), (np.log(1 + np.exp(-Z)) * Y).sum(axis=0)
    mistakes = {
        "s_k is 1 for every class: for all but the target it is -1.": np.log(1 + np.exp(-Z)).sum(axis=0),
        "s_k is -1 for every class: for the target it is 1.": np.log(1 + np.exp(Z)).sum(axis=0),
        "only the term of the target is there: the others say that the image is not of their class.": on_targets,
        "this is the softmax loss: here every output has a probability of its own.": softmax.losses(Z, TARGETS),
        "C^n is the sum over the classes, not their mean.": plain(Z) / len(Z),
        "one number a sample: sum over the outputs, axis=-2.": plain(Z).sum(),
    }
    losses = model.losses(logits, TARGETS)
    unchanged(logits)
    compare("losses", losses, plain(Z), mistakes)
    both = np.stack([Z, 2 * Z])
    compare("losses for two weights at once, logits (2, K, N),", model.losses(both.copy(), TARGETS), plain(both))
    losses, slopes = model.losses_and_gradient(logits, TARGETS)
    unchanged(logits)
    compare("the losses of losses_and_gradient", losses, plain(Z), mistakes)
    # C^n depends on the logits of sample n alone, so the gradient of the sum holds every derivative.
    expected = gradient(lambda z: plain(z).sum(), Z)
    compare("the gradient", slopes, expected, {
        "these are the probabilities of softmax: here every output has its own.": softmax.losses_and_gradient(Z, TARGETS)[1],
        "the target is missing: subtract y_k.": expected + Y,
        f"it is {len(Z)} times too small, and there are {len(Z)} classes: C^n is a sum over them.": expected / len(Z),
        f"it is {len(TARGETS)} times too small: the mean over the batch is taken by the caller.": expected / len(TARGETS),
    })  # fmt: skip
    with np.errstate(all="ignore"):
        losses, slopes = model.losses_and_gradient(1000 * Z, TARGETS)
    if not (np.isfinite(losses).all() and np.isfinite(slopes).all()):
        raise Hint("for logits of 1000 something is not finite: exp overflows. np.logaddexp and np.tanh do not.")
    if {array.dtype for array in model.losses_and_gradient(Z.astype(np.float32), TARGETS)} != {np.dtype(np.float32)}:
        raise Hint("for logits of type float32 the results must be float32 too.")
    history = trained(lambda w, x, targets, _: loss_and_gradient(model, w, x, targets, 0.0, "sum"))
    accuracy = history.evaluations["validation_accuracy"][-1]
    if accuracy < 0.85:
        raise Hint(f"trained on the digits, it decides only {accuracy:.0%} of the validation images right.")


def unchanged(logits):
    if not np.array_equal(logits, Z):
        raise Hint("the logits were changed: whoever calls you needs them afterwards. Work on a copy.")
