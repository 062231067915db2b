"""Record what the results were made from: code, configuration, data, versions and machine, in one JSON document."""

import datetime
import hashlib
import json
import os
import platform
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy  # noqa: F401 - loads the BLAS that threadpoolctl looks at
from threadpoolctl import threadpool_info

from onelayer.data.store import read_metadata
from onelayer.io.files import write_json
from onelayer.io.log import job


def main(
    project: Mapping[str, Any],
    config: Mapping[str, Any],
    versions: Mapping[str, str],
    images: Sequence[str],
    output: str,
) -> None:
    """Write the provenance. All but its part `machine` is the same wherever the same results are rebuilt.

    `project` is its version, and `commit` and `clean`, None if it is not a git repository; `images` are stored images, which
    record the hashes of their source files.
    """
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"))
    document = {
        "project": project,
        "configuration_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "configuration": config,
        "data": [
            {"split": one["split"], "images": one["count"], "sha256": one["sha256"], "sources": one["sources"]}
            for one in map(read_metadata, images)
        ],
        "versions": versions,
        "machine": machine(),
    }
    write_json(output, document)


def machine() -> dict[str, Any]:
    """Time, system, processor, and the BLAS that NumPy uses here with its number of threads."""
    keys = ("internal_api", "version", "architecture", "num_threads")
    cpuinfo = Path("/proc/cpuinfo")  # Linux keeps the processor's name in a file
    names = re.findall(r"^model name\s*: (.*)$", cpuinfo.read_text() if cpuinfo.exists() else "", flags=re.MULTILINE)
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": names[0] if names else platform.processor(),
        "cores": os.cpu_count(),
        "blas": [{key: pool.get(key) for key in keys} for pool in threadpool_info() if pool["user_api"] == "blas"],
    }


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(
            project=snakemake.params.project,
            config=snakemake.params.config,
            versions=snakemake.params.versions,
            images=snakemake.input.images,
            output=snakemake.output.provenance,
        )
