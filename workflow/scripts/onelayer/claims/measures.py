"""The measures: numbers over the tables, each with a 95 % interval.

Seeds are compared in pairs: two runs of one seed draw the same permutations. In file order nothing is drawn, so there one
run stands against every seed. A number that comes from one run of several possible ones has no interval; a number that no
chance decides has an interval of its own value.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from onelayer.findings import curve_findings
from onelayer.objective import PENALTY_FACTOR
from onelayer.statistics import mean_interval, paired_difference, wilson


class Tables(NamedTuple):
    """What the measures read: tables of results/tables. `optimum` is None without evidence."""

    metrics: pd.DataFrame  # lambda as float64, shuffle and diverged as bool
    curves: pd.DataFrame
    gradients: pd.DataFrame
    published: pd.DataFrame
    optimum: pd.DataFrame | None


class Measured(NamedTuple):
    """A number, its 95 % interval (None where one run cannot give one) and the number of runs behind it."""

    value: float
    low: float | None
    high: float | None
    runs: int


class NotRun(Exception):
    """The runs that a measure needs are not in this configuration; the message names them."""


def exactly(value: float) -> Measured:
    """A number that no chance decides."""
    return Measured(float(value), float(value), float(value), 1)


def over_seeds(values: Sequence[float] | NDArray[Any]) -> Measured:
    """The mean of one value a seed, with its t interval; no interval for one seed."""
    interval = mean_interval([float(value) for value in values])
    return Measured(interval.value, interval.low, interval.high, interval.runs)


def paired(first: "pd.Series[float]", second: "pd.Series[float]") -> Measured:
    """First minus second, seed by seed, with its t interval."""
    seeds = first.index.intersection(second.index)
    if seeds.empty:
        raise NotRun("seed in common")
    interval = paired_difference(first[seeds].tolist(), second[seeds].tolist())
    return Measured(interval.value, interval.low, interval.high, interval.runs)


def gradient_error(tables: Tables, task: str, lam: float) -> Measured:
    """A power of ten above the largest relative error of a task's partial derivatives: its digits are rounding."""
    rows = tables.gradients[(tables.gradients["task"] == task) & (tables.gradients["lambda"] == lam)]
    if rows.empty:
        raise NotRun(f"task {task}")
    error = float(rows["largest_relative_error"].iloc[0])
    return exactly(10.0 ** math.ceil(math.log10(error)) if error > 0 else 0.0)


def penalty_slope(tables: Tables, penalty: str) -> Measured:
    """The slope of the penalty R at a weight, divided by that weight, by a central difference."""
    weight, step = 1.0, 1e-3
    values = [PENALTY_FACTOR[penalty] * (weight + sign * step) ** 2 for sign in (1, -1)]
    return exactly(round((values[0] - values[1]) / (2 * step) / weight, 9))


def published_difference(tables: Tables, place: str, quantity: str) -> Measured:
    """How far, in tolerances or at all where that is 0, a rebuilt value is from the published one; met, to three decimals."""
    rows = tables.published[(tables.published["place"] == place) & (tables.published["quantity"] == quantity)]
    row = rows.iloc[0]
    if row["verdict"] in ("not run", "does not apply"):
        raise NotRun(f"run with the published settings for {place}")
    if not row["tolerance"]:
        return exactly(abs(row["difference"]))
    tolerances = abs(row["difference"]) / (abs(row["published"]) * row["tolerance"])
    return exactly(round(tolerances, 3) if tolerances <= 1 else tolerances)


def order_difference(tables: Tables, task: str, of: str) -> Measured:
    """Shuffled minus file order, by seed: of a column of the metrics, or of a quantity of CURVE_QUANTITIES."""
    ordered, shuffled = (_by_seed(tables, task, of, shuffle=shuffle) for shuffle in (False, True))
    return over_seeds(shuffled.to_numpy() - ordered.iloc[0])


def lambda_difference(tables: Tables, task: str, of: str, first: float, second: float) -> Measured:
    """At the first lambda minus at the second, by seed."""
    one, other = (_by_seed(tables, task, of, lam=lam) for lam in (first, second))
    return paired(one, other)


def smallest_fall(tables: Tables, task: str, of: str) -> Measured:
    """The smallest fall from one lambda to the next larger one, by seed: above 0 if it falls with every larger lambda."""
    lambdas = sorted(tables.metrics.loc[tables.metrics["task"] == task, "lambda"].unique())
    if len(lambdas) < 2:
        raise NotRun(f"several lambdas in task {task}")
    columns = pd.concat([_by_seed(tables, task, of, lam=lam) for lam in lambdas], axis=1).dropna()
    return over_seeds((-np.diff(columns.to_numpy(), axis=1)).min(axis=1))


def mean_of(tables: Tables, task: str, of: str) -> Measured:
    """The mean over the seeds, at the smallest lambda."""
    return over_seeds(_by_seed(tables, task, of).to_numpy())


