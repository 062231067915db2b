"""Write down what the results were made from: code, configuration, data, versions and machine, in one JSON document."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import datetime
import hashlib
import json
import os
import platform
from collections.abc import Mapping, Sequence
from typing import Any

import numpy  # noqa: F401 - loads the BLAS that threadpoolctl looks at
from threadpoolctl import threadpool_info

from onelayer.data.store import read_metadata, write_json
from onelayer.log import job


def main(
    project: Mapping[str, Any],
    config: Mapping[str, Any],
    versions: Mapping[str, str],
    images: Sequence[str],
    output: str,
) -> None:
    """Write the provenance. All but its part `machine` is the same wherever the same results are rebuilt.

    Parameters
    ----------
    project : dict
        `version`, and `commit` and `clean` of the project's folder, None where it is no git repository.
    config : dict
    versions : dict
        Of Python and the packages.
    images : list of paths of stored images, which record the hashes of their source files
    output : path
    """
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"))
    metadata = [read_metadata(path) for path in images]
    write_json(
        output,
        {
            "project": project,
            "configuration_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
            "configuration": config,
            "data": [
                {"split": one["split"], "images": one["count"], "sha256": one["sha256"], "sources": one["sources"]}
                for one in metadata
            ],
            "versions": versions,
            "machine": machine(),
        },
    )


def machine() -> dict[str, Any]:
    """Time, system, processor, and the BLAS that NumPy uses here with its number of threads."""
    keys = ("internal_api", "version", "architecture", "num_threads")
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "blas": [{key: pool.get(key) for key in keys} for pool in threadpool_info() if pool["user_api"] == "blas"],
    }


def processor() -> str:
    """The processor's name; Linux keeps it in a file."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(
            project=snakemake.params.project,
            config=snakemake.params.config,
            versions=snakemake.params.versions,
            images=snakemake.input.images,
            output=snakemake.output.provenance,
        )
