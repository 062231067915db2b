"""Damaged and hostile files by the thousand: an InputError or the truth, in bounded time and memory."""

import gzip
import subprocess
import sys

import pytest

from tests import reading
from tests.conftest import ROOT

pytestmark = pytest.mark.reliability

GIBIBYTE, MEMORY_MB = 1 << 30, 100

# The peak is taken from /proc: a child's ru_maxrss starts with that of the process which started it.
READ_THE_BOMB = """
import sys
from onelayer.errors import InputError
from onelayer.fetch import read_verified
try:
    read_verified(sys.argv[1], {"bytes": 7840016, "sha256": "0" * 64})
except InputError as error:
    print(error)
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
"""


@pytest.mark.parametrize("holds", ["images", "labels"])
def test_damaged_idx_files(tally, holds):
    tried, survived = reading.damaged_idx(6_000, holds)
    tally(f"damaged IDX files of {holds}", tried, survived, "InputError, or the array that the file describes")
    assert tried == survived >= 6_000


def test_damaged_gzip_files(tally, tmp_path):
    tried, survived = reading.damaged_gzip(5_000, tmp_path)
    tally("damaged gzip files", tried, survived, "InputError, or the content whose hash is known")
    assert tried == survived >= 5_000


def test_damaged_parquet_files(tally, tmp_path):
    tried, survived = reading.damaged_parquet(4_000, tmp_path)
    tally("damaged Parquet files", tried, survived, "InputError, or the images that were written")
    assert tried == survived >= 4_000


def bombs(folder):
    """Small gzip files of 1 GiB of zeros each: one member, and many."""
    zeros = bytes(1 << 20)
    one, many = folder / "one.gz", folder / "many.gz"
    with gzip.open(one, "wb", compresslevel=1) as file:
        for _ in range(GIBIBYTE // len(zeros)):
            file.write(zeros)
    many.write_bytes(gzip.compress(zeros, mtime=0) * (GIBIBYTE // len(zeros)))
    return one, many


def test_gzip_bombs_are_refused_in_little_memory(tally, tmp_path):
    paths, peaks = bombs(tmp_path), []
    for path in paths:
        command = [sys.executable, "-c", READ_THE_BOMB, str(path)]
        done = subprocess.run(command, cwd=ROOT / "workflow/scripts", capture_output=True, text=True, timeout=60)
        message, peak = done.stdout.splitlines()
        assert message == "expected 7840016 bytes of content, found more than 7840016", done.stderr
        peaks.append(int(peak) / 1024)
    survived = sum(peak < MEMORY_MB for peak in peaks)
    tally("gzip files of 1 GiB of zeros", len(paths), survived, f"refused with {max(peaks):.0f} MB at most")
    assert survived == len(paths)
