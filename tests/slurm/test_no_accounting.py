"""On a cluster without accounting: the runs ask squeue, and the controller is killed under one of them."""

import signal

import pytest

from tests.conftest import DIGITS
from tests.slurm import cluster
from tests.slurm.conftest import FIRST, Run, results, submitted

pytestmark = [pytest.mark.slurm, pytest.mark.usefixtures("no_accounting")]


def test_a_run_outlives_the_controller(digits, tmp_path):
    """The jobs go on without it, and so does the run when it is back."""
    run = Run(tmp_path, *DIGITS, "--slurm-status-command", "squeue", "--verbose")
    run.wait_for(FIRST)
    cluster.end("controller", signal.SIGKILL)
    run.wait_to_say("could not check status of job")
    cluster.begin("controller")
    run.succeed()
    assert results(tmp_path) == results(digits)
    # Data 2, trainings 1, report 1.
    assert len(submitted(tmp_path)) == 4