def mean_of_one(tables: Tables, task: str, of: str) -> Measured:
    """An accuracy (`of` is its column), or the validation `error`, of the first seed at the smallest lambda, with Wilson's interval."""
    rows = tables.metrics[tables.metrics["task"] == task]
    if rows.empty:
        raise NotRun(f"task {task}")
    row = rows.sort_values("lambda", kind="stable").iloc[0]
    column = "validation_accuracy" if of == "error" else of
    images = int(row[images_of(column)])
    right = round(float(row[column]) * images)
    interval = wilson(images - right if of == "error" else right, images)
    return Measured(interval.value, interval.low, interval.high, 1)


def task_difference(tables: Tables, task: str, other: str, of: str, of_other: str) -> Measured:
    """A column of one task minus a column of another, by seed, at the smallest lambda of each."""
    return paired(_by_seed(tables, task, of), _by_seed(tables, other, of_other))


def images_of(accuracy: str) -> str:
    """The column of the metrics that counts the images of an accuracy."""
    return f"{accuracy.removesuffix('_accuracy').removeprefix('best_')}_images"


def optimum_difference(tables: Tables, task: str, of: str, first: float, second: float) -> Measured:
    """At the optimum of the first lambda minus at that of the second; for accuracies with the interval of a difference of
    two proportions, taken as independent, which is wide (R. G. Newcombe, Statistics in Medicine 17, 1998, method 1)."""
    table = tables.optimum
    if table is None:
        raise NotRun("optimum (it is found with the evidence)")
    rows = [table[(table["task"] == task) & (table["lambda"] == lam)] for lam in (first, second)]
    if any(row.empty for row in rows):
        raise NotRun(f"optimum of task {task} at these lambdas")
    one, other = (float(row[of].iloc[0]) for row in rows)
    if "accuracy" not in of:
        return exactly(one - other)
    images = int(tables.metrics.loc[tables.metrics["task"] == task, images_of(of)].iloc[0])
    half = 1.959964 * np.sqrt(one * (1 - one) / images + other * (1 - other) / images)
    return Measured(one - other, one - other - half, one - other + half, 1)


def _mean_change(curve: pd.DataFrame, column: str) -> float:
    """Mean absolute change from one evaluation to the next over the last three quarters of the curve."""
    inside = curve[curve["step"] >= curve["step"].max() // 4][column].to_numpy()
    return float(np.abs(np.diff(inside)).mean()) if len(inside) > 1 else float("nan")


def _largest_drop(curve: pd.DataFrame) -> float:
    inside = curve[curve["step"] >= curve["step"].max() // 4]["validation_accuracy"].to_numpy()
    return float(max(0.0, -np.diff(inside).min())) if len(inside) > 1 else float("nan")


def _finding(curve: pd.DataFrame, name: str) -> float:
    value = curve_findings({column: curve[column].to_numpy() for column in curve.columns})[name]
    return float("nan") if value is None else float(value)


# Quantities of one run's curve of evaluations.
CURVE_QUANTITIES: dict[str, Callable[[pd.DataFrame], float]] = {
    "largest_drop_of_accuracy": _largest_drop,
    "change_of_accuracy": lambda curve: _mean_change(curve, "validation_accuracy"),
    "change_of_loss": lambda curve: _mean_change(curve, "validation_loss"),
    "parting_step": lambda curve: _finding(curve, "parting_step"),
    "rise_of_loss": lambda curve: _finding(curve, "level_rise"),
    "fall_of_accuracy": lambda curve: float(curve["validation_accuracy"].max() - curve["validation_accuracy"].iloc[-1]),
}


def _by_seed(
    tables: Tables, task: str, of: str, lam: float | None = None, shuffle: bool | None = None
) -> "pd.Series[float]":
    """One value a seed: a column of the metrics, `gap` (training minus validation accuracy), or a CURVE_QUANTITIES."""
    rows = tables.metrics[tables.metrics["task"] == task]
    if rows.empty:
        raise NotRun(f"task {task}")
    lam = rows["lambda"].min() if lam is None else lam
    order = rows["shuffle"].iloc[0] if shuffle is None else shuffle
    rows = rows[(rows["lambda"] == lam) & (rows["shuffle"] == order)].set_index("seed")
    if rows.empty:
        raise NotRun(f"run of task {task} with lambda {lam:g}" + ("" if shuffle is None else " in both orders"))
    if of == "gap":
        return rows["train_accuracy"] - rows["validation_accuracy"]
    if of in rows:
        return rows[of].astype(float)
    curves = tables.curves[
        (tables.curves["task"] == task) & (tables.curves["lambda"] == lam) & (tables.curves["shuffle"] == order)
    ]
    return pd.Series({seed: CURVE_QUANTITIES[of](curve) for seed, curve in curves.groupby("seed")})


MEASURES: Mapping[str, Callable[..., Measured]] = {
    function.__name__: function
    for function in (
        gradient_error, penalty_slope, published_difference, order_difference, lambda_difference, smallest_fall, mean_of,
        optimum_difference, mean_of_one, task_difference,
    )
}  # fmt: skip
