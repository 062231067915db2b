"""Getting data when servers misbehave, processes are killed, several want the same file, and files are damaged."""

import contextlib
import gzip
import random
import signal
import threading
from pathlib import Path

import pytest
from verify_identical import digests

from onelayer.data import fetch
from onelayer.errors import InputError
from tests.conftest import DIGITS, ROOT, snakemake
from tests.mirror import CONTENT, FILE, Server
from tests.reliability.victims import download

pytestmark = pytest.mark.reliability

KILLS = 80
BAD = [
    "403",
    "404",
    "503",
    "page",
    "wrong",
    "loop",
    "cut",
    "later-9",
    "later-soon",
    "later-3600",
    "endless",
    "stall",
    "trickle",
    "headers",
    "continue",
    "login",
]
POOR = ["plain", "away", "flaky-3", "slow", "busy-2", "until"]


@pytest.fixture
def mirror(monkeypatch):
    """A server of mirrors, and no patience with it."""
    monkeypatch.setattr(fetch, "BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 0.5)
    with Server() as server:
        yield server


def wrong(path: Path) -> bool:
    """Whether there is a file, and it is not the one of the mirrors."""
    try:
        return gzip.decompress(path.read_bytes()) != CONTENT
    except FileNotFoundError:
        return False
    except (OSError, EOFError):
        return True


@contextlib.contextmanager
def watched(path: Path):
    """While the body runs, look at `path` all the time; a list that holds something once a wrong file was seen."""
    seen, over = [], threading.Event()

    def look():
        while not over.wait(0.001):
            if wrong(path):
                seen.append(path)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield seen
    finally:
        over.set()
        watcher.join()


def left(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def test_a_bad_mirror_leads_to_the_next_and_alone_to_one_error(mirror, tmp_path, tally):
    faults = []
    for kind in BAD:
        path, source = tmp_path / kind / "file.gz", f"{mirror.address}/{kind}"
        with watched(path) as seen:
            with pytest.raises(InputError, match="no source has this file"):
                fetch.fetch(FILE, [source], path, offline=False)
            alone = left(path.parent)
            found = fetch.fetch(FILE, [source, f"{mirror.address}/good"], path, offline=False)
        good = found.endswith("/good") and not wrong(path) and left(path.parent) == ["file.gz"]
        faults.append("" if good and not seen and not alone else f"{kind}: {found}, {alone}, {left(path.parent)}")
    tally("mirrors that fail, alone and with another", faults, ", ".join(BAD))


def test_a_poor_mirror_is_enough(mirror, tmp_path, tally, monkeypatch):
    monkeypatch.setattr(fetch, "DEADLINE_SECONDS", 30)
    faults = []
    for kind in POOR:
        path = tmp_path / kind / "file.gz"
        with watched(path) as seen:
            try:
                fetch.fetch(FILE, [f"{mirror.address}/{kind}"], path, offline=False)
            except InputError as error:
                faults.append(str(error))
                continue
        faults.append("" if not seen and not wrong(path) and left(path.parent) == ["file.gz"] else kind)
    tally("mirrors that are poor, alone", faults, ", ".join(POOR))


def test_a_killed_download_leaves_no_wrong_file_and_the_next_succeeds(start, tmp_path, tally):
    """Killed at a random moment of one that stalls, or by the system where the file reaches a random size."""
    draw, faults, under_way = random.Random(0), [], 0
    with Server() as mirror:
        for number in range(KILLS):
            path = tmp_path / str(number) / "file.gz"
            good, stall = f"{mirror.address}/good", f"{mirror.address}/stall"
            size = draw.randrange(len(CONTENT)) if number % 2 else None
            process = start(download, good if number % 2 else stall, path, size)
            if not number % 2:
                process.join(draw.uniform(0, 0.3))
                process.kill()
            process.join()
            assert process.exitcode in (-signal.SIGKILL, -signal.SIGXFSZ)
            under_way += bool(left(path.parent))
            before = wrong(path)
            again = start(download, good, path)
            again.join()
            right = again.exitcode == 0 and not wrong(path) and left(path.parent) == ["file.gz"]
            faults.append("" if right and not before else f"{number}: {before}, {again.exitcode}, {left(path.parent)}")
    tally("downloads killed, then tried again", faults, f"{under_way} while the file was being written")
    assert under_way > KILLS / 2


def test_processes_that_fetch_one_file_at_once_do_each_other_no_harm(start, tmp_path, tally):
    faults = []
    with Server() as mirror:
        for number in range(5):
            path = tmp_path / str(number) / "file.gz"
            with watched(path) as seen:
                together = [start(download, f"{mirror.address}/good", path) for _ in range(8)]
                for process in together:
                    process.join()
            right = not any(process.exitcode for process in together) and left(path.parent) == ["file.gz"]
            faults.append("" if right and not seen and not wrong(path) else f"{number}: {left(path.parent)}")
    tally("eight processes that fetch one file at once", faults)


def damaged(content: bytes, number: int) -> bytes:
    """One of four ways to damage a gzip file."""
    flipped = content[:40] + bytes([content[40] ^ 255]) + content[41:]
    return (content[: len(content) // 2], flipped, b"<html>Sign in</html>", b"")[number]


def test_damaged_raw_files_are_named_and_deleting_them_is_enough(tmp_path, tally):
    """Every file of the digits, the images of both splits first: two jobs that fail."""
    targets = [f"results/data/digits/{split}.parquet" for split in ("train", "test")]

    def run():
        return snakemake(*DIGITS, "--cores", 2, "--keep-going", *targets, folder=tmp_path, check=False)

    assert run().returncode == 0
    expected, faults = digests(tmp_path / "results"), []
    for number, role in enumerate(("images", "labels")):
        paths = sorted((tmp_path / "resources/digits").glob(f"*{role}*"))
        for split, path in enumerate(paths):
            path.write_bytes(damaged(path.read_bytes(), 2 * number + split))
        done = run()
        for path in paths:
            line = f"Error: resources/digits/{path.name}: damaged ("
            said = done.returncode == 1 and line in done.stdout and f"rm resources/digits/{path.name}" in done.stdout
            faults.append("" if said and "Traceback" not in done.stdout else done.stdout)
            path.unlink()
        done = run()
        faults.append("" if done.returncode == 0 and digests(tmp_path / "results") == expected else done.stdout)
    for path in (tmp_path / "resources/digits").iterdir():
        assert path.read_bytes() == (ROOT / "workflow/data/digits" / path.name).read_bytes()
    tally("damaged raw files: named, deleted, made anew", faults, "no job goes on with them")
