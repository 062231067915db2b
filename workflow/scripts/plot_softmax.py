"""The softmax task: loss and accuracy of one run, and the weights of each class at the smallest and the largest lambda."""

import matplotlib.style
import numpy as np

from onelayer.figures import accuracy_figure, loss_figure, read_curves, save, weights_figure
from onelayer.joblog import job


def main(inputs, lambdas, classes, shape, limits, outputs):
    """Draw three figures.

    Parameters
    ----------
    inputs : object with the paths `steps`, `evaluations` and `style`, and the list of paths `weights`
    lambdas : list of str
        Lambda of each of the weights, as it is spelled.
    classes : list of int
    shape : (int, int)
        Height and width of an image.
    limits : dict
        From the name of a figure to the limits of its vertical axis, or None.
    outputs : object with a list of paths for each name of a figure
    """
    matplotlib.style.use(inputs.style)
    (curves,) = read_curves([inputs.steps], [inputs.evaluations])
    save(loss_figure(curves, limits["softmax_loss"]), outputs.softmax_loss)
    save(accuracy_figure(curves, limits["softmax_accuracy"]), outputs.softmax_accuracy)
    rows = []
    for lam, path in zip(lambdas, inputs.weights, strict=True):
        with np.load(path, allow_pickle=False) as weights:
            rows.append((f"λ = {lam}", weights["last"]))
    save(weights_figure(rows, classes, shape), outputs.weights)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            inputs=snakemake.input,
            lambdas=snakemake.params.lambdas,
            classes=snakemake.params.classes,
            shape=snakemake.params.shape,
            limits=snakemake.params.limits,
            outputs=snakemake.output,
        )
