"""The golden orders, then two trainings on the digits in the order given: as they lie, and shuffled."""

import numpy as np
from checking import Hint, compare, digits

from onelayer.training.training import batch_rows, train
from tests.training import golden

POINTS = 5  # percentage points that must be lost at once


def check(answer):
    count, epochs, seed = 10, 3, 0
    run = golden.settings(batch_size=count, max_epochs=epochs, seed=seed)
    expected = np.array([rows for _, rows in batch_rows(count, run)])
    random, order, generator = np.random.RandomState(seed), np.arange(count), np.random.default_rng(seed)
    running = [random.shuffle(order) or order.copy() for _ in range(epochs)]
    found = answer.orders(count, epochs, seed)
    if found is not None and any(order is None for order in found):
        raise Hint("orders: shuffle works in place and gives nothing back: append the array, not what shuffle returns.")
    compare("orders", found, expected, {
        "every epoch has the same order: the stream begins anew. Make the RandomState once, before the epochs.": [expected[0]] * epochs,
        "from the second epoch on, the order of the epoch before is shuffled: begin with 0, 1, 2, ... each time.": running,
        "this is the stream of default_rng: RandomState is asked for, because its stream is frozen for ever.": [generator.permutation(count) for _ in range(epochs)],
        "the epochs share one array, shuffled in place: give a copy of each.": running[-1:] * epochs,
        "nothing is shuffled.": [np.arange(count)] * epochs,
    })  # fmt: skip
    if golden.digest_of_order(np.concatenate(answer.orders(20_000, 3, 0))) != golden.PERMUTATIONS:
        raise Hint("orders: right for 10 images, but for 20,000 not the golden orders. Is a size fixed somewhere?")
    training = digits("train")
    order = np.atleast_1d(answer.worst_order(training.targets.copy()))
    if np.array_equal(np.sort(order), np.sort(training.targets)):
        raise Hint("worst_order: these are labels; give the places of the images (np.argsort).")
    if not np.array_equal(np.sort(order), np.arange(len(training.targets))):
        raise Hint("worst_order: each of the places 0 ... N - 1 must come once; no image may be lost or doubled.")
    # The largest fall between two evaluations after the first epoch, in percentage points.
    lost, kept = (-100 * np.diff(curve(training, order, shuffle))[5:].min() for shuffle in (False, True))
    if lost < POINTS:
        variety = np.mean([len(set(batch)) for batch in training.targets[order][:1280].reshape(40, 32)])
        raise Hint(
            f"worst_order: at most {lost:.1f} points are lost at once. A batch holds {variety:.1f} different digits on average: what if it held fewer?"
        )
    if kept >= POINTS:
        raise Hint(f"worst_order: {kept:.1f} points are lost at once even when shuffled; the order does not do that.")


def curve(training, order, shuffle):
    """Validation accuracies of a training on the images in this order, five an epoch."""
    images = training._replace(pixels=training.pixels[order], targets=training.targets[order])
    run = golden.settings(lam=0.0, learning_rate=0.3, max_epochs=10, early_stop=None, shuffle=shuffle)
    return train(images, digits("test"), run).evaluations["validation_accuracy"]
