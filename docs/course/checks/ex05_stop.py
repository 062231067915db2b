"""Made-up losses that tell the usual mistakes apart, then real runs on the digits."""

import numpy as np
from checking import compare, digits

from onelayer.training.training import train
from tests.training import golden

CASES = [([5, 4, 3, 2, 1], 2), ([5, 4, 4, 4], 2), ([5, 3, 4, 2, 3, 1, 2, 2, 2], 3), ([5, 1, 4, 3, 2, 4, 3], 4)]
CASES += [([5, 6, 6, 6], 3)]


def check(answer):
    compare("stop", numbers(answer.stop), numbers(stopped), {
        "it counts what is worse than the evaluation before: compare with the lowest so far.": numbers(stopped, previous=True),
        "it stops one evaluation too late: the failure that completes the patience ends the training.": numbers(stopped, more=1),
        "it stops one evaluation too early: the lowest itself is no failure.": numbers(stopped, more=-1),
        "an improvement starts the count anew: the failures must come in a row.": numbers(stopped, in_a_row=False),
        "a run that never stops gives None, not its last evaluation.": numbers(lambda losses, patience: stopped(losses, patience) or len(losses) - 1),
        "that is the evaluation with the lowest loss: the training ends later.": numbers(lambda losses, patience: (end := stopped(losses, patience)) and losses.index(min(losses[: end + 1]))),
        "evaluations are counted from 0.": [place + 1 if place >= 0 else place for place in numbers(stopped)],
        "a loss equal to the lowest is not below it: it counts as a failure.": numbers(stopped, equal=True),
    })  # fmt: skip
    for images, batch_size, often in ((1297, 32, 5), (4089, 128, 5), (100, 32, 5)):
        steps = images // batch_size
        every = max(1, steps // often)
        places = np.arange(20 * steps // every)
        found = [answer.epoch_of(int(place), images, batch_size, often) for place in places]
        expected = places * every // steps
        compare(f"epoch_of with {steps} steps an epoch", found, expected, {
            "evaluations are no fixed number an epoch: go by the step, evaluation * e.": places // often,
            "epochs are counted from 0.": expected + 1,
            "what is left over of an epoch is dropped: an epoch has images // batch_size steps.": places * every * batch_size // images,
        })  # fmt: skip
    training, validation = digits("train"), digits("test")
    for lam, seed in ((2.0, 0), (2.0, 1), (0.5, 0)):
        run = golden.settings(lam=lam, seed=seed, learning_rate=0.01, max_epochs=60)
        history = train(training, validation, run)
        losses = list(history.evaluations["validation_loss"])
        last = answer.stop([*losses, *losses], run.early_stop["evaluations"])
        epoch = answer.epoch_of(last, len(training.targets), run.batch_size, run.evaluations.per_epoch)
        compare(f"for the run with lambda = {lam} and seed {seed}, the evaluation", last, len(losses) - 1)
        compare(f"for the run with lambda = {lam} and seed {seed}, the epoch", epoch, history.stop_epoch)


def numbers(stop, more=0, **mistake):
    """Where each case stops, with so much more patience; -1 where it does not."""
    places = [stop(losses, patience + more, **mistake) for losses, patience in CASES]
    return [-1 if place is None else place for place in places]


def stopped(losses, patience, previous=False, in_a_row=True, equal=False):
    """The rule, and what is made of it by mistake."""
    lowest, failures = float("inf"), 0
    for number, loss in enumerate(losses):
        better = loss < lowest or (equal and loss == lowest)
        failures = failures * (not in_a_row) if better else failures + 1
        lowest = loss if previous else min(lowest, loss)
        if failures >= patience:
            return number
    return None
