"""The measures: numbers over the tables, each with a 95 % interval.

Seeds are compared in pairs: two runs of one seed draw the same permutations. In file order nothing is drawn, so there one
run stands against every seed. A number that comes from one run of several possible ones has no interval; a number that no
chance decides has an interval of its own value.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from onelayer.results.findings import curve_findings
from onelayer.results.statistics import Interval, mean_interval, wilson


class Tables(NamedTuple):
    """What the measures read: tables of results/tables. `optimum` is None without evidence."""

    metrics: pd.DataFrame  # lambda as float64, shuffle and diverged as bool
    curves: pd.DataFrame
    optimum: pd.DataFrame | None


class NotRun(Exception):
    """The runs that a measure needs are not in this configuration; the message names them."""


def order_difference(tables: Tables, task: str, of: str) -> Interval:
    """Shuffled minus file order, by seed: of a column of the metrics, or of a quantity of CURVE_QUANTITIES."""
    ordered, shuffled = (_by_seed(tables, task, of, shuffle=shuffle) for shuffle in (False, True))
    return mean_interval((shuffled - ordered.iloc[0]).tolist())


def lambda_difference(tables: Tables, task: str, of: str, first: float, second: float) -> Interval:
    """At the first lambda minus at the second, by seed."""
    one, other = (_by_seed(tables, task, of, lam=lam) for lam in (first, second))
    return _paired(one, other)


def smallest_fall(tables: Tables, task: str, of: str) -> Interval:
    """The smallest fall from one lambda to the next larger one, by seed: above 0 if it falls with every larger lambda."""
    lambdas = sorted(tables.metrics.loc[tables.metrics["task"] == task, "lambda"].unique())
    if len(lambdas) < 2:
        raise NotRun(f"several lambdas in task {task}")
    columns = pd.concat([_by_seed(tables, task, of, lam=lam) for lam in lambdas], axis=1).dropna()
    return mean_interval((-np.diff(columns.to_numpy(), axis=1)).min(axis=1).tolist())


def mean_of(tables: Tables, task: str, of: str) -> Interval:
    """The mean over the seeds, at the smallest lambda."""
    return mean_interval(_by_seed(tables, task, of).tolist())


def mean_of_one(tables: Tables, task: str, of: str) -> Interval:
    """An accuracy (`of` is its column), or the validation `error`, of the first seed at the smallest lambda, with Wilson's interval."""
    rows = tables.metrics[tables.metrics["task"] == task]
    if rows.empty:
        raise NotRun(f"task {task}")
    row = rows.sort_values("lambda", kind="stable").iloc[0]
    column = "validation_accuracy" if of == "error" else of
    images = int(row[images_of(column)])
    right = round(float(row[column]) * images)
    return wilson(images - right if of == "error" else right, images)._replace(runs=1)


def task_difference(tables: Tables, task: str, other: str, of: str, of_other: str) -> Interval:
    """A column of one task minus a column of another, by seed, at the smallest lambda of each."""
    return _paired(_by_seed(tables, task, of), _by_seed(tables, other, of_other))


def optimum_difference(tables: Tables, task: str, of: str, first: float, second: float) -> Interval:
    """An accuracy at the optimum of the first lambda minus at that of the second, with the interval of a difference of two
    proportions, taken as independent, which is wide (R. G. Newcombe, Statistics in Medicine 17, 1998, method 1)."""
    table = tables.optimum
    if table is None:
        raise NotRun("optimum (it is found with the evidence)")
    rows = [table[(table["task"] == task) & (table["lambda"] == lam)] for lam in (first, second)]
    if any(row.empty for row in rows):
        raise NotRun(f"optimum of task {task} at these lambdas")
    one, other = (float(row[of].iloc[0]) for row in rows)
    images = int(tables.metrics.loc[tables.metrics["task"] == task, images_of(of)].iloc[0])
    half = 1.959964 * np.sqrt(one * (1 - one) / images + other * (1 - other) / images)
    return Interval(one - other, one - other - half, one - other + half, 1)


def images_of(accuracy: str) -> str:
    """The column of the metrics that counts the images of an accuracy."""
    return f"{accuracy.removesuffix('_accuracy').removeprefix('best_')}_images"


def _paired(first: "pd.Series[float]", second: "pd.Series[float]") -> Interval:
    seeds = first.index.intersection(second.index)
    if seeds.empty:
        raise NotRun("seed in common")
    return mean_interval((first[seeds] - second[seeds]).tolist())


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


MEASURES: Mapping[str, Callable[..., Interval]] = {
    function.__name__: function
    for function in (
        order_difference, lambda_difference, smallest_fall, mean_of, optimum_difference, mean_of_one, task_difference,
    )
}  # fmt: skip
