"""The errors that a user can act on."""

import contextlib
import errno
import os
from pathlib import Path

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class InputError(Exception):
    """Something given to the pipeline is wrong: a file, a key or a source.

    The message is one that a person can act on: it names the file or key, says what is wrong with it
    and what to do. Scripts print it without a traceback.
    """


class TrainingError(Exception):
    """A training run cannot go on; the message names the run, the step and the value."""


@contextlib.contextmanager
def writing(path):
    """Turn the error of a full disk, which names no file, into an InputError that names `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise InputError(disk_full(path, error)) from error
        raise


@contextlib.contextmanager
def whole(path):
    """A name to write a file to that becomes `path` when all is written; nothing is left behind when that fails."""
    partial = f"{path}.partial"
    try:
        with writing(path):
            yield partial
            os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise


def disk_full(path, error):
    """What to say of an OSError of DISK_FULL."""
    return (
        f"{path}: cannot be written: {os.strerror(error.errno)}. Make room on its disk (or raise the quota or the limit on "
        "the size of files) and run again; what is complete is kept"
    )
