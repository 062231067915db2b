"""One file by HTTP: time-outs, bounded retries, resumption, and redirects that never leave encryption.

Certificates are checked as requests does by itself; nothing here can switch that off.
"""

import os
import re
import sys
import time
from urllib.parse import urljoin, urlsplit

import requests
from tqdm import tqdm

from onelayer.errors import InputError

TIMEOUT_SECONDS = 30  # to connect, and to wait for the next byte
ATTEMPTS = 4
BACKOFF_SECONDS = 1  # before the second attempt, doubled before each further one
REDIRECTS = 5
CHUNK_BYTES = 1 << 10  # what a cut may lose of what had arrived


class _Passing(Exception):
    """A failure that the next attempt may not meet."""


PASSING = (_Passing, requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


def download(address, file, limit, resume=True):
    """Replace the content of `file` by the body at `address`.

    What may pass is tried again, after a pause: no connection, no byte for too long, a status from 500 on, a body
    that was cut. Where the server allows it, a cut body is continued.

    Parameters
    ----------
    address : str
        http:// or https://.
    file : binary file, opened for appending
    limit : int
        The most bytes that the body may have.
    resume : bool
        Whether to continue cut bodies; otherwise each attempt starts over.

    Returns
    -------
    bool
        Whether the content was put together from several answers.

    Raises
    ------
    ConnectionError
        Every attempt met a failure that may pass.
    InputError
        The server refuses, redirects where it may not, or sends more than `limit` bytes.
    requests.RequestException
        The address or the server's certificate is not valid.
    """
    file.truncate(0)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(BACKOFF_SECONDS * 2 ** (attempt - 1))
        if not resume:
            file.truncate(0)
        try:
            return _attempt(address, file, limit)
        except requests.exceptions.SSLError:
            raise
        except PASSING as error:
            last = error
    raise ConnectionError(f"{last} ({ATTEMPTS} attempts)") from last


def redirected(address, location):
    """Where a redirect leads: https from https, http or https from http.

    Raises
    ------
    InputError
        It leads elsewhere, such as from https to plain http.
    """
    allowed = {"https": {"https"}, "http": {"http", "https"}}[urlsplit(address).scheme]
    try:
        target = urljoin(address, location)
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise InputError(f"redirects to {location[:80]!r}, which is no address: {error}") from error
    if scheme not in allowed:
        raise InputError(f"redirects to {target}, which is refused: only https may follow https")
    return target


def _attempt(address, file, limit):
    """Ask once for what `file` lacks and append it; whether there was a part of it before."""
    have = file.seek(0, os.SEEK_END)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with _answer(address, headers) as response:
        total = _expected_size(response, file, have)
        continued = file.seek(0, os.SEEK_END) > 0
        with tqdm(
            total=total, initial=file.tell(), unit="B", unit_scale=True, disable=not sys.stderr.isatty(), leave=False
        ) as bar:
            for chunk in response.iter_content(CHUNK_BYTES):
                file.write(chunk)
                bar.update(len(chunk))
                if file.tell() > limit:
                    raise InputError(f"sends more than {limit} bytes")
    if total is not None and file.tell() < total:
        raise _Passing(f"the body was cut at {file.tell()} of {total} bytes")
    return continued


def _answer(address, headers):
    """The answer at the end of a bounded chain of redirects, its body not read yet."""
    for _ in range(REDIRECTS + 1):
        response = requests.get(address, headers=headers, stream=True, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        if not response.is_redirect:
            return response
        response.close()
        address = redirected(address, response.headers["Location"])
    raise InputError(f"more than {REDIRECTS} redirects")


def _expected_size(response, file, have):
    """The size of the whole file, or None if the answer does not say; `file` is emptied unless the answer continues it."""
    status = response.status_code
    if status == 206:
        said = re.fullmatch(r"bytes (\d+)-\d+/(\d+|\*)", response.headers.get("Content-Range", ""))
        if said and int(said[1]) == have:
            return None if said[2] == "*" else int(said[2])
    file.truncate(0)
    if status in {206, 416}:
        raise _Passing("the answer is not the range that was asked for")
    if status >= 500:
        raise _Passing(f"HTTP {status} {response.reason}")
    if status != 200:
        raise InputError(f"HTTP {status} {response.reason}")
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else None
