"""Which pictures `images_to_predict` asks for."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onelayer.data.readers import visible
from onelayer.errors import InputError
from onelayer.grid import Task


def asked_pictures(asked: str, dataset: str, description: Mapping[str, Any], tasks: Mapping[str, Task]) -> list[str]:
    """Absolute paths of the file `asked`, or of the files in this folder; none where it is empty.

    `dataset` has this description, and `tasks` are those that can predict.

    Raises
    ------
    InputError
        There is no such file, or nothing that could predict it.
    """
    if not asked:
        return []
    if "preparation" not in description:
        raise InputError(
            f"{dataset} has no preparation, so no picture can be made like its images: see the key in config/README.md"
        )
    if not tasks:
        raise InputError("no task has more than two classes")
    path = Path(os.path.abspath(asked))
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder")
    found = [path] if path.is_file() else [file for file in visible(path) if file.is_file()]
    if not found:
        raise InputError(f"{path}: there is no file in this folder")
    for file in found:
        if {"{", "}"} & set(str(file)):
            raise InputError(f"{file}: Snakemake takes braces in a name for a wildcard: rename it")
    return list(map(str, found))
