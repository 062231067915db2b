"""Curves of runs: means over seeds, and training losses between evaluations."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.models import Floats


def over_seeds(curves: Sequence[tuple[NDArray[Any], NDArray[Any]]]) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
    """Mean and standard deviation of several curves at each place, over those that reach it.

    Parameters
    ----------
    curves : list of (places, values); the places of a shorter curve are the first ones of a longer

    Returns
    -------
    places, means, deviations : arrays as long as the longest curve
    """
    longest = max((places for places, _ in curves), key=len)
    values = np.full((len(curves), len(longest)), np.nan)
    for row, (_, curve) in zip(values, curves, strict=True):
        row[: len(curve)] = curve
    return longest, np.nanmean(values, axis=0), np.nanstd(values, axis=0)


def interval_means(losses: Floats, steps: NDArray[Any]) -> Floats:
    """The mean training loss since the evaluation before, for each evaluation; `losses` of every step, `steps` ascending."""
    starts = np.concatenate([[0], steps[:-1] + 1])
    counts = np.diff(np.concatenate([starts, [steps[-1] + 1]]))
    return np.add.reduceat(losses[: steps[-1] + 1], starts) / counts
