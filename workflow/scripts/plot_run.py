"""Loss and accuracy of one run: two figures."""

import matplotlib.style

from onelayer.figures import accuracy_figure, loss_figure, read_curves, save
from onelayer.joblog import job


def main(steps, evaluations, style, limits, loss_paths, accuracy_paths):
    """Draw both figures; `limits` maps loss and accuracy to axis limits or None."""
    matplotlib.style.use(style)
    (curves,) = read_curves([steps], [evaluations])
    save(loss_figure(curves, limits["loss"]), loss_paths)
    save(accuracy_figure(curves, limits["accuracy"]), accuracy_paths)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            steps=snakemake.input.steps,
            evaluations=snakemake.input.evaluations,
            style=snakemake.input.style,
            limits=snakemake.params.limits,
            loss_paths=snakemake.output.loss,
            accuracy_paths=snakemake.output.accuracy,
        )
