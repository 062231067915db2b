"""Which picture files `images_to_predict` asks for."""

import os
from pathlib import Path

from onelayer.data.content import visible
from onelayer.data.description import DataSet
from onelayer.io.errors import InputError


def requested_pictures(requested: str, dataset: DataSet, tasks: int) -> list[str]:
    """Absolute paths of the file `requested`, or of the files in this folder; none if it is empty.

    Parameters
    ----------
    tasks : how many tasks can predict

    Raises InputError: there is no such file, or nothing that could predict it.
    """
    if not requested:
        return []
    if dataset.preparation is None:
        raise InputError(
            f"{dataset.name} has no preparation, so no picture can be made like its images: see the key in config/README.md"
        )
    if not tasks:
        raise InputError("no task has more than two classes")
    path = Path(os.path.abspath(requested))
    if not path.exists():
        raise InputError(f"{path}: no such file or folder")
    found = [path] if path.is_file() else [file for file in visible(path) if file.is_file()]
    if not found:
        raise InputError(f"{path}: no file in this folder")
    for file in found:
        if {"{", "}"} & set(str(file)):
            raise InputError(f"{file}: Snakemake takes braces in a name for a wildcard: rename it")
    return list(map(str, found))
