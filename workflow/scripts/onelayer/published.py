"""Published values beside rebuilt ones."""

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

COLUMNS = [
    "quantity",
    "place",
    "task",
    "lambda",
    "shuffle",
    "seed",
    "published",
    "rebuilt",
    "difference",
    "tolerance",
    "verdict",
]


def published_table(
    values: Sequence[Mapping[str, Any]], metrics: pd.DataFrame, differing: Mapping[str, Sequence[str]]
) -> pd.DataFrame:
    """A row for each published value.

    Parameters
    ----------
    values : list of dict
        As config/published.yaml holds them.
    metrics : DataFrame of onelayer.tables.metrics_table
    differing : dict
        For each task of this configuration that the source has too, the keys in which it differs from the source's
        (onelayer.config.differences).

    Returns
    -------
    DataFrame with the columns COLUMNS. The difference is rebuilt minus published. The verdict is "met" if the difference is
    at most the tolerance times the published value and "missed" otherwise; "does not apply" if the settings of the run are
    not the published ones; "not run" if there is no such run.
    """
    # Columns of objects: an epoch stays an integer beside a loss.
    return pd.DataFrame([_row(value, metrics, differing) for value in values], columns=COLUMNS, dtype=object)


def is_met(published: float, rebuilt: float, tolerance: float) -> bool:
    """Whether a rebuilt value is within the tolerance, relative to the published one; never where it is not a number."""
    return abs(rebuilt - published) <= tolerance * abs(published)


def _row(value: Mapping[str, Any], metrics: pd.DataFrame, differing: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    run = value["run"]
    row = {key: value[key] for key in ("quantity", "place", "published", "tolerance")} | run
    row["shuffle"] = str(run["shuffle"]).lower()
    if run["task"] not in differing:
        return {**row, "verdict": "not run"}
    if differing[run["task"]]:
        return {**row, "verdict": "does not apply"}
    chosen = metrics[
        (metrics["task"] == run["task"])
        & (metrics["lambda"].astype(float) == float(run["lambda"]))
        & (metrics["shuffle"] == row["shuffle"])
        & (metrics["seed"] == run["seed"])
    ]
    if chosen.empty:
        return {**row, "verdict": "not run"}
    rebuilt = chosen[value["column"]].iloc[0].item()
    met = is_met(value["published"], rebuilt, value["tolerance"])
    return {
        **row,
        "rebuilt": rebuilt,
        "difference": rebuilt - value["published"],
        "verdict": "met" if met else "missed",
    }
