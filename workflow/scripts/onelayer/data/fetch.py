"""Getting a raw file from the first source that has it right: a mirror, an address or a folder."""

import contextlib
import os
import re
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

    A right file that is there is kept, a damaged one is replaced. Whatever is wrong with a source, a folder or the address of
    one, leads to the next. `file` has its `name` and the `sha256` of its decompressed content. No socket is opened if `offline`.

    Raises InputError: no source has the file; the message lists each with its cause, and the ways out.
    """
    with contextlib.suppress(InputError, OSError):
        content_of(destination, file["sha256"])
        return str(destination)
    causes = []
    for source in sources:
        try:
            if offline and is_address(source):
                raise InputError("not asked, because offline is true")
            with atomic_write(destination) as partial:
                with open(partial, "wb") as received:
                    for chunk in _chunks(source, file["name"]):
                        received.write(chunk)
                        if received.tell() > MAX_BYTES:
                            raise InputError(f"sends more than {MAX_BYTES} bytes")
                content_of(partial, file["sha256"])
            return _shown(source)
        except (InputError, OSError, ValueError) as error:  # those of requests are OSErrors
            if getattr(error, "filename", None) == str(destination):
                raise  # no source can help
            cause = " ".join(str(getattr(error, "strerror", None) or error).split())
            above = Path(source).parent
            if not is_address(source) and (above / file["name"]).is_file():
                cause += f"; {above} has it: name the folder that holds a folder {Path(source).name} with the files"
            causes.append(_shown(f"{source}: {cause}"))
    folder = destination.parent
    tried = "\n  ".join([f"{file['name']}: no source has this file with SHA-256 {file['sha256']}. Tried:", *causes])
    raise InputError(
        f"{tried}\nWays out: set ONELAYER_MIRROR to a folder or address that holds {folder.name}/{file['name']}; or put the "
        f"file into {folder.resolve()} by hand; or correct datasets.{folder.name}.sources. make demo needs no network."
    )


def _chunks(source: str, name: str) -> Iterator[bytes]:
    """The bytes of the file `name` of a source."""
    if not is_address(source):
        yield Path(source, name).read_bytes()
        return
    if re.search(r"[/?#\\]", "".join(USER.findall(source))):  # requests would take the password for a path, and say it
        raise InputError("in a user and a password write / as %2F, ? as %3F, # as %23 and \\ as %5C")
    import requests  # here, because importing it opens a socket
    from requests.adapters import HTTPAdapter, Retry

    retry = Retry(
        RETRIES,
        backoff_factor=BACKOFF_SECONDS,
        status_forcelist=MAY_PASS,
        raise_on_status=False,
        respect_retry_after_header=False,  # a server may ask for hours; the next source is asked instead
    )
    address, headers = f"{source.rstrip('/')}/{quote(name)}", {"Accept-Encoding": "identity"}
    with requests.Session() as session:
        for scheme in ("http://", "https://"):
            session.mount(scheme, HTTPAdapter(max_retries=retry))
        with session.get(address, headers=headers, stream=True, timeout=TIMEOUT_SECONDS) as response:
            response.raise_for_status()
            yield from response.iter_content(CHUNK_BYTES)


def _shown(text: str) -> str:
    """A text without the user and the password of the addresses in it."""
    return USER.sub("", text)
