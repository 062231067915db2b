"""Which picture files `images_to_predict` asks for."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote_from_bytes, unquote_to_bytes

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
    return list(map(str, found))


def stamped(paths: Sequence[str]) -> list[tuple[str, int, int]]:
    """Each path in letters that every program passes on, with the size and the time of its file: a job's parameter.

    They are no input files of Snakemake, which takes braces in a name for wildcards and no name that is not text.
    """
    stats = [os.stat(path) for path in paths]
    return [
        (quote_from_bytes(os.fsencode(path)), stat.st_size, stat.st_mtime_ns)
        for path, stat in zip(paths, stats, strict=True)
    ]


def unstamped(stamps: Iterable[Sequence[Any]]) -> list[str]:
    """The paths that `stamped` was given."""
    return [os.fsdecode(unquote_to_bytes(quoted)) for quoted, *_ in stamps]


def printable(name: str) -> str:
    """A name as one can print it: control characters, and bytes that are no text, by their numbers."""
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in name)
