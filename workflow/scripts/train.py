"""Train one model: one run of the grid, from the stored images to its history, weights and summary."""

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from onelayer.experiment.task import Settings
from onelayer.io.log import job
from onelayer.training.runs import write_run
from onelayer.training.sets import chosen_images, samples_of
from onelayer.training.summarise import summarise
from onelayer.training.training import check_sizes, train


# An overflow needs no message of its own: it ends in a loss that is not finite, and every loss is checked.
@np.errstate(over="ignore", invalid="ignore")
def main(paths: Mapping[str, str], lam: str, settings: Settings, folder: Path, log: logging.Logger) -> None:
    """Train with `settings` and write the files of the run to `folder`.

    `paths` are those of the stored images by file; `lam` is lambda as it is spelled.
    """
    chosen, random = chosen_images(settings, settings.seed, paths)
    sets = {role: samples_of(settings, own.images) for role, own in chosen.items()}
    check_sizes(sets, settings)
    history = train(sets["train"], sets["validation"], settings, random)
    summary = summarise(settings, lam, sets, history, chosen["train"].images.metadata["shape"])
    log.info("%s", summary)
    write_run(folder, settings, history, summary)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code) as log:
        settings, folder = Settings.of(snakemake.params.settings), Path(snakemake.output.summary).parent
        main(dict(snakemake.input.items()), snakemake.wildcards.lam, settings, folder, log)
