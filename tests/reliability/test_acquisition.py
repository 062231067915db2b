"""Getting data when processes are killed, when several want the same file, and when files are damaged."""

import random
import signal

import pytest

from tests.conftest import DIGITS, snakemake
from tests.reliability.mirror import CONTENT, GZIPPED, mirrors
from tests.reliability.victims import download

pytestmark = pytest.mark.reliability


def wrong(path):
    """Whether there is a file, and it is not the one of the mirrors."""
    return path.exists() and path.read_bytes() != GZIPPED


def test_a_killed_download_leaves_no_wrong_file_and_the_next_succeeds(start, tmp_path, tally):
    """Killed at a random moment of one that stalls, or by the system where the file reaches a random size."""
    draw, faults, under_way = random.Random(0), [], 0
    with mirrors() as mirror:
        for number in range(60):
            path, good = tmp_path / str(number) / "file.gz", f"{mirror.address}/good"
            if number % 2:
                process = start(download, good, path, draw.randrange(len(CONTENT)))
            else:
                process = start(download, f"{mirror.address}/stall", path)
                process.join(draw.uniform(0, 0.3))
                process.kill()
            process.join()
            assert process.exitcode in (-signal.SIGKILL, -signal.SIGXFSZ)
            under_way += path.parent.exists() and any(path.parent.iterdir())
            before, again = path.exists(), start(download, good, path)
            again.join()
            right = path.exists() and not before and not wrong(path) and again.exitcode == 0
            faults.append("" if right else f"{number}: {before}, {again.exitcode}")
    tally("downloads killed, then tried again", faults, f"{under_way} while the file was being written")
    assert under_way > 20


def test_processes_that_fetch_one_file_at_once_do_each_other_no_harm(start, tmp_path, tally):
    faults = []
    with mirrors() as mirror:
        for number in range(5):
            path, seen = tmp_path / str(number) / "file.gz", False
            together = [start(download, f"{mirror.address}/good", path) for _ in range(8)]
            while any(process.is_alive() for process in together):
                seen |= wrong(path)
            right = not any(process.exitcode for process in together) and list(path.parent.iterdir()) == [path]
            faults.append("" if right and not seen and not wrong(path) else f"{number}: {[*path.parent.iterdir()]}")
    tally("eight processes that fetch one file at once", faults)


def test_damaged_raw_files_are_named_and_deleting_them_is_enough(tmp_path, tally):
    """Images of one split, labels of the other: two jobs that fail."""
    targets, faults = [tmp_path / f"results/data/digits/{split}.parquet" for split in ("train", "test")], []
    arguments = (*DIGITS, "--cores", 2, "--keep-going", *(target.relative_to(tmp_path) for target in targets))
    snakemake(*arguments, folder=tmp_path)
    expected = [target.read_bytes() for target in targets]
    damages = [lambda content: content[:90], lambda content: content[:40] + b"?" + content[41:]]
    for damage in (*damages, lambda _: b"<html>Sign in</html>", lambda _: b""):
        paths = [tmp_path / f"resources/digits/{name}-ubyte.gz" for name in ("train-images-idx3", "test-labels-idx1")]
        for path in paths:
            path.write_bytes(damage(path.read_bytes()))
        done = snakemake(*arguments, folder=tmp_path, check=False)
        for path in paths:
            line = f"Error: resources/digits/{path.name}: damaged ("
            said = done.returncode == 1 and line in done.stdout and f"rm resources/digits/{path.name}" in done.stdout
            faults.append("" if said and "Traceback" not in done.stdout else done.stdout)
            path.unlink()
        done = snakemake(*arguments, folder=tmp_path, check=False)
        same = done.returncode == 0 and [target.read_bytes() for target in targets] == expected
        faults.append("" if same else done.stdout)
    tally("damaged raw files: named, deleted, made anew", faults, "no job goes on with them")
