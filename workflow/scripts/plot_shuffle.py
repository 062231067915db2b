"""Binary training in file order and shuffled: loss and accuracy."""

import matplotlib.style

from onelayer.figures import group_by_label, read_curves, save, shuffle_accuracy_figure, shuffle_loss_figure
from onelayer.joblog import job


def main(steps, evaluations, shuffles, style, limits, loss_paths, accuracy_paths):
    """Draw both figures; `shuffles` says of each run whether it was shuffled."""
    matplotlib.style.use(style)
    labels = ["shuffled each epoch" if shuffle else "file order" for shuffle in shuffles]
    runs = group_by_label(labels, read_curves(steps, evaluations))
    save(shuffle_loss_figure(runs, limits["loss"]), loss_paths)
    save(shuffle_accuracy_figure(runs, limits["accuracy"]), accuracy_paths)


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            steps=snakemake.input.steps,
            evaluations=snakemake.input.evaluations,
            shuffles=snakemake.params.shuffles,
            style=snakemake.input.style,
            limits=snakemake.params.limits,
            loss_paths=snakemake.output.loss,
            accuracy_paths=snakemake.output.accuracy,
        )
