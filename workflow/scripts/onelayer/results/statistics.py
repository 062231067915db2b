"""Intervals and tests for what a few runs, or many images, say.

Runs that differ in their seed alone are taken for independent draws: a mean over them has a Student interval, and two
settings that were trained on the same seeds are compared seed by seed. Images are counted: a share of them has a Wilson
interval, and two classifiers that saw the same images differ only in those that one of them gets right.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Interval(NamedTuple):
    """An estimate with its interval; `low` and `high` are None for a single value."""

    value: float
    low: float | None
    high: float | None
    runs: int  # how many values or trials it rests on


def standard_deviation(values: Sequence[float]) -> float | None:
    """The sample's, with n - 1; None for one value."""
    if len(values) < 2:
        return None
    mean = math.fsum(values) / len(values)
    return math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (len(values) - 1))


def mean_interval(values: Sequence[float], level: float = 0.95) -> Interval:
    """Mean and Student's interval, mean ± t s / sqrt(n) with n - 1 degrees of freedom.

    Student (W. S. Gosset), The probable error of a mean, Biometrika 6, 1908, pages 1-25.
    """
    from scipy.special import stdtrit

    if not len(values):
        raise ValueError("no values, no mean")
    mean, deviation = math.fsum(values) / len(values), standard_deviation(values)
    if deviation is None:
        return Interval(mean, None, None, 1)
    half = float(stdtrit(len(values) - 1, (1 + level) / 2)) * deviation / math.sqrt(len(values))
    return Interval(mean, mean - half, mean + half, len(values))


def wilson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """A share and its score interval, which stays within 0 and 1 and is right near both.

    E. B. Wilson, Probable inference, the law of succession, and statistical inference, Journal of the American
    Statistical Association 22, 1927, pages 209-212.
    """
    from scipy.special import ndtri

    if not 0 <= successes <= trials or trials < 1:
        raise ValueError(f"{successes} successes in {trials} trials")
    z, share = float(ndtri((1 + level) / 2)), successes / trials
    middle = (share + z**2 / (2 * trials)) / (1 + z**2 / trials)
    half = z / (1 + z**2 / trials) * math.sqrt(share * (1 - share) / trials + z**2 / (4 * trials**2))
    # Rounding must not push a bound past the share, 0 or 1.
    return Interval(share, min(share, max(0.0, middle - half)), max(share, min(1.0, middle + half)), trials)


def mcnemar(only_first: int, only_second: int) -> float:
    """Two-sided p value, exact, that two classifiers err equally often on the same images.

    Of the images that just one of them gets right, each is the first's with probability 1/2 if so (Q. McNemar, Note on the
    sampling error of the difference between correlated proportions or percentages, Psychometrika 12, 1947, pages 153-157;
    exact binomial rather than his chi-square).
    """
    from scipy.special import bdtr

    if min(only_first, only_second) < 0:
        raise ValueError(f"counts of images: {only_first}, {only_second}")
    return min(1.0, 2 * float(bdtr(min(only_first, only_second), only_first + only_second, 0.5)))


def holm(p_values: Sequence[float]) -> list[float]:
    """p values adjusted for their number, in the order given: all below alpha are refused with family-wise error alpha.

    The k-th smallest of m, from 0, is multiplied by m - k, and none falls below a smaller one (S. Holm, A simple
    sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 1979, pages 65-70).
    """
    adjusted, highest = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=lambda place: p_values[place])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p_values[place]))
        adjusted[place] = highest
    return adjusted
