"""Pack the results, what they were made from and the project's files as a Workflow Run RO-Crate."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from importlib.util import find_spec

from onelayer.data.description import PROJECT
from onelayer.errors import InputError, atomic_write
from onelayer.log import job

if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        if find_spec("rocrate") is None:
            raise InputError("The package rocrate is missing: make crate installs it, or pip install rocrate")
        from onelayer.crate import crate_of

        crate = crate_of(
            project=PROJECT,
            files=snakemake.params.files,
            results=sorted({str(path) for path in snakemake.input}),
            provenance=snakemake.input.provenance,
            dataset=snakemake.params.dataset,
            description=snakemake.params.description,
        )
        with atomic_write(snakemake.output.crate) as partial:
            crate.write_zip(partial)
