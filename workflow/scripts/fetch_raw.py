"""Fetch one raw data file: ONELAYER_MIRROR first, then the sources of the data set."""

import os
from pathlib import Path

from onelayer.errors import InputError
from onelayer.fetch import fetch
from onelayer.joblog import job


def main(dataset, name, expected, sources, project, destination, log):
    """Fetch `name`; sources that are not addresses are folders of the project."""
    mirror = os.environ.get("ONELAYER_MIRROR")
    if mirror and "://" not in mirror and not Path(mirror).is_absolute():
        raise InputError(
            f"ONELAYER_MIRROR = {mirror!r}: give an address or an absolute path; jobs run in the working folder"
        )
    tried = [mirror.rstrip("/") + f"/{dataset}"] if mirror else []
    tried += [source if "://" in source else str(Path(project, source)) for source in sources]
    source = fetch(name, expected, tried, destination)
    log.info("%s: %d bytes, SHA-256 %s, from %s", name, expected["bytes"], expected["sha256"], source)


if __name__ == "__main__":
    with job(snakemake.log[0]) as log:
        main(
            dataset=snakemake.wildcards.dataset,
            name=snakemake.wildcards.file,
            expected=snakemake.params.expected,
            sources=snakemake.params.sources,
            project=snakemake.params.project,
            destination=snakemake.output.raw,
            log=log,
        )
