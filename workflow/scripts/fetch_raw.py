"""Fetch one raw file: ONELAYER_MIRROR first, then the sources of the data set."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import logging
from collections.abc import Mapping
from typing import Any

from onelayer.data.description import PROJECT, file_named
from onelayer.data.fetch import fetch, sources_of
from onelayer.log import job


def main(
    name: str, description: Mapping[str, Any], file_name: str, destination: Path, offline: bool, log: logging.Logger
) -> None:
    """Fetch a file of the data set `name` and log where it came from."""
    file = file_named(name, description, file_name)
    source = fetch(file, sources_of(name, description, PROJECT), destination, offline)
    log.info("%s: SHA-256 %s, from %s", destination, file["sha256"], source)


if __name__ == "__main__":
    with job(snakemake.log[0]) as log:
        name = snakemake.wildcards.dataset
        main(
            name=name,
            description=snakemake.config["datasets"][name],
            file_name=snakemake.wildcards.file,
            destination=Path(snakemake.output.raw),
            offline=snakemake.config.get("offline", False),
            log=log,
        )
