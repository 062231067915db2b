"""The content of a raw file, decompressed if it is gzip, and its SHA-256."""

import gzip
import hashlib
import shlex
import zlib
from pathlib import Path

from onelayer.io.errors import InputError

MAX_BYTES = 2 << 30  # of a download, and of what it decompresses to
GZIP_MAGIC = b"\x1f\x8b"


def content_of(path: Path, sha256: str | None = None) -> bytes:
    """The content of the file at `path`, compared with its SHA-256 if there is one.

    Raises InputError: damaged gzip, another content, or more than MAX_BYTES of it; the message does not name the file.
    """
    with open(path, "rb") as raw:
        gzipped = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        try:
            content = (gzip.GzipFile(fileobj=raw) if gzipped else raw).read(MAX_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"not a whole gzip file: {error}") from error
    if len(content) > MAX_BYTES:
        raise InputError(f"more than {MAX_BYTES} bytes of content")
    found = hashlib.sha256(content).hexdigest()
    if sha256 not in (None, found):
        page = " (an HTML page)" if content.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")) else ""
        raise InputError(f"expected SHA-256 {sha256}, found {found}{page}")
    return content


def content_hash(path: Path) -> str:
    """SHA-256 of the content of the file at `path`; raises as `content_of`."""
    return hashlib.sha256(content_of(path)).hexdigest()


def verified_content(path: Path, sha256: str | None) -> bytes:
    """As `content_of`, with errors that name the file, and say to delete it if it has a hash and so can be fetched again."""
    try:
        return content_of(path, sha256)
    except InputError as error:
        if sha256 is None:
            raise InputError(f"{path}: {error}: put a sound file in its place") from error
        raise InputError(f"{path}: damaged ({error}): delete it and run again: rm {shlex.quote(str(path))}") from error


def visible(folder: Path) -> list[Path]:
    """What a folder holds, sorted; what is hidden, or what an archive of another system leaves, is passed over."""
    own = (path for path in folder.iterdir() if not path.name.startswith((".", "__MACOSX")))
    return sorted(own, key=lambda path: path.name)  # of one folder, so the name alone decides
