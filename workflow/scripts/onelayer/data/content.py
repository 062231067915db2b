"""The content of a raw file, decompressed if it is gzip, and its SHA-256."""

import gzip
import hashlib
import shlex
import zlib
from collections.abc import Iterator
from pathlib import Path

from onelayer.errors import WAYS_OUT, InputError

MAX_BYTES = 2 << 30  # of a download, and of what it decompresses to
CHUNK_BYTES = 1 << 16
GZIP_MAGIC = b"\x1f\x8b"


def content_hash(path: Path) -> str:
    """SHA-256 of the content of the file at `path`.

    Raises
    ------
    InputError
        The file is damaged gzip, or its content is larger than MAX_BYTES; the message does not name the file.
    """
    digest = hashlib.sha256()
    for chunk in content_chunks(path):
        digest.update(chunk)
    return digest.hexdigest()


def verified_content(path: Path, sha256: str | None) -> bytes:
    """Content of the raw file at `path`, held to its SHA-256 if there is one.

    Raises
    ------
    InputError
        The content is not the one expected, or cannot be read. Only a file with a known hash can be fetched again, so
        only then does the message say to delete it.
    OSError
        The system refuses it, and the user can change that.
    """
    try:
        content = b"".join(content_chunks(path))
        found = hashlib.sha256(content).hexdigest()
        if sha256 in (None, found):
            return content
        cause = f"expected SHA-256 {sha256}, found {found}"
    except InputError as error:
        cause = str(error)
    except OSError as error:
        if error.errno in WAYS_OUT:
            raise
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if sha256 is None:
        raise InputError(f"{path}: {cause}: put a sound file in its place")
    raise InputError(f"{path}: damaged ({cause}): delete it and run again: rm {shlex.quote(str(path))}")


def content_chunks(path: Path) -> Iterator[bytes]:
    """The content in pieces, so that a bomb ends at MAX_BYTES."""
    size = 0
    with open(path, "rb") as raw:
        gzipped = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        source = gzip.GzipFile(fileobj=raw) if gzipped else raw
        try:
            while chunk := source.read(CHUNK_BYTES):
                size += len(chunk)
                if size > MAX_BYTES:
                    raise InputError(f"more than {MAX_BYTES} bytes of content")
                yield chunk
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"not a whole gzip file: {error}") from error
