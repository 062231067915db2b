"""Files are written whole or not at all; a job leaves a log and, if it fails, one line; a run is a line a job in the terminal."""

import errno
import io
import logging
import math
import os
import subprocess
import sys

import pytest

from onelayer.io.code import code_of
from onelayer.io.errors import InputError, TrainingError, one_line
from onelayer.io.files import atomic_write, read_json, read_rows, write_json, write_rows
from onelayer.io.log import job
from onelayer.io.terminal import line_a_job, what_was_meant

FAILURES = [
    (InputError("a file is wrong"), "Error: a file is wrong", "ERROR a file is wrong\n"),
    (TrainingError("diverged"), "Error: diverged", "ERROR diverged\n"),
    (OSError(errno.EIO, "", "x.csv"), "Error: x.csv: Input/output error. Mend that and run again.", "Traceback"),
    (OSError("strange"), "Error: {log}: strange. Mend that and run again.", "Traceback"),
    (KeyboardInterrupt(), 130, "ERROR interrupted\n"),
    (ZeroDivisionError("a defect"), None, "unexpected failure\nTraceback"),
]


@pytest.mark.parametrize(("error", "says", "logged"), FAILURES)
def test_a_job_that_fails_leaves_its_error_in_the_log_and_a_line_where_the_user_can_act(tmp_path, error, says, logged):
    path, raised = str(tmp_path / "logs/job.log"), SystemExit if says else ZeroDivisionError
    with pytest.raises(raised) as ended, job(path, code_of("train.py", "numpy")) as log:
        log.info("begun")
        raise error
    assert ended.value.args == (says.format(log=path) if isinstance(says, str) else says or "a defect",)
    text = (tmp_path / "logs/job.log").read_text()
    assert "INFO begun" in text and logged in text and ("Traceback" in text) == ("Traceback" in logged)


def test_a_job_whose_code_was_edited_or_whose_log_cannot_be_written_does_not_begin(tmp_path, capsys):
    edited, log = code_of("train.py") | {"code": "another"}, str(tmp_path / "log")
    with pytest.raises(SystemExit, match=r"^Error: train\.py: this code was edited after the run"), job(log, edited):
        raise AssertionError("the job has begun")
    with pytest.raises(SystemExit, match=rf"^Error: {tmp_path}: Is a directory\. Mend"), job(str(tmp_path)):
        raise AssertionError("the job has begun")
    with pytest.raises(SystemExit, match=r"^Error: a file is wrong$"), job("/dev/full") as log:
        log.info("a log without room does not hide what the job says")
        raise InputError("a file is wrong")
    assert capsys.readouterr().err == ""


def test_a_file_is_written_whole_or_not_at_all_beside_those_that_other_processes_write(tmp_path):
    path, other = tmp_path / "a/b.txt", tmp_path / f"a/b.txt.{os.getppid()}.partial"
    with atomic_write(path) as partial:
        partial.write_text("old")
        assert not path.exists() and str(os.getpid()) in partial.name
        other.touch()
    with pytest.raises(ZeroDivisionError), atomic_write(path) as partial:
        partial.write_text("ne")
        raise ZeroDivisionError
    assert path.read_text() == "old" and {*path.parent.iterdir()} == {path, other}
    with pytest.raises(IsADirectoryError) as raised, atomic_write(tmp_path / "a") as partial:
        partial.write_text("new")
    assert raised.value.filename == str(tmp_path / "a") and [*tmp_path.iterdir()] == [tmp_path / "a"]


def test_documents_rows_and_arrays_keep_every_digit_and_json_has_no_nan(tmp_path):
    write_json(tmp_path / "a.json", {"loss": 0.1 + 0.2, "lost": [math.nan, (math.inf, 1)]})
    assert read_json(tmp_path / "a.json") == {"loss": 0.1 + 0.2, "lost": [None, [None, 1]]}
    write_rows(tmp_path / "a.csv", ["x", "y"], [[0.1 + 0.2, None], ["ä,b", "0.10"]])
    assert read_rows(tmp_path / "a.csv") == [{"x": "0.30000000000000004", "y": ""}, {"x": "ä,b", "y": "0.10"}]
    assert one_line(ValueError("Couldn't read:\n  \x1b[31mthrift\n")) == "Couldn't read: ?[31mthrift"


