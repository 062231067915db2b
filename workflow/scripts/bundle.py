"""Pack the verified raw files of a data set, with its licence, for a machine without network.

The archive depends on nothing but the content: the files are not compressed, and times, owners and modes are fixed.
"""

import io
import tarfile
from pathlib import Path

from onelayer.errors import whole
from onelayer.fetch import read_or_fetch, sources_of
from onelayer.joblog import job

LICENCE = """\
{title}: {subject}

Made by {authors}.
Licence: {licence}, {licence_address}
Please cite: {citation}

The IDX files in this folder are unchanged but for decompression; SHA256SUMS lists their hashes:
    cd {name} && sha256sum -c SHA256SUMS

To use them, extract the archive anywhere and name the folder it was extracted into:
    ONELAYER_MIRROR=/that/folder snakemake --config offline=true
"""


def main(name, description, sources, raw, offline, output, log):
    """Write the archive; its one folder, `name`, is what ONELAYER_MIRROR looks for.

    Parameters
    ----------
    name : str
        The data set's name.
    description : dict
        Its title, subject, authors, licence, licence_address, citation and files.
    sources : list of str
        Where to fetch a damaged file from.
    raw : list of path
        The raw files, in the order of the description.
    offline : bool
    output : path
    log : logging.Logger
    """
    with whole(output) as partial, tarfile.open(partial, "w", format=tarfile.USTAR_FORMAT) as archive:
        _add(archive, f"{name}/LICENCE.txt", LICENCE.format(name=name, **description).encode())
        sums = "".join(f"{file['sha256']}  {other}\n" for other, file in description["files"].items())
        _add(archive, f"{name}/SHA256SUMS", sums.encode())
        for other, path in zip(description["files"], raw, strict=True):
            _add(archive, f"{name}/{other}", read_or_fetch(other, description["files"], sources, path, offline))
    log.info("%s: %d bytes", output, Path(output).stat().st_size)


def _add(archive, path, content):
    """Add one file; a new TarInfo has time, user and group 0, and mode 644."""
    entry = tarfile.TarInfo(path)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


if __name__ == "__main__":
    with job(snakemake.log[0]) as log:
        name, description = snakemake.wildcards.dataset, snakemake.params.description
        main(
            name=name,
            description=description,
            sources=sources_of(name, description["sources"], snakemake.params.project),
            raw=snakemake.input.raw,
            offline=snakemake.config["offline"],
            output=snakemake.output.tar,
            log=log,
        )
