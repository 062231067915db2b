"""Intervals for what a few runs, or many images, say.

Runs that differ in their seed alone are taken for independent draws: a mean over them has a Student interval, and two
settings that were trained on the same seeds are compared seed by seed, on the same images image by image.
"""

import math
from collections.abc import Sequence
from statistics import fmean
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEVEL = 0.99  # of every interval: some twenty claims are decided
FEWEST = 5  # values that an interval is made of at least
ALIKE = 8  # equal values that are one: all would be on one side of their median with a probability of 2/2^8, below 1 - LEVEL


class Interval(NamedTuple):
    """An estimate with its interval; `low` and `high` are None for a single value."""

    value: float
    low: float | None
    high: float | None
    runs: int  # how many values it rests on
    images: int = 0  # how many were varied too, 0 for none
    exact: bool = False  # whether no chance decides the value


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """Mean and Student's interval, mean ± t s / sqrt(n) with n - 1 degrees of freedom.

    None as bounds for fewer than FEWEST values, or values without a spread. But ALIKE equal values, or more, are their own interval: the
    smallest and the largest of n values enclose the median with a probability of at least 1 - 2/2^n. Student (W. S. Gosset), The probable error of a mean,
    Biometrika 6, 1908, pages 1-25.
    """
    from scipy.special import stdtrit

    count, mean, spread = len(values), fmean(values), min(values) != max(values)
    if not spread and count >= ALIKE and level <= LEVEL:
        return Interval(values[0], values[0], values[0], count)
    if not spread or count < FEWEST:
        return Interval(mean, None, None, count)
    deviation = math.sqrt(math.fsum((value - mean) ** 2 for value in values) / (count - 1))
    half = float(stdtrit(count - 1, (1 + level) / 2)) * deviation / math.sqrt(count)
    return Interval(mean, mean - half, mean + half, count)


def crossed_interval(values: NDArray[np.floating]) -> Interval:
    """Mean of values (seeds, images) and its interval where both seeds and images are draws.

    The variance of the mean is that of the two-way layout with random effects, (M_s + M_i - M_e) / (S I), with the mean squares of
    seeds, images and error, and at least M_s / (S I); t has S - 1 degrees of freedom, fewer than Satterthwaite's, which errs to
    the wide side (S. R. Searle, G. Casella, C. E. McCulloch, Variance Components, 1992, chapter 4). With one row, of weights that
    no seed decides, it is Student's interval over the images.
    """
    from scipy.special import stdtrit

    seeds, images = values.shape
    if seeds == 1:
        return mean_interval(values[0].tolist())
    mean = float(values.mean())
    if seeds < FEWEST or images < FEWEST or values.min() == values.max():
        return Interval(mean, None, None, seeds)
    rows, columns = values.mean(axis=1) - mean, values.mean(axis=0) - mean
    of_seeds, of_images = images * (rows**2).sum() / (seeds - 1), seeds * (columns**2).sum() / (images - 1)
    error = ((values - mean - rows[:, None] - columns) ** 2).sum() / ((seeds - 1) * (images - 1))
    deviation = math.sqrt(max(of_seeds, of_seeds + of_images - error) / values.size)
    half = float(stdtrit(seeds - 1, (1 + LEVEL) / 2)) * deviation
    return Interval(mean, mean - half, mean + half, seeds)
