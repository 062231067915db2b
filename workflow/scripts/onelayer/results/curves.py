"""Curves of several runs together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def over_seeds(curves: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Places, means and standard deviations (n - 1; of one curve 0), as long as the longest: at each place over the curves that reach it.

    A curve is places and values; the places of a shorter one are the first ones of a longer.
    """
    longest = max((places for places, _ in curves), key=len)
    values = np.full((len(curves), len(longest)), np.nan)
    for row, (_, curve) in zip(values, curves, strict=True):
        row[: len(curve)] = curve
    means, others = np.nanmean(values, axis=0), np.count_nonzero(~np.isnan(values), axis=0) - 1
    return longest, means, np.sqrt(np.nansum((values - means) ** 2, axis=0) / np.maximum(1, others))
