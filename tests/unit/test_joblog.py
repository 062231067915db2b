import errno
import fcntl
import subprocess
import sys

import pytest

from onelayer.errors import InputError, TrainingError, writing
from onelayer.joblog import job
from onelayer.locks import hold_folder
from tests.conftest import ROOT

HOLD = "from onelayer.locks import hold_folder; hold_folder(print); print('held', flush=True); input()"
WORK = "from onelayer.joblog import job\nwith job('job.log'): print('at work', flush=True); input()"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """The working folder of a run."""
    (tmp_path / ".snakemake").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def other(code, folder):
    """Another process that has said its line, and goes on until it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT / "workflow/scripts")},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout.readline() in ("held\n", "at work\n")
    return process


def test_a_second_run_is_refused_until_the_first_is_gone_even_killed(folder):
    first = other(HOLD, folder)
    with pytest.raises(InputError, match="another run is at work in this folder; wait for it to end"):
        hold_folder(print)
    first.kill()
    first.wait()
    other(HOLD, folder).kill()


def test_a_job_that_a_killed_run_left_behind_is_waited_for(folder):
    left = other(WORK, folder)
    said = []

    def end(message):
        said.append(message)
        left.kill()

    hold_folder(end)
    assert said == ["Waiting for jobs of an earlier run, which was killed, to end."]
    assert left.wait() < 0


def test_jobs_work_side_by_side_while_the_run_is_held(folder):
    hold_folder(pytest.fail)
    left = other(WORK, folder)
    with job("other.log"):
        pass
    left.kill()


def test_without_locks_on_the_file_system_the_run_says_so_and_goes_on(folder, monkeypatch):
    def refuse(*_):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    said = []
    hold_folder(said.append)
    assert len(said) == 1 and "has no locks" in said[0]
    with job("job.log"):
        pass


@pytest.mark.parametrize("error", [InputError("a file is wrong"), TrainingError("diverged")])
def test_what_the_user_can_act_on_is_one_line(tmp_path, error):
    with pytest.raises(SystemExit, match=f"^Error: {error}$"), job(tmp_path / "job.log"):
        raise error
    assert (tmp_path / "job.log").read_text().endswith(f"ERROR {error}\n")


def test_a_defect_leaves_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), job(tmp_path / "job.log"):
        _ = 1 / 0
    assert "unexpected failure\nTraceback" in (tmp_path / "job.log").read_text()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_a_full_disk_is_one_line_that_names_the_file(tmp_path, number):
    named = r"^Error: x\.csv: cannot be written: .* run again; [^\n]*$"
    with pytest.raises(SystemExit, match=named), job(tmp_path / "job.log"), writing("x.csv"):
        raise OSError(number, "full")
    unnamed = r"^Error: a file of the job that logs to .*job\.log: cannot be written"
    with pytest.raises(SystemExit, match=unnamed), job(tmp_path / "job.log"):
        raise OSError(number, "full")
    assert "Traceback" not in (tmp_path / "job.log").read_text()


def test_other_errors_of_the_system_stay_what_they_are(tmp_path):
    with pytest.raises(PermissionError), job(tmp_path / "job.log"), writing("x.csv"):
        raise PermissionError(errno.EACCES, "no")
