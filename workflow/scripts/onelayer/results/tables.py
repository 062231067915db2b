"""Tables of what the runs came to."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from onelayer.experiment.task import Run, Task
from onelayer.models import PENALTY_FACTOR, model_named
from onelayer.results.rebuilt import Rebuilt
from onelayer.training.optimum import objectives
from onelayer.training.runs import RunFiles
from onelayer.training.sets import chosen_images, samples_of

RUN_COLUMNS = ["task", "lambda", "shuffle", "seed"]
NOT_COLUMNS = ("run", "numpy")  # of a summary: its identity, and the version that it was made with
OVER_SEEDS = ["steps", "train_loss", "validation_loss", "train_accuracy", "validation_accuracy"]
OVER_SEEDS += ["validation_accuracy_sd", "best_validation_accuracy", "weight_norm_squared", "weight_norm_squared_sd"]


def metrics_table(summaries: Sequence[Mapping[str, Any]]) -> pd.DataFrame:
    """One row a run, in the order given; the columns are the keys of a summary but NOT_COLUMNS.

    Booleans are the strings true and false, as in the folders; classes stand in one string, between spaces.
    """
    if not summaries:
        return pd.DataFrame(columns=RUN_COLUMNS)
    table = pd.DataFrame(summaries).drop(columns=list(NOT_COLUMNS), errors="ignore")
    for column in ("shuffle", "stopped_early", "diverged"):
        table[column] = table[column].map({True: "true", False: "false"})
    table["classes"] = [" ".join(map(str, classes)) for classes in table["classes"]]
    return table


def curves_table(runs: Mapping[Run, RunFiles]) -> pd.DataFrame:
    """The evaluations of all runs in one table.

    Its columns are task, model (text), lambda (float64), shuffle (bool), seed (int64) of the run, and step, epoch (int32),
    validation_loss, validation_accuracy, train_accuracy (float64) of the evaluation.
    """
    parts = []
    for run, files in runs.items():
        own = {"task": run.task, "model": files.settings.model, "lambda": float(run.lam)}
        parts.append(pd.DataFrame({**own, "shuffle": run.shuffle, "seed": run.seed, **files.evaluations}))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=RUN_COLUMNS)


def sweep_table(metrics: pd.DataFrame, tasks: Mapping[str, Task]) -> pd.DataFrame:
    """Each task by order and lambda, from the smallest lambda, averaged over the seeds.

    Its columns are task, shuffle, lambda, runs, diverged (how many of them), means over the seeds, and standard deviations (n - 1;
    columns in _sd), empty for one seed. A step multiplies the weights by weight_decay_factor, 1 - 2 * factor * learning rate *
    lambda, before it follows the loss.
    """
    if metrics.empty:
        return metrics
    ordered = metrics.assign(task=pd.Categorical(metrics["task"], list(tasks)), order=metrics["lambda"].astype(float))
    columns: dict[str, Any] = {"lambda": ("lambda", "first"), "runs": ("lambda", "size")}
    columns["diverged"] = ("diverged", lambda marks: int((marks == "true").sum()))
    columns |= {name: (name.removesuffix("_sd"), "std" if name.endswith("_sd") else "mean") for name in OVER_SEEDS}
    keys = ["task", "shuffle", "order"]
    table = ordered.groupby(keys, sort=False, observed=True).agg(**columns).reset_index()
    table = table.sort_values(keys, ignore_index=True)
    factors = [PENALTY_FACTOR[tasks[name].penalty] * tasks[name].learning_rate for name in table["task"]]
    table["weight_decay_factor"] = 1 - 2 * np.array(factors) * table["order"]
    return table.drop(columns="order")


@np.errstate(over="ignore", invalid="ignore")  # of a run that diverged
def optimum_table(tasks: Mapping[str, Task], rebuilt: Rebuilt) -> pd.DataFrame:
    """The minima of tasks with a row a lambda: how far above it the objective of the first run ends, and how far its weights are."""
    rows = []
    for name, task in tasks.items():
        minimum, model = rebuilt.minima[name], model_named(task.model)
        for run in task.first_runs:
            lam, last = float(run.lam), rebuilt.runs[run].last_weights
            samples = samples_of(task, chosen_images(task, run.seed, rebuilt.images, ["train"])[0]["train"].images)
            both = np.stack([minimum.weights[lam], last.astype(np.float64)])
            least, reached = objectives(model, samples, lam, task.penalty, both).tolist()
            distance = float(np.linalg.norm(both[1] - both[0]))
            rows.append({**minimum.rows[lam], "objective_excess": reached - least, "weight_distance": distance})
    return pd.DataFrame(rows)
