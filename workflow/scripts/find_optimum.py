"""Find the minimum of a task's objective for each lambda, and certify it; no training run is needed."""

from collections.abc import Mapping, Sequence
from logging import Logger
from typing import Any

import numpy as np

from onelayer.data.samples import inputs_of
from onelayer.experiment.task import ROLES, Setup
from onelayer.io.errors import TrainingError
from onelayer.io.files import write_arrays, write_rows
from onelayer.io.log import job
from onelayer.models import Floats, model_named
from onelayer.training.evaluation import LossAndAccuracy
from onelayer.training.optimum import GAP, minimise, objectives
from onelayer.training.sets import chosen_images, samples_of

COLUMNS = ["task", "lambda", "seed", "objective", "gap_bound", "certified", "gradient_norm", "weight_norm_squared"]
COLUMNS += [f"{role}_{of}" for role in ROLES for of in ("loss", "accuracy")]


# An overflow in a search ends in a gradient that is not finite, which is never the best.
@np.errstate(over="ignore", invalid="ignore")
def main(
    task: str, setup: Setup, lambdas: Sequence[str], seed: int, paths: Mapping[str, str], outputs: Any, log: Logger
) -> None:
    """Write a task's `table` and `arrays` to the paths of `outputs`.

    `lambdas` are spelled; `seed` draws the images if they are drawn; `paths` are those of the stored images by file.

    Raises TrainingError: no minimum could be certified for a lambda above 0.
    """
    chosen, _ = chosen_images(setup, seed, paths)
    sets = {role: samples_of(setup, own.images) for role, own in chosen.items()}
    train, model = sets["train"], model_named(setup.model)
    inputs = inputs_of(train, np.float64)
    start = np.zeros((model.outputs(len(setup.classes)), inputs.shape[1]))
    weights: dict[str, Floats] = {}
    rows = []
    for lam in lambdas:
        found = minimise(model, inputs, train.targets, float(lam), setup.penalty, start)
        if float(lam) and not found.certified:
            raise TrainingError(
                f"tasks.{task}, lambda {lam}: no minimum found: the objective is within {found.gap_bound:.1e} of it, and not "
                f"within {GAP:g}; choose a larger lambda, or do without its minimum"
            )
        (objective,) = objectives(model, train, float(lam), setup.penalty, found.weights[None]).tolist()
        row = {"task": task, "lambda": lam, "seed": seed, "objective": objective, "gap_bound": found.gap_bound}
        row |= {"certified": str(found.certified).lower(), "gradient_norm": found.gradient_norm}
        row["weight_norm_squared"] = float(np.square(found.weights).sum())
        for role, samples in sets.items():
            (loss,), (accuracy,) = LossAndAccuracy(model, samples).evaluate(found.weights[None])
            row |= {f"{role}_loss": float(loss), f"{role}_accuracy": float(accuracy)}
        rows.append([row.get(column) for column in COLUMNS])
        log.info("%s", rows[-1])
        weights[lam] = found.weights
    write_arrays(outputs.arrays, weights)
    write_rows(outputs.table, COLUMNS, rows)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code) as log:
        task, params = snakemake.wildcards.task, snakemake.params
        paths = dict(snakemake.input.items())
        main(task, Setup.of(params.setup), params.lambdas, params.seed, paths, snakemake.output, log)
