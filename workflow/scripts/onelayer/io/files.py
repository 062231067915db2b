"""Files that are written whole or not at all, text, CSV, JSON, arrays; and what reading a damaged one raises."""

import contextlib
import csv
import json
import math
import os
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.io.errors import InputError, one_line

PathLike = str | os.PathLike[str]
Array = NDArray[Any]

# What the libraries raise of a damaged file: RuntimeError for a ZIP version, an encryption or a compression that NumPy lacks.
UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, LookupError, TypeError, RuntimeError)


@contextlib.contextmanager
def readable(path: PathLike, *more: type[Exception]) -> Iterator[None]:
    """Make what is raised of a damaged file, UNREADABLE and `more`, an InputError that names it and says what to do."""
    try:
        yield
    except UNREADABLE + more as error:
        problem = f"damaged, or not of this pipeline ({one_line(error)})"
        raise InputError(f"{path}: {problem}: delete it and run again") from error


@contextlib.contextmanager
def atomic_write(path: PathLike) -> Iterator[Path]:
    """A name to write a file to, which becomes `path` when all is written; nothing is left behind when that fails.

    The name is this process's own: a job that outlived a killed run may be writing the same file. An OSError names `path`,
    whatever the system refused.
    """
    partial = Path(f"{path}.{os.getpid()}.partial")
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        os.replace(partial, path)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(partial)):
            error.filename = str(path)
        raise
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def write_text(path: PathLike, text: str) -> None:
    """Write a text file."""
    with atomic_write(path) as partial:
        partial.write_text(text, encoding="utf-8")


def write_rows(path: PathLike, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a CSV file; None is an empty field. Without pandas, whose import takes longer than most scripts that write one."""
    with atomic_write(path) as partial, open(partial, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([columns, *rows])


def read_rows(path: PathLike) -> list[dict[str, str]]:
    """Rows of a CSV file as dicts of strings: every digit stays as the table has it."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def finite_or_none(document: Any) -> Any:
    """A document in which every float that is not finite is None: JSON has no other word for it."""
    if isinstance(document, dict):
        return {key: finite_or_none(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [finite_or_none(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document


def write_json(path: PathLike, document: Any) -> None:
    """Write a JSON document that a person can read; floats keep every digit, and what is not finite is null."""
    write_text(path, json.dumps(finite_or_none(document), indent=2, allow_nan=False) + "\n")


def read_json(path: PathLike) -> Any:
    """A JSON document."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def write_arrays(path: PathLike, arrays: Mapping[str, Array]) -> None:
    """Write named arrays to an .npz file."""
    with atomic_write(path) as partial, open(partial, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle
