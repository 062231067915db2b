"""Getting a raw data file from the first source that has it right, and checking what was got."""

import gzip
import hashlib
import os
import shutil
import sys
import tempfile
import zlib
from pathlib import Path
from urllib.parse import urljoin

import pooch
import requests

from onelayer.errors import DISK_FULL, InputError, writing

GZIP_MAGIC = b"\x1f\x8b"
TIMEOUT_SECONDS = 30


def fetch(name, expected, sources, destination):
    """Put one IDX file, gzipped and verified, at `destination`.

    A file that is there already and is right is kept. Otherwise sources are tried in order. Whatever is wrong with one (no such file, a broken connection, wrong
    content) leads to the next. The destination is written only by moving a verified file into place.

    Parameters
    ----------
    name : str
        File name without `.gz`.
    expected : dict
        `bytes` and `sha256` of the decompressed content.
    sources : sequence of str
        Folders, or http(s) addresses of folders, that hold the file, with or without `.gz`.
    destination : path-like
        Where the gzipped file goes; its folder is made if need be.

    Returns
    -------
    str
        The source that the file came from; the destination if it was there.

    Raises
    ------
    InputError
        No source had the right file. The message lists each source with its cause, and the ways out.
    """
    destination = Path(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    if _is_right(destination, expected):
        os.utime(destination)
        return str(destination)
    causes = []
    with writing(destination), tempfile.TemporaryDirectory(prefix=".fetch-", dir=destination.parent) as staging:
        for source in sources:
            for candidate in (f"{name}.gz", name):
                got = Path(staging, "got")
                try:
                    _get(source, candidate, got)
                    content = read_verified(got, expected)
                except (requests.ConnectionError, requests.Timeout) as error:
                    causes.append(f"  {source}: {_first_line(error)}")
                    break  # the plain file would not be reached either
                except (InputError, OSError, requests.RequestException) as error:
                    if getattr(error, "errno", None) in DISK_FULL:
                        raise
                    causes.append(f"  {source} ({candidate}): {_first_line(error)}")
                    continue
                if candidate == name:
                    got.write_bytes(gzip.compress(content, compresslevel=6, mtime=0))
                os.replace(got, destination)
                return source
    raise InputError(
        f"{name}: no source has this file with {expected['bytes']} bytes and SHA-256 {expected['sha256']}. Tried:\n"
        + "\n".join(causes)
        + f"\nWays out: set ONELAYER_MIRROR to a folder or address that holds {destination.parent.name}/{name}.gz; "
        f"or put the file at {destination} yourself; or correct the sources in config/datasets.yaml."
    )


def read_verified(path, expected):
    """Decompressed content of a raw file, gzipped or plain, after checking its length and hash.

    Parameters
    ----------
    path : path-like
    expected : dict
        `bytes` and `sha256` of the decompressed content.

    Returns
    -------
    bytes

    Raises
    ------
    InputError
        The file is not what is expected; the message says how.
    OSError
        The file cannot be read.
    """
    limit = expected["bytes"] + 1  # enough to notice a longer file, whatever it decompresses to
    with open(path, "rb") as raw:
        gzipped = raw.read(2) == GZIP_MAGIC
        raw.seek(0)
        try:
            content = (gzip.GzipFile(fileobj=raw) if gzipped else raw).read(limit)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise InputError(f"damaged gzip file, at offset {raw.tell()} or before: {error}") from error
    if len(content) != expected["bytes"]:
        size = f"more than {expected['bytes']}" if len(content) == limit else len(content)
        raise InputError(f"expected {expected['bytes']} bytes of content, found {size}{_looks_like(content)}")
    found = hashlib.sha256(content).hexdigest()
    if found != expected["sha256"]:
        raise InputError(f"expected SHA-256 {expected['sha256']}, found {found}")
    return content


def _is_right(path, expected):
    try:
        read_verified(path, expected)
    except (InputError, OSError):
        return False
    return True


def _get(source, name, target):
    """Copy or download `name` from one source to the file `target`."""
    if not source.startswith(("http://", "https://")):
        shutil.copyfile(Path(source, name), target)
        return
    download = pooch.HTTPDownloader(progressbar=sys.stderr.isatty(), timeout=TIMEOUT_SECONDS, chunk_size=1 << 16)
    download(urljoin(source.rstrip("/") + "/", name), str(target), None)


def _looks_like(content):
    start = content[:256].lstrip().lower()
    return " (an HTML page)" if start.startswith((b"<!doctype html", b"<html")) else ""


def _first_line(error):
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join((str(error).splitlines() or [type(error).__name__])[0].split())
