"""On a cluster with accounting: a grid of 200 runs and the report, whose run meets one fault after another.

The tests follow each other in one folder, with the same command.
"""

import signal
import time

import pytest

from tests.conftest import DIGITS
from tests.reliability.pipeline import Pipeline, whole_files
from tests.slurm import cluster
from tests.slurm.conftest import begin_run, cancel_all, queue, submitted, trained

pytestmark = pytest.mark.slurm
ACCOUNTING = True

# Beside the twelve runs of the digits.
GRID = f"""
tasks:
  grid:
    model: softmax
    classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    learning_rate: 0.01
    max_epochs: 5
    lambdas: ["0.0", "0.002", "0.02", "0.2", "2.0"]
    shuffle: [true]
    seeds: {list(range(40))}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The folder of the runs."""
    return tmp_path_factory.mktemp("grid").resolve()


@pytest.fixture(scope="module")
def command(folder):
    """What they are told."""
    (folder / "grid.yaml").write_text(GRID)
    return (*DIGITS, folder / "grid.yaml", "--group-components", "train=20", "report=1000")


@pytest.fixture(scope="module", autouse=True)
def local(folder, command):
    """A run of the same without SLURM, which goes on meanwhile."""
    run = Pipeline(folder / "local", *command, "--cores", 2)
    yield run
    run.kill()


def test_a_job_out_of_memory_is_reported(folder, command):
    target = "results/runs/task=binary/lambda=0.0/shuffle=true/seed=0/summary.json"
    run = begin_run(folder / "slurm", target, *command, "--set-resources", "train:mem_mb=100")
    assert run.end() == 1
    assert "Error in group train" in run.said() and "exceeded memory limit" in run.said()
    assert not trained(folder / "slurm")


def test_jobs_of_a_killed_run_are_not_doubled(folder, command):
    run = begin_run(folder / "slurm", *command)
    run.wait_until(lambda: trained(folder / "slurm"))
    run.die()
    left = queue()
    cluster.say("scontrol", "suspend", ",".join(left))  # so that they are at work when the next run comes
    assert left
    second = begin_run(folder / "slurm", *command)
    assert second.end() == 1
    assert "SLURM jobs of an earlier run are at work in it; wait, or: scancel" in second.said()
    assert queue()
    cancel_all()


def running_on(run, node):
    """Wait until a job of a run has been at work on a node for seven seconds, and the controller has written it down."""
    run.wait_until(lambda: cluster.say("squeue", "--noheader", "--states=RUNNING", f"--nodelist={node}").stdout)
    time.sleep(7)


def test_a_node_that_dies_is_reported(folder, command):
    run = begin_run(folder / "slurm", *command)
    running_on(run, "node1")
    cluster.kill_node("node1")
    assert run.end() == 1
    assert "Error in group train" in run.said() and "The following nodes failed during job execution" in run.said()
    cluster.begin("node1")
    cluster.wait("the nodes", cluster.idle)


def test_the_same_command_then_completes_with_the_bytes_of_a_local_run(folder, command, local):
    """And outlives the controller, whose place accounting takes meanwhile."""
    run = begin_run(folder / "slurm", *command)
    running_on(run, "node1")
    cluster.end("controller", signal.SIGKILL)
    time.sleep(2)
    cluster.begin("controller")
    for each in (run, local):
        assert each.end() == 0, each.said()[-5000:]
    expected = whole_files(folder / "local")
    assert sum(name.endswith("summary.json") for name in expected) == 212
    assert "report/report.pdf" in expected
    assert whole_files(folder / "slurm") == expected
    assert not queue()
    # Data 2, trainings 11 when nothing fails, report 1.
    assert len(submitted(folder / "slurm")) < 50
