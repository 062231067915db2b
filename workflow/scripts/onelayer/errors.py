"""The errors that a user can act on, and writing a file whole or not at all."""

import contextlib
import errno
import glob
import os
from collections.abc import Iterator
from pathlib import Path

# What a user can do about a file that the system refuses, by the number of the error.
WAYS_OUT = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EFBIG), "Make room on its disk"),
    **dict.fromkeys((errno.EACCES, errno.EPERM), "Give your user the right to read and write it"),
    **dict.fromkeys((errno.EISDIR, errno.ENOTDIR, errno.EEXIST), "Move what is in its place away"),
    errno.EROFS: "Make its disk writable, or choose another folder with --directory",
    errno.ENAMETOOLONG: "Choose a folder with a shorter path",
}


class InputError(Exception):
    """Something given to the pipeline is wrong: a file, a key or a source.

    The message names the file or key, what is wrong with it and what to do. Scripts print it without a traceback.
    """


class TrainingError(Exception):
    """A training run cannot go on; the message names the run, the step and the value."""


def one_line(error: object) -> str:
    """The text of an error of some library in one line of plain characters, for a message of ours to quote."""
    return "".join(sign if sign.isprintable() else "?" for sign in " ".join(str(error).split()))


@contextlib.contextmanager
def atomic_write(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A name to write a file to, which becomes `path` when all is written; nothing is left behind when that fails.

    The name is this process's own: a job that outlived a killed run may be writing the same file. What a process that is
    gone left behind is removed. An OSError names `path`, whatever the system refused.
    """
    partial = Path(f"{path}.{os.getpid()}.partial")
    try:
        partial.parent.mkdir(parents=True, exist_ok=True)
        _remove_orphans(path)
        yield partial
        os.replace(partial, path)
    except OSError as error:
        if error.errno is not None and error.filename in (None, str(partial)):
            error.filename = str(path)
        raise
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()


def _remove_orphans(path: str | os.PathLike[str]) -> None:
    """Remove what killed processes of this machine began to write."""
    for orphan in glob.glob(f"{glob.escape(str(path))}.*.partial"):
        with contextlib.suppress(OSError, ValueError):
            process = int(orphan.split(".")[-2])
            try:
                os.kill(process, 0)  # only asks whether there is one
            except ProcessLookupError:
                os.unlink(orphan)
