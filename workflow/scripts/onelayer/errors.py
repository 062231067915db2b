"""The errors that a user can act on, and writing a file whole or not at all."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path


class InputError(Exception):
    """Something given to the pipeline is wrong: a file, a key or a source.

    The message names the file or key, what is wrong with it and what to do. Scripts print it without a traceback.
    """


class TrainingError(Exception):
    """A training run cannot go on; the message names the run, the step and the value."""


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A name to write a file to, which becomes `path` when all is written; nothing is left behind when that fails.

    The name is this process's own: a job that outlived a killed run may be writing the same file.
    """
    partial = Path(f"{path}.{os.getpid()}.partial")
    partial.parent.mkdir(parents=True, exist_ok=True)
    try:
        yield partial
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
