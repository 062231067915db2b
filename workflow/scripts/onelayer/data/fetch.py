"""Getting a raw file from the first source that has it right: a mirror, an address or a folder."""

import contextlib
import gzip
import hashlib
import os
import re
import stat
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

from onelayer.data.content import MAX_BYTES, content_of
from onelayer.data.description import DataSet, is_address
from onelayer.io.errors import InputError
from onelayer.io.files import atomic_write

CHUNK_BYTES = 1 << 16
TIMEOUT_SECONDS = 30.0  # to connect, and to wait for the next byte
BACKOFF_SECONDS = 1.0  # before the second repetition, doubled before the third
RETRIES = 3
UNREACHED = "no connection"
MAY_PASS = (429, 500, 502, 503, 504)
USER = re.compile(r"(?<=://)(?:[^/\s]*:\S*|[^/\s]*)@")  # greedy: a password may hold an unquoted slash


def places_of(dataset: DataSet) -> list[str]:
    """Where to look for the files of a data set, in order: in ONELAYER_MIRROR, then in its sources."""
    mirror = os.environ.get("ONELAYER_MIRROR", "")
    if mirror and not is_address(mirror) and not Path(mirror).is_absolute():
        raise InputError(f"ONELAYER_MIRROR = {_shown(mirror)!r}: give an address or an absolute path")
    mirrors = [f"{mirror.rstrip('/')}/{dataset.name}"] if mirror else []
    return mirrors + dataset.places()


def fetch(file: Mapping[str, str], sources: Iterable[str], destination: Path, offline: bool) -> str:
    """Put a verified file at `destination` and say where it came from.

    A right file that is there is kept, a damaged one is replaced. Whatever is wrong with a source leads to the next.

    Parameters
    ----------
    file : `name`, and `sha256` of the decompressed content. Where `name` ends in .gz, a file without .gz will do: it is
        compressed then
    sources : iterable of str
        Folders, or addresses of folders.
    offline : bool
        Whether to skip addresses; no socket is opened then.

    Raises InputError: no source has the file; the message lists each with its cause, and the ways out.
    """
    if destination.is_file() and not _damage(destination, file["sha256"]):
        return str(destination)
    causes = []
    for source in sources:
        if offline and is_address(source):
            causes.append(f"{_shown(source)}: not asked, because offline is true")
            continue
        for name in dict.fromkeys([file["name"], file["name"].removesuffix(".gz")]):
            try:
                with atomic_write(destination) as partial:
                    _write(_chunks(source, name), partial, compress=name != file["name"])
                    if damage := _damage(partial, file["sha256"]):
                        raise InputError(damage)
                return _shown(source)
            except (InputError, OSError, ValueError) as error:  # those of requests are OSErrors
                if getattr(error, "filename", None) == str(destination):
                    raise  # no source can help
                causes.append(f"{_shown(source)} ({name}): {_cause(error)}{_one_up(source, name)}")
                if isinstance(error, ConnectionError):
                    break  # what does not answer has no other name either
    folder = destination.parent
    if causes and all(cause.endswith(UNREACHED) for cause in causes):
        asked = ", ".join(cause.partition(" (")[0] for cause in causes)
        raise InputError(
            f"{file['name']}: no connection to {asked}. make demo needs no network; a folder that holds {folder.name}/{file['name']} "
            "can be named in ONELAYER_MIRROR."
        )
    raise InputError(
        "\n  ".join([f"{file['name']}: no source has this file with SHA-256 {file['sha256']}. Tried:", *causes])
        + f"\nWays out: set ONELAYER_MIRROR to a folder or address that holds {folder.name}/{file['name']}; or put the "
        f"file into {folder.resolve()} by hand; or correct datasets.{folder.name}.sources. make demo needs no network."
    )


def _damage(path: Path, sha256: str) -> str:
    """What is wrong with the file at `path`; nothing if it is right."""
    try:
        content = content_of(path)
    except (InputError, OSError) as error:
        return str(error)
    found = hashlib.sha256(content).hexdigest()
    page = " (an HTML page)" if content.lstrip()[:15].lower().startswith((b"<!doctype html", b"<html")) else ""
    return "" if found == sha256 else f"expected SHA-256 {sha256}, found {found}{page}"


def _chunks(source: str, name: str) -> Iterator[bytes]:
    """The bytes of the file `name` of a source."""
    if is_address(source):
        yield from _download(source, name)
        return
    path = Path(source, name)
    if not stat.S_ISREG(path.stat().st_mode):
        raise InputError("is not a regular file")
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def _download(source: str, name: str) -> Iterator[bytes]:
    if re.search(r"[/?#\\]", "".join(USER.findall(source))):  # requests would take the password for a path, and say it
        raise InputError("in a user and a password write / as %2F, ? as %3F, # as %23 and \\ as %5C")
    import requests  # here, because importing it opens a socket
    from requests.adapters import HTTPAdapter, Retry

    # A server that asks to wait longer is asked again sooner, and then the next one is.
    retry = Retry(
        RETRIES,
        backoff_factor=BACKOFF_SECONDS,
        status_forcelist=MAY_PASS,
        raise_on_status=False,
        respect_retry_after_header=False,
    )
    address, headers = f"{source.rstrip('/')}/{quote(name)}", {"Accept-Encoding": "identity"}
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        try:
            response = session.get(address, headers=headers, stream=True, timeout=TIMEOUT_SECONDS)
        except (requests.exceptions.ConnectTimeout, requests.exceptions.ConnectionError) as error:
            if isinstance(error, requests.exceptions.SSLError | requests.exceptions.ProxyError):
                raise
            raise ConnectionError(UNREACHED) from error
        with response:
            response.raise_for_status()
            yield from response.iter_content(CHUNK_BYTES)


def _write(chunks: Iterator[bytes], path: Path, compress: bool) -> None:
    size = 0
    with open(path, "wb") as raw, contextlib.ExitStack() as stack:
        file = stack.enter_context(gzip.GzipFile("", "wb", 6, raw, mtime=0)) if compress else raw
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise InputError(f"sends more than {MAX_BYTES} bytes")
            file.write(chunk)


def _one_up(source: str, name: str) -> str:
    """A hint if a folder does not have the file, and the folder above it has."""
    above = Path(source).parent
    if is_address(source) or not (above / name).is_file():
        return ""
    return f"; {above} has it: name the folder that holds a folder {Path(source).name} with the files"


def _shown(text: str) -> str:
    """A text without the user and the password of the addresses in it."""
    return USER.sub("", text)


def _cause(error: Exception) -> str:
    """One line for people."""
    return _shown(" ".join(str(getattr(error, "strerror", None) or error).split()))
