"""Which picture files `images_to_predict` asks for."""

import os
from pathlib import Path

from onelayer.data.content import visible
from onelayer.data.description import DataSet
from onelayer.io.errors import InputError


def requested_pictures(requested: str, dataset: DataSet, tasks: int) -> list[tuple[str, int, int]]:
    """Absolute paths of the file `requested`, or of the files in this folder, with their sizes and times; none if it is empty.

    They are a parameter of a job: as its input files Snakemake would take braces in a name for wildcards. So many `tasks` can predict.

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
    return [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in found]
