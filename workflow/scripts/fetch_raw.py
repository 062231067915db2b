"""Fetch one raw file: ONELAYER_MIRROR first, then the sources of the data set."""

from pathlib import Path

from onelayer.data.description import DataSet
from onelayer.data.fetch import fetch, places_of
from onelayer.io.log import job

if __name__ == "__main__":
    with job(snakemake.log[0]) as log:
        name, config = snakemake.wildcards.dataset, snakemake.config
        dataset = DataSet(name, **config["datasets"][name])
        file, destination = dataset.fetched_file(snakemake.wildcards.file), Path(snakemake.output.raw)
        source = fetch(file, places_of(dataset), destination, config.get("offline", False))
        log.info("%s: SHA-256 %s, from %s", destination, file["sha256"], source)
