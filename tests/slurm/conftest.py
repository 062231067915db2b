"""Runs of the pipeline through profiles/slurm, on a cluster of this machine."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.reliability.pipeline import Pipeline
from tests.slurm import cluster

# As in the profile, but for a cluster that is idle and near.
QUICK = ("--slurm-init-seconds-before-status-checks", 1, "--seconds-between-status-checks", 1, "--latency-wait", 20)


@pytest.fixture(scope="module", autouse=True)
def running(request: pytest.FixtureRequest) -> Iterator[None]:
    """A cluster, with accounting if the module says so."""
    cluster.start(request.module.ACCOUNTING)
    yield
    cluster.stop()


def begin_run(folder: Path, *arguments: Any) -> Pipeline:
    """A run of the pipeline in a folder, through the profile."""
    return Pipeline(folder, *arguments, "--workflow-profile", "profiles/slurm", *QUICK)


def trained(folder: Path) -> bool:
    """Whether a training has ended in a folder."""
    return any(folder.glob("results/runs/**/summary.json"))


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
