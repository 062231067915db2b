"""The whole pipeline on the embedded digits, killed and started again by the same plain command."""

import contextlib
import random
import subprocess
import sys
import time

import psutil
import pytest
from verify_identical import digests

from tests.conftest import DIGITS, ROOT

KILLS = 20


def start(folder):
    """The command of the README, as a process."""
    command = [sys.executable, "-m", "snakemake", *map(str, DIGITS), "--directory", str(folder)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def kill_all(process):
    """SIGKILL for the process and all that it has started, none of which can start more meanwhile."""
    found, family = 0, [psutil.Process(process.pid)]
    while len(family) > found:
        found = len(family)
        for member in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                member.suspend()
        family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    for member in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            member.kill()


@pytest.mark.reliability
def test_a_killed_pipeline_ends_with_the_bytes_of_one_that_was_not(digits, tmp_path, tally):
    """Every folder is killed at random moments until it is done; every other kill leaves the jobs alive, as orphans."""
    expected, draw = digests(digits[0] / "results"), random.Random(21)
    kills = survived = folders = 0
    while kills < KILLS:
        folder, before = tmp_path / str(folders), kills
        folders += 1
        over = False
        while not over:
            process = start(folder)
            if kills < KILLS:
                time.sleep(draw.uniform(0.5, 7))
            if kills < KILLS and process.poll() is None:
                process.kill() if kills % 2 else kill_all(process)
                process.wait()
                kills += 1
            else:
                over, status = True, process.wait()
        if status == 0 and digests(folder / "results") == expected:
            survived += kills - before
    tally("whole pipeline killed (SIGKILL)", kills, survived, f"{folders} folders of {len(expected)} files")
    assert survived == kills
