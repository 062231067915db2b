"""The whole pipeline on the embedded digits, on a disk that is full, and again with room."""

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from verify_identical import digests

from tests.conftest import DIGITS, ROOT

pytestmark = pytest.mark.reliability

TMPFS_KB = [150, 400, 800]
FILE_KB = [30, 62]


def run(folder: Path, file_bytes: int = resource.RLIM_INFINITY) -> subprocess.CompletedProcess:
    """The pipeline, where no file may be larger than `file_bytes`."""
    return subprocess.run(
        [sys.executable, "-m", "snakemake", *map(str, DIGITS), "--directory", str(folder)],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY)),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def fault(done: subprocess.CompletedProcess, reason: str) -> str:
    """Nothing if the run failed, what its jobs said is one line each (which file, why, what to do), and no script left a traceback.

    Where there is no room even for the script of a job, Snakemake alone says why.
    """
    said = [line for line in done.stdout.splitlines() if line.startswith("Error: ")]
    clear = all(f": {reason}. Make room on its disk" in line for line in said)
    alone = not said and f"] {reason}" in done.stdout
    ours = re.search(r'File "[^"]*/\.snakemake/scripts/', done.stdout)
    good = done.returncode == 1 and (said or alone) and clear and not ours and "unexpected failure" not in done.stdout
    return "" if good else done.stdout


@pytest.fixture
def small_disk(tmp_path):
    """A folder that is a disk of its own, and a function that sets its size in KB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=60k", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("mounting a small disk takes root; the limit on the size of files is tried instead")
    yield folder, lambda size: subprocess.run(["mount", "-o", f"remount,size={size}k", str(folder)], check=True)
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def with_room(folder: Path, digits: Path) -> str:
    done = run(folder)
    return "" if done.returncode == 0 and digests(folder / "results") == digests(digits / "results") else done.stdout


def test_a_full_disk_is_said_and_room_is_all_that_is_missing(digits, small_disk, tally):
    folder, resize = small_disk
    faults = []
    for size in TMPFS_KB:
        resize(size)
        faults.append(fault(run(folder), "No space left on device"))
    resize(100_000)
    tally("disk full (a tmpfs), then given room", [*faults, with_room(folder, digits)], f"{TMPFS_KB} KB")


def test_files_that_may_not_grow_are_said_and_room_is_all_that_is_missing(digits, tmp_path, tally):
    """The same without root: writing fails where a file reaches the limit."""
    faults = [fault(run(tmp_path, 1024 * size), "File too large") for size in FILE_KB]
    tally("size of files limited, then given room", [*faults, with_room(tmp_path, digits)], f"{FILE_KB} KB")
