"""Getting a raw data file from the first source that has it right, and checking what was got."""

import contextlib
import fcntl
import gzip
import hashlib
import os
import shutil
import zlib
from pathlib import Path
from urllib.parse import urljoin

from onelayer.errors import DISK_FULL, InputError, writing
from onelayer.joblog import warn

GZIP_MAGIC = b"\x1f\x8b"


def sources_of(dataset, sources, project):
    """Where to look for the files of a data set, in order: in ONELAYER_MIRROR, then in the data set's sources.

    Parameters
    ----------
    dataset : str
        The data set's name.
    sources : list of str
        Addresses of folders, or folders of the project.
    project : path-like
        The project's folder.

    Returns
    -------
    list of str

    Raises
    ------
    InputError
        ONELAYER_MIRROR is a relative path.
    """
    mirror = os.environ.get("ONELAYER_MIRROR")
    if mirror and not _is_address(mirror) and not Path(mirror).is_absolute():
        raise InputError(
            f"ONELAYER_MIRROR = {mirror!r}: give an address or an absolute path; jobs run in the working folder"
        )
    mirrors = [mirror.rstrip("/") + f"/{dataset}"] if mirror else []
    return mirrors + [source if _is_address(source) else str(Path(project, source)) for source in sources]


def fetch(name, files, sources, destination, offline=False):
    """Put one IDX file, gzipped and verified, at `destination`.

    A file that is there already and is right is kept; a damaged one is reported and replaced. Sources are tried in
    order. Whatever is wrong with one (no such file, a broken connection, wrong content) leads to the next. The
    destination is written only by moving a verified file into place. Several processes may fetch the same file: one
    does, the others wait for it.

    Parameters
    ----------
    name : str
        File name without `.gz`.
    files : dict
        The files of the data set: from names to `bytes` and `sha256` of the decompressed content.
    sources : sequence of str
        Folders, or http(s) addresses of folders, that hold the file, with or without `.gz`.
    destination : path-like
        Where the gzipped file goes; its folder is made if need be.
    offline : bool
        Whether to skip addresses; no socket is opened then.

    Returns
    -------
    str
        The source that the file came from; the destination if it was there.

    Raises
    ------
    InputError
        No source had the right file. The message lists each source with its cause, the files of the data set that are
        missing, and the ways out.
    """
    destination = Path(destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    if _damage(destination, files[name]):
        with writing(destination), _part_of(destination) as part:
            damage = _damage(destination, files[name])  # another process may have fetched it by now
            if damage:
                if destination.exists():
                    warn(f"{destination}: {damage}. It is fetched anew")
                source = _fill(part, name, files, sources, destination, offline)
                os.fsync(part.fileno())
                os.replace(part.name, destination)
                return source
    with contextlib.suppress(PermissionError):  # a right file of somebody else
        os.utime(destination)
    return str(destination)


def read_or_fetch(name, files, sources, path, offline=False):
    """Decompressed content of the raw file at `path`, which is fetched anew if it is damaged.

    A file that replaces a damaged one takes over its time, so that nothing that was made from the right content is
    made again. Parameters and errors are those of `fetch`.

    Returns
    -------
    bytes
    """
    path = Path(path)
    if path.exists() and _damage(path, files[name]):
        time = path.stat().st_mtime_ns
        fetch(name, files, sources, path, offline)
        os.utime(path, ns=(time, time))
    return read_verified(path, files[name])


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


def _damage(path, expected):
    """What is wrong with the file at `path`, or None if it is right."""
    try:
        read_verified(path, expected)
    except (InputError, OSError) as error:
        return _first_line(error)


@contextlib.contextmanager
def _part_of(destination):
    """An empty file beside `destination`, open for appending, that only this process writes; it is gone afterwards.

    The file is the lock as well. A process that is killed leaves both: the lock ends with it, and the file is emptied
    by the next process that comes.
    """
    path = destination.with_name(f".{destination.name}.part")
    while True:
        with open(path, "ab") as part:
            try:
                fcntl.flock(part, fcntl.LOCK_EX)
            except OSError as error:
                raise InputError(f"{path}: cannot be locked on this file system: {error.strerror}") from error
            if not _is_at(part, path):
                continue  # its last owner moved or deleted it
            try:
                part.truncate(0)
                yield part
            finally:
                if _is_at(part, path):
                    path.unlink()
            return


def _is_at(file, path):
    """Whether the open `file` is still the one at `path`."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), os.stat(path))
    except FileNotFoundError:
        return False


def _fill(part, name, files, sources, destination, offline):
    """Put the right content of a file, gzipped, into `part`; the source that had it."""
    causes = []
    for source in sources:
        if offline and _is_address(source):
            causes.append(f"  {source}: not asked, because offline is true")
            continue
        for candidate in (f"{name}.gz", name):
            try:
                content = _get_verified(source, candidate, part, files[name])
            except ConnectionError as error:
                causes.append(f"  {source}: {_first_line(error)}")
                break  # the plain file would not be reached either
            except (InputError, OSError, ValueError) as error:  # ValueError: what is no address
                if getattr(error, "errno", None) in DISK_FULL:
                    raise
                causes.append(f"  {source} ({candidate}): {_first_line(error)}")
                continue
            if Path(part.name).read_bytes()[:2] != GZIP_MAGIC:
                part.truncate(0)
                part.write(gzip.compress(content, compresslevel=6, mtime=0))
                part.flush()
            return source
    raise InputError(_nowhere(name, files, causes, destination))


def _get_verified(source, name, part, expected):
    """Get `name` from one source into the file `part` and check it; its decompressed content."""
    resumed = _get(source, name, part, expected)
    try:
        return read_verified(part.name, expected)
    except InputError:
        if not resumed:
            raise
    _get(source, name, part, expected, resume=False)  # the pieces may have been of different files
    return read_verified(part.name, expected)


def _get(source, name, part, expected, resume=True):
    """Copy or download `name` from one source to the file `part`; whether it was put together from pieces."""
    resumed = False
    if _is_address(source):
        from onelayer.download import download  # here, because importing requests opens a socket

        address = urljoin(source.rstrip("/") + "/", name)
        resumed = download(address, part, limit=2 * expected["bytes"] + 1024, resume=resume)
    else:
        part.truncate(0)
        with open(Path(source, name), "rb") as file:
            shutil.copyfileobj(file, part)
    part.flush()
    return resumed


def _nowhere(name, files, causes, destination):
    """The error that ends a search: what was tried, what is missing, and the ways out."""
    folder = destination.parent.resolve()
    missing = [
        f"  {other}.gz: {file['bytes']} bytes, SHA-256 {file['sha256']}"
        for other, file in files.items()
        if _damage(folder / f"{other}.gz", file)
    ]
    lines = [
        f"{name}: no source has this file with {files[name]['bytes']} bytes and SHA-256 {files[name]['sha256']}. Tried:",
        *causes,
        f"Missing in {folder} (sizes and hashes are of the decompressed content):",
        *missing,
        f"Ways out: set ONELAYER_MIRROR to a folder or address that holds {folder.name}/{name}.gz; "
        f"or put the files into {folder} yourself (make the folder if it is gone); or correct the sources in config/datasets.yaml.",
    ]
    return "\n".join(lines)


def _is_address(source):
    return "://" in source


def _looks_like(content):
    start = content[:256].lstrip().lower()
    return " (an HTML page)" if start.startswith((b"<!doctype html", b"<html")) else ""


def _first_line(error):
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join((str(error).splitlines() or [type(error).__name__])[0].split())
