"""The weights of each class as images, for the smallest lambda above the largest."""

import matplotlib.style
import numpy as np

from onelayer.figures import save, weights_figure
from onelayer.joblog import job


def main(weights_paths, lambdas, classes, shape, style, paths):
    """Draw the last weights of each run; `lambdas` spells the lambda of each."""
    matplotlib.style.use(style)
    rows = []
    for lam, path in zip(lambdas, weights_paths, strict=True):
        with np.load(path, allow_pickle=False) as weights:
            rows.append((f"λ = {lam}", weights["last"]))
    save(weights_figure(rows, classes, shape), paths)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            weights_paths=snakemake.input.weights,
            lambdas=snakemake.params.lambdas,
            classes=snakemake.params.classes,
            shape=snakemake.params.shape,
            style=snakemake.input.style,
            paths=snakemake.output,
        )
