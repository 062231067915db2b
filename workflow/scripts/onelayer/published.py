"""Published values beside rebuilt ones."""

import pandas as pd

COLUMNS = ["quantity", "place", "published", "rebuilt", "difference", "tolerance", "verdict"]


def published_table(values, metrics, differing):
    """A row for each published value: met, missed, not run, or does not apply.

    Parameters
    ----------
    values : list of dict
        As config/published.yaml holds them.
    metrics : DataFrame of onelayer.metrics.metrics_table
    differing : list of str
        From onelayer.config.differing_keys; if there are any, no value applies.

    Returns
    -------
    DataFrame with the columns COLUMNS. The difference is rebuilt minus published; a value is met if its
    difference is at most the tolerance times the published value.
    """
    # Columns of objects: an epoch stays an integer beside a loss.
    return pd.DataFrame([_row(value, metrics, differing) for value in values], columns=COLUMNS, dtype=object)


def _row(value, metrics, differing):
    run = value["run"]
    order = "shuffled" if run["shuffle"] else "file order"
    name = f"{value['quantity']} ({run['task']}, lambda {run['lambda']}, {order}, seed {run['seed']})"
    row = {"quantity": name, "place": value["place"], "published": value["published"], "tolerance": value["tolerance"]}
    if differing:
        return {**row, "verdict": "does not apply"}
    chosen = metrics[
        (metrics["task"] == run["task"])
        & (metrics["lambda"].astype(float) == float(run["lambda"]))
        & (metrics["shuffle"] == str(run["shuffle"]).lower())
        & (metrics["seed"] == run["seed"])
    ]
    if chosen.empty:
        return {**row, "verdict": "not run"}
    rebuilt = chosen[value["column"]].iloc[0].item()
    difference = rebuilt - value["published"]
    met = abs(difference) <= value["tolerance"] * abs(value["published"])
    return {**row, "rebuilt": rebuilt, "difference": difference, "verdict": "met" if met else "missed"}
