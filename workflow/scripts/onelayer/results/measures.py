"""The measure of a claim: a number with its interval, of one task, over seeds, or over seeds and images.

It is made of quantities, one number of one run each. Seeds are compared in pairs: two runs of one seed draw the same permutations, unless earlier models of a source have drawn others before.
In file order, where no images are drawn either, one run stands against every seed.
"""

import itertools
import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.claims import Claim
from onelayer.experiment.task import Run
from onelayer.models import Floats, model_named
from onelayer.results.findings import Curve, curve_findings, later_changes
from onelayer.results.predictions import predictions_of
from onelayer.results.rebuilt import Rebuilt
from onelayer.results.statistics import LEVEL, Interval, crossed_interval, mean_interval
from onelayer.training.runs import RunFiles
from onelayer.training.summarise import neighbour_correlation

SPIKE = 0.01  # a drop of the validation accuracy by more than a point, from one evaluation to the next
EPOCHS = 5  # whose evaluations are averaged where epochs are compared: one evaluation wavers
# What one seed gives: a run, or a run and another to subtract from it.
Pair = tuple[Run, ...]


class NotMeasured(Exception):
    """There is no measure; the arguments are the verdict of that, and a sentence that says why."""

    @classmethod
    def without(cls, missing: str) -> "NotMeasured":
        """What a measure needs is not in this configuration."""
        return cls("not run", f"This configuration has no {missing}.")


def measure(claim: Claim, task: str, rebuilt: Rebuilt, shape: Sequence[int]) -> Interval:
    """The measure of a claim for one of its tasks; `shape` is (height, width) of the images.

    Raises NotMeasured.
    """
    if claim.at == "minimum":
        return _at_minimum(claim, task, rebuilt, shape)
    if claim.contrast == "falls":
        return mean_interval(_falls(claim, task, rebuilt, shape))
    pairs = pairs_of(claim, task, rebuilt.runs)
    if not claim.by_image:
        return mean_interval([_of_pair(claim, pair, rebuilt.runs, shape) for pair in pairs])
    values = np.stack([_by_image(claim, pair, rebuilt) for pair in pairs])
    found = crossed_interval(values)._replace(runs=len(pairs), images=values.shape[1])
    # One pair alone has an interval over images if no seed has a part in it.
    drawn = len(pairs) == 1 and any(run.shuffle for run in pairs[0])
    return found._replace(low=None, high=None) if drawn else found


def pairs_of(claim: Claim, task: str, runs: Collection[Run]) -> list[Pair]:
    """The runs of a task that a claim compares, a pair a seed, in the order of the seeds."""
    if not any(run.task == task for run in runs):
        raise NotMeasured.without(f"task {task}")
    first = _by_seed(runs, task, claim.lam)
    if claim.contrast in (None, "epochs"):
        return [(run,) for run in first.values()]
    if claim.contrast == "orders":
        first, ordered = (_by_seed(runs, task, claim.lam, shuffle) for shuffle in (True, False))
        second = dict.fromkeys(first, next(iter(ordered.values()))) | ordered if ordered else {}
    elif claim.contrast == "lambdas":
        first, second = (_by_seed(runs, task, float(lam)) for lam in claim.pair)
    else:
        second = _by_seed(runs, claim.pair[0], claim.lam)
    pairs: list[Pair] = [(run, second[seed]) for seed, run in first.items() if seed in second]
    if not pairs:
        raise NotMeasured.without(f"two runs of one seed of task {task} to compare")
    return pairs


def _by_seed(runs: Collection[Run], task: str, lam: float | None = None, shuffle: bool | None = None) -> dict[int, Run]:
    """Runs of a task at a lambda, or the smallest, by seed; of both orders those that shuffle, if there are any."""
    own = sorted(run for run in runs if run.task == task and shuffle in (None, run.shuffle))
    least = min((float(run.lam) for run in own), default=0.0) if lam is None else lam
    own = [run for run in own if float(run.lam) == least]
    return {run.seed: run for run in [run for run in own if run.shuffle] or own}


def _of_pair(claim: Claim, pair: Pair, runs: Mapping[Run, RunFiles], shape: Sequence[int]) -> float:
    files = [runs[run] for run in pair]
    if claim.contrast == "epochs":
        return in_epoch(files[0], claim.of, claim.pair[1]) - in_epoch(files[0], claim.of, claim.pair[0])
    of_each = zip(files, (claim.of, claim.pair[1] if claim.contrast == "against" else claim.of), strict=False)
    if claim.at == "equal_steps":
        last = min(int(own.evaluations["step"][-1]) for own in files)
        values = [up_to(own, of, last, shape) for own, of in of_each]
    else:
        values = [at_stop(own, of, shape) for own, of in of_each]
    return values[0] - sum(values[1:])


