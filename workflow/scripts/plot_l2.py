"""The L2 sweep: validation accuracy over training, and the squared norm of the weights, for each lambda."""

import json
from pathlib import Path

import matplotlib.style

from onelayer.figures import group_by_label, l2_accuracy_figure, l2_norm_figure, read_curves, save
from onelayer.joblog import job


def main(steps, evaluations, summaries, lambdas, style, limits, accuracy_paths, norm_paths):
    """Draw both figures; `lambdas` spells the lambda of each run."""
    matplotlib.style.use(style)
    runs = group_by_label(lambdas, read_curves(steps, evaluations))
    save(l2_accuracy_figure(runs, limits["l2_accuracy"]), accuracy_paths)
    norms = [json.loads(Path(path).read_text(encoding="utf-8"))["weight_norm_squared"] for path in summaries]
    save(l2_norm_figure(group_by_label(lambdas, norms)), norm_paths)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            steps=snakemake.input.steps,
            evaluations=snakemake.input.evaluations,
            summaries=snakemake.input.summaries,
            lambdas=snakemake.params.lambdas,
            style=snakemake.input.style,
            limits=snakemake.params.limits,
            accuracy_paths=snakemake.output.accuracy,
            norm_paths=snakemake.output.norm,
        )
