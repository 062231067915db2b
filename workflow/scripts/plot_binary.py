"""The binary task: loss and accuracy of one run, and of all runs in file order and shuffled."""

import matplotlib.style

from onelayer.figures import (
    accuracy_figure,
    group_by_label,
    loss_figure,
    read_curves,
    save,
    shuffle_accuracy_figure,
    shuffle_loss_figure,
)
from onelayer.joblog import job


def main(steps, evaluations, shuffles, style, limits, outputs):
    """Draw four figures.

    Parameters
    ----------
    steps, evaluations : list of paths, those of the run that is shown alone first
    shuffles : list of bool
        Whether each run was shuffled.
    style : path of a Matplotlib style
    limits : dict
        From the name of a figure to the limits of its vertical axis, or None.
    outputs : object with a list of paths for each name of a figure
    """
    matplotlib.style.use(style)
    curves = read_curves(steps, evaluations)
    save(loss_figure(curves[0], limits["binary_loss"]), outputs.binary_loss)
    save(accuracy_figure(curves[0], limits["binary_accuracy"]), outputs.binary_accuracy)
    runs = group_by_label(["shuffled each epoch" if shuffle else "file order" for shuffle in shuffles], curves)
    save(shuffle_loss_figure(runs, limits["shuffle_loss"]), outputs.shuffle_loss)
    save(shuffle_accuracy_figure(runs, limits["shuffle_accuracy"]), outputs.shuffle_accuracy)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            steps=snakemake.input.steps,
            evaluations=snakemake.input.evaluations,
            shuffles=snakemake.params.shuffles,
            style=snakemake.input.style,
            limits=snakemake.params.limits,
            outputs=snakemake.output,
        )
