"""Intervals and tests on draws whose truth is known, and beside values computed another way."""

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from onelayer.statistics import (
    Interval,
    holm,
    mcnemar,
    mean_interval,
    paired_difference,
    standard_deviation,
    wilson,
)

DRAWS = 2000


def covers(interval, truth):
    return interval.low <= truth <= interval.high


@pytest.mark.parametrize("count", [5, 30])
def test_a_student_interval_covers_the_mean_as_often_as_it_says(count):
    draws = np.random.RandomState(count).normal(0.9, 0.01, (DRAWS, count)).tolist()
    assert 0.93 <= np.mean([covers(mean_interval(values), 0.9) for values in draws]) <= 0.97
    assert 0.78 <= np.mean([covers(mean_interval(values, 0.8), 0.9) for values in draws]) <= 0.82


@pytest.mark.parametrize("count", [5, 30])
def test_a_paired_interval_covers_the_difference_though_the_seeds_differ_much(count):
    random = np.random.RandomState(count)
    seeds = random.normal(0, 1, (DRAWS, count))
    first, second = seeds + random.normal(0.9, 0.02, seeds.shape), seeds + random.normal(0.8, 0.01, seeds.shape)
    intervals = [paired_difference(*pair) for pair in zip(first.tolist(), second.tolist(), strict=True)]
    assert 0.93 <= np.mean([covers(interval, 0.1) for interval in intervals]) <= 0.97
    # Pairing is what makes them short: beside means that vary by 1, a difference is told to about 0.02.
    assert np.mean([interval.high - interval.low for interval in intervals]) < 0.08


@pytest.mark.parametrize("trials", [2000, 10000])
@pytest.mark.parametrize("share", [0.88, 0.9, 0.93])
def test_a_wilson_interval_covers_the_share_as_often_as_it_says(trials, share):
    draws = np.random.RandomState(trials).binomial(trials, share, DRAWS).tolist()
    assert 0.93 <= np.mean([covers(wilson(successes, trials), share) for successes in draws]) <= 0.97


def test_a_wilson_interval_covers_where_the_plain_one_does_not():
    """Ten images, nine in ten right: p ± 1.96 sqrt(p (1 - p) / n) covers in two draws of three."""
    draws = np.random.RandomState(0).binomial(10, 0.9, DRAWS).tolist()
    assert 0.91 <= np.mean([covers(wilson(successes, 10), 0.9) for successes in draws]) <= 0.97


def test_the_paired_test_refuses_a_true_null_as_often_as_it_says():
    seeds, first, second = np.random.RandomState(1).normal(0, 1, (3, DRAWS, 5))
    pairs = zip((seeds + first).tolist(), (seeds + second).tolist(), strict=True)
    assert 0.04 <= np.mean([not covers(paired_difference(*pair), 0) for pair in pairs]) <= 0.06


@pytest.mark.parametrize(("apart", "least"), [(10, 0.01), (200, 0.03)])
def test_mcnemar_refuses_a_true_null_at_most_as_often_as_it_says(apart, least):
    """An exact test is careful: less often the fewer images there are, but not never."""
    only_first = np.random.RandomState(2).binomial(apart, 0.5, DRAWS).tolist()
    assert least <= np.mean([mcnemar(count, apart - count) <= 0.05 for count in only_first]) <= 0.05


def test_holm_keeps_the_family_wise_error_and_gives_more_away_than_one_test():
    draws = np.random.RandomState(3).uniform(size=(DRAWS, 8)).tolist()
    assert np.mean([min(p_values) <= 0.05 for p_values in draws]) > 0.3
    # Eight independent nulls: 1 - (1 - 0.05 / 8)^8 = 4.9 %, with a standard error of 0.5 % in so many draws.
    assert 0.035 <= np.mean([min(holm(p_values)) <= 0.05 for p_values in draws]) <= 0.05


