"""Runs of the pipeline through profiles/slurm, on a cluster of this machine."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from identical import digests
from tests.conftest import ROOT
from tests.slurm import cluster

# As in the profile, but for a cluster that is idle and near.
QUICK = ("--slurm-init-seconds-before-status-checks", 1, "--seconds-between-status-checks", 1, "--latency-wait", 20)
LONGEST = 500


@pytest.fixture(scope="module", autouse=True)
def running(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cluster, with accounting if the module says so."""
    cluster.start(request.module.ACCOUNTING)
    yield
    cluster.stop()


class Run:
    """A run of the pipeline in a folder, through the profile if `slurm`, as a process whose output goes to a file."""

    def __init__(self, folder: Path, *arguments: Any, slurm: bool = True) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.output = folder, folder / "output.txt"
        command = [sys.executable, "-m", "snakemake", "--directory", folder, *arguments]
        command += ["--workflow-profile", "profiles/slurm", *QUICK] if slurm else ["--cores", 2]
        with open(self.output, "w") as output:
            self.process = subprocess.Popen([*map(str, command)], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)

    def end(self) -> int:
        """Its status, when it has ended; TimeoutExpired after LONGEST seconds."""
        try:
            return self.process.wait(timeout=LONGEST)
        finally:
            self.process.kill()

    def kill(self) -> None:
        """End it with no word; its SLURM jobs go on."""
        self.process.kill()
        self.process.wait()

    def said(self) -> str:
        """What it has printed."""
        return self.output.read_text()

    def succeed(self) -> None:
        """Wait for its end, which must be a good one."""
        assert self.end() == 0, self.said()[-5000:]

    def wait_until(self, condition: Callable[[], Any]) -> None:
        """Wait, while it runs, until a condition holds."""
        while not condition():
            assert self.process.poll() is None, self.said()[-5000:]
            time.sleep(0.1)


def trained(folder: Path) -> bool:
    """Whether a training has ended in a folder."""
    return any(folder.glob("results/runs/**/summary.json"))


def results(folder: Path) -> dict[str, str]:
    """Digests of the results of a run, without what a process was writing when it was killed."""
    return {name: digest for name, digest in digests(folder / "results").items() if not name.endswith(".partial")}


def queue() -> list[str]:
    """The SLURM jobs that wait or run."""
    return cluster.say("squeue", "--noheader", "--format=%i").stdout.split()


def submitted(folder: Path) -> list[str]:
    """All SLURM jobs, ended ones too, that were sent from a folder."""
    lines = cluster.say("squeue", "--states=all", "--noheader", "--format=%i %Z").stdout.splitlines()
    return [job for job, _, where in (line.partition(" ") for line in lines) if os.path.realpath(where) == str(folder)]


def cancel_all() -> None:
    """Cancel the SLURM jobs, and wait until they are gone."""
    cluster.say("scancel", *queue())
    cluster.wait("the end of the jobs", lambda: not queue())
