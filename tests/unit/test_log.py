import errno

import pytest

from onelayer.errors import InputError, TrainingError, atomic_write
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
def test_a_full_disk_is_one_line(tmp_path, file, named):
    with (
        pytest.raises(SystemExit, match=f"^Error: {named}: cannot be written: full. Make room"),
        job(tmp_path / "job.log"),
    ):
        raise OSError(errno.ENOSPC, "full", file)


def test_other_errors_of_the_system_stay_what_they_are(tmp_path):
    with pytest.raises(PermissionError), job(tmp_path / "job.log"):
        raise PermissionError(errno.EACCES, "no")


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "a/b.txt"
    with atomic_write(path) as partial:
        partial.write_text("old")
        assert not path.exists()
    with pytest.raises(ZeroDivisionError), atomic_write(path) as partial:
        partial.write_text("ne")
        raise ZeroDivisionError
    assert path.read_text() == "old" and [p.name for p in path.parent.iterdir()] == ["b.txt"]
