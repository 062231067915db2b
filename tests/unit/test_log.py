import errno
import os
import subprocess
from pathlib import Path

import pytest

from onelayer.closure import planned_code
from onelayer.errors import InputError, TrainingError, atomic_write, one_line
from onelayer.log import job


@pytest.mark.parametrize("error", [InputError("a file is wrong"), TrainingError("diverged")])
def test_what_the_user_can_act_on_is_one_line(tmp_path, error):
    with pytest.raises(SystemExit, match=f"^Error: {error}$"), job(tmp_path / "logs/job.log"):
        raise error
    assert (tmp_path / "logs/job.log").read_text().endswith(f"ERROR {error}\n")


def test_a_defect_leaves_its_traceback(tmp_path):
    with pytest.raises(ZeroDivisionError), job(tmp_path / "job.log"):
        _ = 1 / 0
    assert "unexpected failure\nTraceback" in (tmp_path / "job.log").read_text()


def test_an_interruption_has_its_status_and_no_traceback(tmp_path):
    with pytest.raises(SystemExit) as ended, job(tmp_path / "job.log"):
        raise KeyboardInterrupt
    assert ended.value.code == 130 and (tmp_path / "job.log").read_text().endswith("ERROR interrupted\n")


@pytest.mark.parametrize(("file", "named"), [("x.csv", "x.csv"), (None, "a file of the job that logs to .*job.log")])
@pytest.mark.parametrize(
    ("number", "way"),
    [
        (errno.ENOSPC, "Make room on its disk"),
        (errno.EACCES, "Give your user the right to read and write it"),
        (errno.EROFS, "Make its disk writable"),
        (errno.EISDIR, "Move what is in its place away"),
    ],
)
def test_a_file_that_the_system_refuses_is_one_line_with_the_way_out(tmp_path, file, named, number, way):
    with (
        pytest.raises(SystemExit, match=rf"^Error: {named}: {os.strerror(number)}\. {way}.* and run again\.$"),
        job(tmp_path / "job.log"),
    ):
        raise OSError(number, "no", file)


def test_a_log_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "job.log").mkdir()
    with pytest.raises(SystemExit, match=r"job.log: Is a directory. Move"), job(tmp_path / "job.log"):
        raise AssertionError("the job has begun")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no file that is always full")
def test_a_log_without_room_does_not_hide_what_the_job_says(capsys):
    with pytest.raises(SystemExit, match=r"^Error: a file is wrong$"), job("/dev/full") as log:
        log.info("begun")
        raise InputError("a file is wrong")
    with job("/dev/full") as log:
        log.info("begun")
    assert capsys.readouterr().err == ""


def test_other_errors_of_the_system_stay_what_they_are(tmp_path):
    with pytest.raises(OSError, match="worn out"), job(tmp_path / "job.log"):
        raise OSError(errno.EIO, "worn out")


def test_a_job_whose_code_is_another_by_now_does_not_begin(tmp_path):
    planned = planned_code(["train.py"])
    with job(tmp_path / "job.log", planned) as log:
        log.info("begun")
    assert "begun" in (tmp_path / "job.log").read_text()
    for other in ({"code": "another"}, {"content": "another"}, {"scripts": ["gone.py"]}):
        with (
            pytest.raises(SystemExit, match=r"^Error: (train|gone).py: this code was edited after the run had begun"),
            job(tmp_path / "job.log", planned | other),
        ):
            raise AssertionError("the job has begun")


def test_an_error_names_the_file_that_was_to_be_written(tmp_path):
    (tmp_path / "b.txt/mine").mkdir(parents=True)
    with pytest.raises(IsADirectoryError) as raised, atomic_write(tmp_path / "b.txt") as partial:
        partial.write_text("new")
    assert raised.value.filename == str(tmp_path / "b.txt") and len(list(tmp_path.iterdir())) == 1


def test_what_a_killed_process_left_is_removed_and_what_others_write_is_not(tmp_path):
    ended = subprocess.Popen(["true"])
    ended.wait()
    for name in (ended.pid, os.getppid(), "mine"):
        (tmp_path / f"[b].txt.{name}.partial").touch()
    with atomic_write(tmp_path / "[b].txt") as partial:
        partial.write_text("new")
    found = {path.name for path in tmp_path.iterdir()}
    assert found == {"[b].txt", f"[b].txt.{os.getppid()}.partial", "[b].txt.mine.partial"}


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a/b.txt"
    with atomic_write(path) as partial:
        partial.write_text("old")
        assert not path.exists()
    with pytest.raises(ZeroDivisionError), atomic_write(path) as partial:
        partial.write_text("ne")
        raise ZeroDivisionError
    assert path.read_text() == "old" and [p.name for p in path.parent.iterdir()] == ["b.txt"]


def test_what_a_library_says_is_quoted_in_one_line_of_plain_characters():
    assert one_line(ValueError("Couldn't read:\n  \x1b[31mthrift\n")) == "Couldn't read: ?[31mthrift"
