"""Curves of several runs together."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray


def over_seeds(curves: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Places, means and standard deviations of curves, as long as the longest: at each place over the curves that reach it.

    A curve is places and values; the places of a shorter one are the first ones of a longer.
    """
    longest = max((places for places, _ in curves), key=len)
    values = np.full((len(curves), len(longest)), np.nan)
    for row, (_, curve) in zip(values, curves, strict=True):
        row[: len(curve)] = curve
    return longest, np.nanmean(values, axis=0), np.nanstd(values, axis=0)