def _falls(claim: Claim, task: str, rebuilt: Rebuilt, shape: Sequence[int]) -> list[float]:
    """By seed the smallest fall from one lambda above 0 to the next larger: above 0 if it falls with every larger lambda."""
    lambdas = sorted({float(run.lam) for run in rebuilt.runs if run.task == task} - {0})
    by_lambda = [_by_seed(rebuilt.runs, task, lam) for lam in lambdas]
    seeds = sorted(set.intersection(*map(set, by_lambda))) if len(by_lambda) > 1 else []
    if not seeds:
        raise NotMeasured.without(f"several lambdas above 0 in task {task}")
    table = [[at_stop(rebuilt.runs[runs[seed]], claim.of, shape) for runs in by_lambda] for seed in seeds]
    return [float((-np.diff(row)).min()) for row in table]


def _by_image(claim: Claim, pair: Pair, rebuilt: Rebuilt) -> Floats:
    """The difference of a pair, or the value of one run, for each validation image, (I,)."""
    values = [_losses_or_hits(claim.of, run.task, rebuilt.runs[run].last_weights, rebuilt, run.seed) for run in pair]
    return values[0] - sum(values[1:])


def _losses_or_hits(of: str, task: str, weights: Floats, rebuilt: Rebuilt, seed: int) -> Floats:
    """The loss of weights for each image of the role in `of`, or whether they are right, as 0 and 1, (I,)."""
    setup, (role, _, kind) = rebuilt.setups[task], of.partition("_")
    found = predictions_of(setup, weights, role, seed, rebuilt.images)
    if kind == "accuracy":
        return (found.label == found.predicted).astype(np.float64)
    targets = np.array([setup.classes.index(label) for label in found.label.tolist()])
    return model_named(setup.model).losses(found.logits.T, targets)


def _at_minimum(claim: Claim, task: str, rebuilt: Rebuilt, shape: Sequence[int]) -> Interval:
    if task not in rebuilt.minima:
        raise NotMeasured.without(f"minimum of task {task}: it is found with the evidence")
    rows = rebuilt.minima[task].rows
    if claim.of == "separable":
        lam = min(rows) if claim.lam is None else claim.lam
        return _exact(float(float(rows[lam]["train_accuracy"]) == 1))
    lambdas = map(float, claim.pair) if claim.contrast == "lambdas" else sorted(lam for lam in rows if lam > 0)
    pairs = list(itertools.pairwise(lambdas))
    if not pairs:
        raise NotMeasured.without(f"several lambdas above 0 in task {task}")
    return min((_between(claim, task, pair, rebuilt, shape, len(pairs)) for pair in pairs), key=lambda own: own.value)


def _between(
    claim: Claim, task: str, pair: tuple[float, float], rebuilt: Rebuilt, shape: Sequence[int], among: int
) -> Interval:
    """At the minimum of a lambda minus at that of another, over images; `among` such intervals hold together."""
    rows, weights = rebuilt.minima[task]
    for lam in pair:
        if rows.get(lam, {}).get("certified") != "true":
            raise NotMeasured("undecided", f"At lambda {lam:g} task {task} has no minimum that is certified.")
    if claim.of in OF_WEIGHTS:
        one, other = (_or_nan(OF_WEIGHTS[claim.of](weights[lam], shape)) for lam in pair)
        return _exact(one - other)

    def difference(of: str) -> Interval:
        one, other = (_losses_or_hits(of, task, weights[lam], rebuilt, int(rows[lam]["seed"])) for lam in pair)
        found = mean_interval((one - other).tolist(), 1 - (1 - LEVEL) / among)
        return found._replace(runs=1, images=found.runs)

    if claim.of != "gap":
        return difference(claim.of)
    train, validation = difference("train_accuracy"), difference("validation_accuracy")
    value, images = train.value - validation.value, train.images + validation.images
    if train.low is None or validation.low is None:
        return Interval(value, None, None, 1, images)
    # Of other images each: their variances add.
    half = float(np.hypot(train.value - train.low, validation.value - validation.low))
    return Interval(value, value - half, value + half, 1, images)


