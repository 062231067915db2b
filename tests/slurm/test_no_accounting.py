"""On a cluster without accounting: the runs ask squeue, and the controller is killed under one of them."""

import signal

import pytest

from tests.conftest import DIGITS
from tests.reliability.pipeline import whole_files
from tests.slurm import cluster
from tests.slurm.conftest import begin_run, cancel_all, submitted, trained

pytestmark = pytest.mark.slurm
ACCOUNTING = False


def test_a_run_that_lost_its_controller_is_run_again(digits, tmp_path):
    """The plugin, which has nobody left to ask, forgets its jobs and waits for ever (docs/slurm.md): it is killed."""
    command = (*DIGITS, "--slurm-status-command", "squeue")
    run = begin_run(tmp_path, *command, "--slurm-status-attempts", 3, "--verbose")
    run.wait_until(lambda: trained(tmp_path))
    cluster.end("controller", signal.SIGKILL)
    run.wait_until(lambda: "(final attempt)" in run.said())
    cluster.begin("controller")
    cluster.wait("the nodes", cluster.idle)
    assert run.poll() is None
    run.die()
    cancel_all()
    if begin_run(tmp_path, *command).end():  # a job that met the controller as it came back; the same command goes on
        again = begin_run(tmp_path, *command)
        assert again.end() == 0, again.said()[-5000:]
    assert whole_files(tmp_path) == whole_files(digits)
    # Data 2, trainings 1, report 1, and again what was cancelled or failed.
    assert 4 <= len(submitted(tmp_path)) <= 8
