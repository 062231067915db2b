"""The whole pipeline on the embedded digits, on a disk that is full, and again with room."""

import resource
import subprocess
import sys

import pytest
from verify_identical import digests

from tests.conftest import DIGITS, ROOT

TMPFS_KB = [60, 150, 250, 400, 600, 900]
FILE_KB = [30, 34, 62, 70, 95]


def run(folder, file_bytes=resource.RLIM_INFINITY):
    """The pipeline, where no file may be larger than `file_bytes`: status and output."""
    done = subprocess.run(
        [sys.executable, "-m", "snakemake", *map(str, DIGITS), "--directory", str(folder)],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, resource.RLIM_INFINITY)),
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    return done.returncode, done.stdout


def check_refusal(status, output, reason):
    """The run failed and said why; what its jobs said is one line each: which file, why, what to do."""
    assert status == 1 and reason in output, output
    said = [line for line in output.splitlines() if line.startswith("Error: ")]
    assert all(f": cannot be written: {reason}. " in line and "run again" in line for line in said), output
    assert "unexpected failure" not in output
    return len(said)


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


@pytest.mark.reliability
def test_a_full_disk_is_said_and_room_is_all_that_is_missing(digits, small_disk, tally):
    folder, resize = small_disk
    said = 0
    for size in TMPFS_KB:
        resize(size)
        said += check_refusal(*run(folder), "No space left on device")
    assert said
    resize(100_000)
    status, output = run(folder)
    assert status == 0, output
    assert digests(folder / "results") == digests(digits[0] / "results")
    tally("disk full (a tmpfs), then given room", len(TMPFS_KB), len(TMPFS_KB), f"{TMPFS_KB} KB")


@pytest.mark.reliability
def test_files_that_may_not_grow_are_said_and_room_is_all_that_is_missing(digits, tmp_path, tally):
    """The same without root: writing fails where a file reaches the limit."""
    for size in FILE_KB:
        assert check_refusal(*run(tmp_path, 1024 * size), "File too large")
    status, output = run(tmp_path)
    assert status == 0, output
    assert digests(tmp_path / "results") == digests(digits[0] / "results")
    tally("size of files limited, then given room", len(FILE_KB), len(FILE_KB), f"{FILE_KB} KB")
