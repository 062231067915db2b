"""Tables of what the runs came to: one row a run, the L2 sweep, and the findings that the report states."""

import json
from pathlib import Path

import numpy as np
import pandas as pd

COLUMNS = [
    "dataset", "task", "lambda", "shuffle", "seed", "stopped_early", "stop_epoch", "steps",
    "train_loss", "validation_loss", "train_accuracy", "validation_accuracy", "weight_norm_squared",
    "best_step", "best_validation_loss", "best_validation_accuracy",
]  # fmt: skip


def metrics_table(summaries):
    """One row a run, in the order given.

    Parameters
    ----------
    summaries : iterable of paths to the runs' summary.json

    Returns
    -------
    pandas.DataFrame with the columns COLUMNS; booleans are the strings true and false, as in the folders.
    """
    rows = [json.loads(Path(path).read_text(encoding="utf-8")) for path in summaries]
    table = pd.DataFrame(rows)[COLUMNS]
    for column in ("shuffle", "stopped_early"):
        table[column] = table[column].map({True: "true", False: "false"})
    return table


def sweep_table(metrics, learning_rate, penalty_factor, shuffle):
    """The L2 sweep of the softmax task: a row for each lambda, from the smallest, averaged over the seeds.

    Parameters
    ----------
    metrics : DataFrame of `metrics_table`
    learning_rate : float
    penalty_factor : float
        Factor of sum w^2 in the penalty; 2 * factor * lambda * w is its gradient.
    shuffle : "true" or "false"
        The sweep that is meant.

    Returns
    -------
    DataFrame with the columns lambda, runs, steps, train_loss, train_accuracy, validation_accuracy,
    validation_accuracy_sd, best_validation_accuracy, weight_norm_squared, weight_norm_squared_sd and step_factor. The standard
    deviations over seeds (n - 1) are empty for one seed. A step multiplies the weights by step_factor,
    1 - 2 * factor * learning_rate * lambda, before it follows the cross-entropy.
    """
    runs = metrics[(metrics["task"] == "softmax") & (metrics["shuffle"] == shuffle)]
    groups = runs.groupby("lambda", sort=False)
    columns = ["steps", "train_loss", "train_accuracy", "validation_accuracy", "best_validation_accuracy"]
    table = groups[[*columns, "weight_norm_squared"]].mean()
    table.insert(0, "runs", groups.size())
    for column in ("validation_accuracy", "weight_norm_squared"):
        table.insert(table.columns.get_loc(column) + 1, f"{column}_sd", groups[column].std(ddof=1))
    lambdas = table.index.astype(float)
    table["step_factor"] = 1 - 2 * penalty_factor * learning_rate * lambdas
    return table.iloc[np.argsort(lambdas.to_numpy(), kind="stable")].reset_index()


def sweep_findings(sweep):
    """What the sweep shows, as a mapping from names to values."""
    norms, accuracies = sweep["weight_norm_squared"], sweep["validation_accuracy"]
    return {
        "sweep.size": len(sweep),
        "sweep.lambda_min": sweep["lambda"].iloc[0],
        "sweep.lambda_max": sweep["lambda"].iloc[-1],
        "sweep.norm_falls": _yes(norms.is_monotonic_decreasing and norms.is_unique),
        "sweep.accuracy_falls": _yes(accuracies.is_monotonic_decreasing and accuracies.is_unique),
        "sweep.best_lambda": sweep["lambda"].iloc[accuracies.argmax()],
        "sweep.best_accuracy": accuracies.max(),
        "sweep.norm_ratio": norms.iloc[0] / norms.iloc[-1],
    }


def curve_findings(prefix, evaluations, patience):
    """What the evaluations of one run show.

    Training and validation accuracy have parted from the first evaluation on after which the training
    accuracy stays above the validation accuracy until the end. The validation loss rises if the lowest one
    is `patience` or more evaluations back.

    Parameters
    ----------
    prefix : str
        Put before the names, with a dot.
    evaluations : dict of arrays
        As in onelayer.training.History.
    patience : int

    Returns
    -------
    dict from names to values; `parting_step` and `parting_gap` are empty where they do not part.
    """
    step, loss = evaluations["step"], evaluations["validation_loss"]
    gap = evaluations["train_accuracy"] - evaluations["validation_accuracy"]
    not_above = np.flatnonzero(gap <= 0)
    parting = not_above[-1] + 1 if len(not_above) else 0
    parted = parting < len(gap)
    best = int(loss.argmin())
    findings = {
        "evaluations": len(step),
        "parted": _yes(parted),
        "parting_step": int(step[parting]) if parted else "",
        "parting_gap": float(gap[parting]) if parted else "",
        "last_step": int(step[-1]),
        "last_gap": float(gap[-1]),
        "largest_gap": float(gap.max()),
        "largest_gap_step": int(step[gap.argmax()]),
        "evaluations_since_best": len(loss) - 1 - best,
        "loss_rises": _yes(len(loss) - 1 - best >= patience),
        "loss_above_best": float(loss[-1] - loss[best]),
    }
    return {f"{prefix}.{name}": value for name, value in findings.items()}


def smoothness_findings(curves):
    """How much the validation accuracy moves from one evaluation to the next, over the same steps of several runs.

    The steps compared are the last three quarters of the shortest run: at the start every run jumps.

    Parameters
    ----------
    curves : dict
        From prefixes to evaluations, dicts of arrays as in onelayer.training.History.

    Returns
    -------
    dict with `<prefix>.mean_change`, the mean absolute change, and `<prefix>.largest_drop`, as fractions,
    and the `first` and `last` step compared under `smoothness`. Empty if no run has two evaluations there.
    """
    last = min(int(evaluations["step"][-1]) for evaluations in curves.values())
    first = last // 4
    findings = {"smoothness.first_step": first, "smoothness.last_step": last}
    for prefix, evaluations in curves.items():
        inside = (evaluations["step"] >= first) & (evaluations["step"] <= last)
        changes = np.diff(evaluations["validation_accuracy"][inside])
        if not len(changes):
            return {}
        findings[f"{prefix}.mean_change"] = float(np.abs(changes).mean())
        findings[f"{prefix}.largest_drop"] = float(max(0, -changes.min()))
    return findings


def neighbour_correlation(weights, shape):
    """Correlation (float) of the weights of pixels that touch, pooled over classes and both directions.

    Near 1 for a smooth image, near 0 for noise.

    Parameters
    ----------
    weights : (K, height * width + 1), the last column the biases, which are left out
    shape : (height, width)
    """
    images = weights[:, :-1].reshape(-1, *shape)
    first = np.concatenate([images[:, :, :-1].ravel(), images[:, :-1, :].ravel()])
    second = np.concatenate([images[:, :, 1:].ravel(), images[:, 1:, :].ravel()])
    return float(np.corrcoef(first, second)[0, 1])


def findings_table(findings):
    """DataFrame with the columns finding and value."""
    return pd.DataFrame({"finding": list(findings), "value": list(findings.values())}, dtype=object)


def _yes(condition):
    return "yes" if condition else "no"
