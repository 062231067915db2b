"""What the results were made from, by and on: one JSON document."""

import datetime
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path

import numpy  # noqa: F401 - loads the BLAS that threadpoolctl looks at
from threadpoolctl import threadpool_info

from onelayer.joblog import job
from onelayer.store import read_images, write_json

PACKAGES = ("snakemake", "numpy", "pandas", "pyarrow", "matplotlib", "jinja2", "jsonschema", "pyyaml")


def main(project, config, image_paths, output):
    """Write the provenance. All but its part `machine` is the same wherever the same results are rebuilt.

    Parameters
    ----------
    project : dict
        `commit` and `clean` of the project's folder, None where it is no git repository.
    config : dict
    image_paths : list of paths of stored images, which record the hashes of their source files
    output : path
    """
    sources = [source for path in image_paths for source in read_images(path, 0).metadata["sources"]]
    canonical = json.dumps(config, sort_keys=True, separators=(",", ":"))
    write_json(
        output,
        {
            "project": project,
            "configuration_sha256": hashlib.sha256(canonical.encode()).hexdigest(),
            "configuration": config,
            "data_sha256": {source["file"]: source["sha256"] for source in sources},
            "packages": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
            "machine": machine(),
        },
    )


def machine():
    """Time, system, processor, and the BLAS that NumPy uses here with its number of threads."""
    keys = ("internal_api", "version", "architecture", "num_threads")
    return {
        "time": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "system": platform.platform(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "blas": [{key: pool.get(key) for key in keys} for pool in threadpool_info() if pool["user_api"] == "blas"],
    }


def _processor():
    """The processor's name; Linux keeps it in a file."""
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text(encoding="utf-8").splitlines() if cpuinfo.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    with job(snakemake.log[0]):
        main(
            project=snakemake.params.project,
            config=snakemake.params.config,
            image_paths=snakemake.input.images,
            output=snakemake.output.provenance,
        )
