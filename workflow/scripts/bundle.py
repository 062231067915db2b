"""Pack the verified raw files of a data set, with its licence, for a machine without network.

The archive depends on nothing but the content: the files are not compressed, and times, owners and modes are fixed.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import hashlib
import io
import logging
import tarfile
from collections.abc import Mapping
from typing import Any

from onelayer.data.content import verified_content
from onelayer.errors import InputError, atomic_write
from onelayer.log import job

USE = """\
The files in this folder are unchanged but for decompression; SHA256SUMS lists their hashes:
    cd {name} && sha256sum -c SHA256SUMS

To use them, extract the archive anywhere and name the folder it was extracted into:
    ONELAYER_MIRROR=/that/folder snakemake --config offline=true
"""


def main(name: str, description: Mapping[str, Any], raw: Mapping[str, Path], output: Path, log: logging.Logger) -> None:
    """Write the archive of the files `raw`, by role; its one folder, `name`, is what ONELAYER_MIRROR looks for."""
    if not raw:
        raise InputError(f"config: datasets.{name} has no files to pack: copy its folder of pictures instead")
    packed = {}
    for role, path in raw.items():
        file = description["files"][role]
        packed[file["name"].removesuffix(".gz")] = verified_content(path, file.get("sha256"))
    sums = "".join(f"{hashlib.sha256(content).hexdigest()}  {other}\n" for other, content in packed.items())
    packed = {"LICENCE.txt": licence(name, description).encode(), "SHA256SUMS": sums.encode()} | packed
    with atomic_write(output) as partial, tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as archive:
        for other, content in packed.items():
            entry = tarfile.TarInfo(f"{name}/{other}")  # time, user and group are 0, the mode is 644
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    log.info("%s: %d bytes", output, output.stat().st_size)


def licence(name: str, description: Mapping[str, Any]) -> str:
    """What is known of the data set, and how the archive is used."""
    known = description.get
    lines = [
        description["title"] + (f": {known('subject')}" if known("subject") else ""),
        "",
        f"Made by {known('authors', 'an unknown author')}.",
        "Licence: " + ", ".join(filter(None, [known("licence", "unknown"), known("licence_address")])),
        *([f"Please cite: {known('citation')}"] if known("citation") else []),
        "",
        USE.format(name=name),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code) as log:
        main(
            name=snakemake.wildcards.dataset,
            description=snakemake.params.description,
            raw={role: Path(path) for role, path in snakemake.input.items()},
            output=Path(snakemake.output.tar),
            log=log,
        )
