"""Fetch one raw data file: ONELAYER_MIRROR first, then the sources of the data set."""

from onelayer.fetch import fetch, sources_of
from onelayer.joblog import job


def main(name, files, sources, destination, offline, log):
    """Fetch `name` and log where it came from."""
    source = fetch(name, files, sources, destination, offline)
    log.info("%s: %d bytes, SHA-256 %s, from %s", name, files[name]["bytes"], files[name]["sha256"], source)


if __name__ == "__main__":
    with job(snakemake.log[0]) as log:
        description = snakemake.params.description
        main(
            name=snakemake.wildcards.file,
            files=description["files"],
            sources=sources_of(snakemake.wildcards.dataset, description["sources"], snakemake.params.project),
            destination=snakemake.output.raw,
            offline=snakemake.config["offline"],
            log=log,
        )