def test_student_intervals_are_those_of_scipy():
    values = [0.91, 0.9, 0.93, 0.89, 0.92]
    for level in (0.9, 0.95, 0.99):
        low, high = stats.t.interval(level, 4, np.mean(values), stats.sem(values))
        assert mean_interval(values, level) == pytest.approx(Interval(0.91, low, high, 5), rel=1e-9)
    # t with four degrees of freedom leaves 2.5 % above 2.776 (Student's table); s = 0.0158, s / sqrt 5 = 0.00707.
    assert mean_interval(values).high - 0.91 == pytest.approx(2.776 * 0.007071, rel=1e-3)


def test_a_paired_difference_ends_at_zero_where_the_paired_t_test_just_refuses():
    first, second = [0.9, 0.92, 0.95, 0.91], [0.89, 0.93, 0.9, 0.9]
    p_value = stats.ttest_rel(first, second).pvalue
    interval = paired_difference(first, second, 1 - p_value)
    assert interval.value == pytest.approx(0.015) and interval.low == pytest.approx(0, abs=1e-9)
    assert paired_difference(second, first).value == -paired_difference(first, second).value


@pytest.mark.parametrize(("successes", "trials"), [(0, 10), (10, 10), (1, 1), (3, 7), (9_134, 10_000)])
def test_wilson_intervals_are_those_of_scipy(successes, trials):
    found = wilson(successes, trials)
    expected = stats.binomtest(successes, trials).proportion_ci(0.95, "wilson")
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)
    assert 0 <= found.low <= found.value == successes / trials <= found.high <= 1


def test_a_wilson_interval_by_hand():
    """The roots of (p - x)^2 = z^2 x (1 - x) / n for 81 in 263 (R. G. Newcombe, Statistics in Medicine 17, 1998)."""
    found = wilson(81, 263)
    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize("counts", [(0, 0), (0, 5), (5, 0), (6, 6), (10, 25), (120, 91), (0, 1)])
def test_mcnemar_is_the_exact_binomial_test(counts):
    expected = stats.binomtest(counts[0], sum(counts)).pvalue if sum(counts) else 1
    assert mcnemar(*counts) == mcnemar(*counts[::-1]) == pytest.approx(expected, rel=1e-9)


def test_mcnemar_by_hand():
    assert mcnemar(1, 5) == pytest.approx(2 * (1 + 6) / 2**6)


def test_holm_by_hand():
    """Four p values of Holm's procedure: 4 x 0.005, 3 x 0.01, and 0.03 and 0.04 held together at 2 x 0.03."""
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([0.7, 0.9]) == [1, 1] and holm([0.02]) == [0.02] and holm([]) == []
    assert holm([0.01, 0.01]) == [0.02, 0.02]


def test_holm_is_the_closed_test_by_bonferroni():
    """A hypothesis falls where every set that holds it falls by Bonferroni: Holm is the shortcut of that."""
    for p_values in np.random.RandomState(4).uniform(0, 0.3, (50, 5)).tolist():
        sets = [some for size in range(1, 6) for some in combinations(range(5), size)]
        whole = {some: min(1, len(some) * min(p_values[place] for place in some)) for some in sets}
        closed = [max(p for some, p in whole.items() if place in some) for place in range(5)]
        assert holm(p_values) == pytest.approx(closed)


def test_what_one_value_or_none_says():
    assert mean_interval([0.9]) == Interval(0.9, None, None, 1) and standard_deviation([0.9]) is None
    assert standard_deviation([1, 2, 3, 4]) == pytest.approx((5 / 3) ** 0.5)
    assert mean_interval([2.0, 2.0, 2.0]) == Interval(2, 2, 2, 3)
    for wrong in (lambda: mean_interval([]), lambda: wilson(3, 2), lambda: wilson(0, 0), lambda: mcnemar(-1, 2)):
        with pytest.raises(ValueError):
            wrong()
    with pytest.raises(ValueError):
        paired_difference([1, 2], [1])