def test_a_table_and_images_are_written_and_read_without_pandas(tmp_path):
    """Its import takes longer than what most jobs do."""
    code = """
import sys
import numpy as np
from onelayer.data.store import ImageSet, read_images, write_images
from onelayer.io.parquet import read_columns, write_columns

columns = {"step": np.arange(3, dtype=np.int32), "loss": np.array([0.5, np.nan, np.inf])}
write_columns("table.parquet", columns, "a note")
found, note = read_columns("table.parquet")
assert note == "a note" and all(np.array_equal(found[name], own, equal_nan=True) for name, own in columns.items())
images = ImageSet(np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.array([1, 7], np.uint8), {})
write_images("images.parquet", images)
assert all(map(np.array_equal, read_images("images.parquet")[:2], images[:2]))
assert "pandas" not in sys.modules
"""
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)


@pytest.fixture
def logger(tmp_path):
    """A logger as Snakemake sets it up, to a terminal and to a file."""
    logger = logging.Logger("snakemake", logging.INFO)
    logger.handlers = [logging.StreamHandler(io.StringIO()), logging.FileHandler(tmp_path / "whole.log")]
    yield logger
    logger.handlers[1].close()


def say(logger, message, event=None, level=logging.INFO, **fields):
    """Log as Snakemake does; all the lines of the terminal so far."""
    logger.log(level, message, extra={"event": event, **fields})
    return logger.handlers[0].stream.getvalue().splitlines()


def test_a_run_is_a_line_a_job_with_warnings_errors_and_the_end_of_the_log_of_what_failed(logger, tmp_path):
    line_a_job(logger, [])
    log = tmp_path / "job.log"
    log.write_text("2026-11-25 18:53:29 INFO begun\n2026-11-25 18:53:30 ERROR it is so\nTraceback\n")
    say(logger, "Provided cores: 2", "resources_info")
    say(logger, "Job stats:\n...", "run_info", stats={"total": 12})
    for number in (7, 3, 7):  # the first is tried again
        say(logger, "Rule: train", "job_info", jobid=number, rule_name="train", rule_msg=f"Training {number}")
        say(logger, "Finished", "job_finished", job_id=number)
    say(logger, "No PDF", level=logging.WARNING)
    failed = {"jobid": 3, "rule_name": "train", "log": [str(log), f"{tmp_path}/no.log"]}
    assert say(logger, "Error in rule", "job_error", logging.ERROR, **failed) == [
        "[ 1/12   8 %] Training 7",
        "[ 2/12  16 %] Training 3",
        "[ 2/12  16 %] Training 7",
        "No PDF",
        f"Failed: Training 3: it is so ({log}):  ({tmp_path}/no.log)",
    ]
    assert "Finished" in (whole := (tmp_path / "whole.log").read_text()) and "%" not in whole


@pytest.mark.parametrize(("level", "event"), [(logging.INFO, "run_info"), (logging.DEBUG, "resources_info")])
def test_a_dry_run_messages_without_a_run_and_a_verbose_run_are_as_snakemake_has_them(logger, level, event):
    logger.setLevel(level)
    line_a_job(logger, [])
    say(logger, "Job stats:", event, stats={"total": 3})
    say(logger, "Rule: train", "job_info", jobid=1, rule_name="train", rule_msg=None)
    assert say(logger, "Report created.") == ["Job stats:", "Rule: train", "Report created."]
    missing = {"event": "error", "level": logging.ERROR, "exception": "MissingRuleException"}
    hint = "snakemake --dry-run names the targets that there are." if level == logging.INFO else "No rule"
    assert say(logger, "No rule", **missing)[-1] == hint


def test_of_a_target_that_there_is_none_of_the_nearest_is_named():
    for arguments, said in (
        ("-n mine.yaml", "Did you mean --configfile mine.yaml?"),
        ("--configfile mine.yaml -- results/fig/weigths.png", "Did you mean results/fig/weights.png?"),
        ("--configfile=mine.yaml results/fig/weigths.png", "Did you mean results/fig/weights.png?"),
        ("results/fig/weights.png rest", "snakemake --dry-run names the targets that there are."),
    ):
        assert what_was_meant(arguments.split(), ["results/fig/weights.png", "all"]) == said
