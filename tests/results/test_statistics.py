"""Intervals and tests, by the formula and in simulation, and the quantities that claims are measured by."""

import math

import numpy as np
import pytest
from scipy import stats

from onelayer.results.ledger import decide
from onelayer.results.measures import at_stop, in_epoch, up_to
from onelayer.results.statistics import Interval, crossed_interval, mean_interval
from tests.helpers import run

SHAPE = (28, 28)


def coverage(draw, interval, seeds, trials=2000):
    """How often the interval of a draw has the true mean 0, in percent."""
    random = np.random.RandomState(seeds)
    found = [interval(draw(random, seeds)) for _ in range(trials)]
    return 100 * np.mean([own.low <= 0 <= own.high for own in found])


@pytest.mark.parametrize("seeds", [5, 10, 30])
def test_intervals_cover_the_truth_in_98_to_99_9_percent_of_simulations(seeds):
    assert 98 <= coverage(lambda random, n: random.normal(size=n).tolist(), mean_interval, seeds) <= 99.9
    for of_seed, of_image in ((1.0, 0.0), (0.05, 1.0), (0.3, 1.0)):  # which of them the mean varies by

        def crossed(random, n, of_seed=of_seed, of_image=of_image):
            rows, columns = of_seed * random.normal(size=(n, 1)), of_image * random.normal(size=(1, 150))
            return rows + columns + random.normal(size=(n, 150))

        assert 98 <= coverage(crossed, crossed_interval, seeds, 1000) <= 100


def test_intervals_are_those_of_the_formula():
    values = [0.91, 0.9, 0.93, 0.89, 0.92]
    low, high = stats.t.interval(0.99, 4, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx(Interval(0.91, low, high, 5), rel=1e-9)
    for few in (values[:4], [0.9] * 7, [0.9]):
        assert mean_interval(few)[1:4] == (None, None, len(few))
    # Eight values that are one are that of their median, and so is the verdict on them.
    assert mean_interval([0.9] * 8) == Interval(0.9, 0.9, 0.9, 8)
    assert decide(mean_interval([0.0] * 8), {"below": 0}, 1) == "no difference"
    # Images that do not differ leave the interval of the seeds; seeds that do not differ, one row, that of the images.
    grid = np.repeat(np.array(values)[:, None], 40, axis=1)
    assert crossed_interval(grid) == pytest.approx(mean_interval(values), rel=1e-9)
    row = np.random.RandomState(0).normal(size=(1, 50))
    assert crossed_interval(row) == mean_interval(row[0].tolist())


def test_quantities_are_those_of_the_curve_up_to_a_step():
    files = run(1 - np.array([0.1, 0.9, 0.5, 0.5, 0.9, 0.88, 0.9, 0.895]), stop_epoch=None)  # at steps 0, 5, ..., 35
    files.evaluations["epoch"] = np.arange(8) // 4
    assert at_stop(files, "gap", SHAPE) == pytest.approx(0.1)
    assert math.isnan(at_stop(files, "stop_epoch", SHAPE))
    # From step 35 // 4 on: a drop of 0.02 and one of half a point; the start, which jumps, is left out. From 20 // 4 on the drop of 0.4.
    assert at_stop(files, "spikes", SHAPE) == 1 and up_to(files, "spikes", 20, SHAPE) == 1
    assert up_to(files, "change_of_accuracy", 35, SHAPE) == pytest.approx((0.02 + 0.02 + 0.005 + 0.4) / 5)
    assert up_to(files, "validation_accuracy", 29, SHAPE) == pytest.approx(0.88)
    assert in_epoch(files, "validation_accuracy", 1) == pytest.approx((2 + 4 * 0.89375) / 8)
    assert math.isnan(in_epoch(files, "gap", 9))


def test_a_batch_that_is_met_once_an_epoch_is_found_by_the_drops_after_it_and_its_loss():
    """Four batches an epoch; after the third the accuracy drops, and its loss is the largest but one."""
    files = run(1 - np.tile([0.9, 0.9, 0.7, 0.9], 10) - np.repeat(np.arange(10) * 1e-3, 4))
    files.evaluations |= {"step": np.arange(40), "epoch": np.arange(40) // 4}
    files.train_losses = np.tile([0.1, 0.5, 0.4, 0.2], 10)
    found = [up_to(files, f"hard_batch_{of}", 39, SHAPE) for of in ("share", "rank")]
    files.evaluations["step"] = np.arange(40) * 2  # not evaluated at every step
    assert found == [1, 2] and math.isnan(at_stop(files, "hard_batch_share", SHAPE))