def _exact(value: float) -> Interval:
    return Interval(value, value, value, 1, exact=True)


def at_stop(files: RunFiles, of: str, shape: Sequence[int]) -> float:
    """A quantity of the last weights, or of the whole curve; NaN if it is not defined."""
    if of == "gap":
        return float(files.summary["train_accuracy"] - files.summary["validation_accuracy"])
    if of in files.summary:
        return _or_nan(files.summary[of])
    return up_to(files, of, int(files.evaluations["step"][-1]), shape)


def up_to(files: RunFiles, of: str, last: int, shape: Sequence[int]) -> float:
    """A quantity at the last evaluation up to step `last`, or of the curve until there; NaN if it is not defined.

    Of weights it is that of the last snapshot until there.
    """
    if of in OF_WEIGHTS:
        place = np.flatnonzero(files.snapshots.steps <= last)[-1]
        return _or_nan(OF_WEIGHTS[of](files.snapshots.weights[place].astype(np.float64), shape))
    inside = files.evaluations["step"] <= last
    curve = {column: values[inside] for column, values in files.evaluations.items()}
    return _or_nan(ON_CURVE[of](curve, files)) if of in ON_CURVE else float(_column(curve, of)[-1])


def in_epoch(files: RunFiles, of: str, epoch: int) -> float:
    """The mean of the evaluations in the EPOCHS that end with `epoch`; NaN if the run has none there or ends before."""
    epochs = files.evaluations["epoch"]
    inside = (epochs > epoch - EPOCHS) & (epochs <= epoch) & (epochs[-1] >= epoch)
    return float(_column(files.evaluations, of)[inside].mean()) if inside.any() else math.nan


def hard_batches(curve: Curve, files: RunFiles) -> tuple[float, float]:
    """The share of epochs whose largest drop of the validation accuracy follows the place that most of them share, and the mean
    rank, from the hardest, that the batch at that place has among those of its epoch by its loss before its step.

    Of epochs after the first quarter that are evaluated at every step; NaN if there are none. In file order a place is a batch.
    """
    step, epoch, accuracy = curve["step"], curve["epoch"], curve["validation_accuracy"]
    places, ranks = [], []
    batches = int((epoch == 0).sum())
    for number in range(int(epoch[-1]) // 4, int(epoch[-1]) + 1):
        inside = np.flatnonzero(epoch == number)
        if len(inside) < batches or batches < 2 or step[inside[-1]] - step[inside[0]] != batches - 1 or inside[0] == 0:
            continue
        drops = -np.diff(accuracy[inside[0] - 1 : inside[-1] + 1])
        places.append(int(drops.argmax()))
        ranks.append((-files.train_losses[step[inside]]).argsort().argsort() + 1)
    if not places:
        return math.nan, math.nan
    place = int(np.bincount(places).argmax())
    return places.count(place) / len(places), float(np.mean([rank[place] for rank in ranks]))


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else float(value)


def _column(curve: Curve, of: str) -> NDArray[np.float64]:
    return curve["train_accuracy"] - curve["validation_accuracy"] if of == "gap" else curve[of]


def _of_changes(curve: Curve, column: str, number: Callable[[NDArray[np.float64]], float]) -> float | None:
    changes = later_changes(curve, column, int(curve["step"][-1]))
    return number(changes) if len(changes) else None


def _size(changes: NDArray[np.float64]) -> float:
    return float(np.abs(changes).mean())


ON_CURVE: Mapping[str, Callable[[Curve, RunFiles], float | None]] = {
    "change_of_accuracy": lambda curve, _: _of_changes(curve, "validation_accuracy", _size),
    "change_of_loss": lambda curve, _: _of_changes(curve, "validation_loss", _size),
    "spikes": lambda curve, _: _of_changes(curve, "validation_accuracy", lambda changes: (changes < -SPIKE).sum()),
    "parting_step": lambda curve, _: curve_findings(curve)["parting_step"],
    "rise_of_loss": lambda curve, _: curve_findings(curve)["level_rise"],
    "hard_batch_share": lambda curve, files: hard_batches(curve, files)[0],
    "hard_batch_rank": lambda curve, files: hard_batches(curve, files)[1],
}
OF_WEIGHTS: Mapping[str, Callable[[Any, Sequence[int]], float | None]] = {
    "weight_norm_squared": lambda weights, shape: float(np.square(weights).sum()),
    "neighbour_correlation": neighbour_correlation,
}
