"""Record what the results were made from: code, configuration, data, versions and machine, in one JSON document."""

import datetime
import hashlib
import json
import os
import platform
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy  # noqa: F401 - loads the BLAS that threadpoolctl looks at
from threadpoolctl import threadpool_info

from onelayer.data.store import read_metadata
from onelayer.io.files import write_json
from onelayer.io.log import job


def provenance(params: Any, images: Sequence[str]) -> dict[str, Any]:
    """The document. All but its part `machine` is the same wherever the same results are rebuilt.

    `params` has `project`, its version, and `commit` and `clean`, None if it is not a git repository; `config` and `versions`.
    `images` are stored images, which record the hashes of their source files.
    """
    canonical = json.dumps(params.config, sort_keys=True, separators=(",", ":"))
    return {
        "project": params.project,
        "configuration_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
        "configuration": params.config,
        "data": [
            {"split": one["split"], "images": one["count"], "sha256": one["sha256"], "sources": one["sources"]}
            for one in map(read_metadata, images)
        ],
        "versions": params.versions,
        "machine": machine(),
    }


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
        write_json(snakemake.output.provenance, provenance(snakemake.params, snakemake.input.images))
