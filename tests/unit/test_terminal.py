import io
import logging

import pytest

from onelayer.terminal import line_a_job

COMMAND = "CalledProcessError in file x.smk, line 3:\nCommand 'python train.py' "


@pytest.fixture
def said():
    """A logger as Snakemake sets it up, with a line a job; what it has written, and its Terminal."""
    logger, stream = logging.Logger("snakemake", logging.INFO), io.StringIO()
    logger.addHandler(logging.StreamHandler(stream))
    terminal = line_a_job(logger)

    def say(message, event=None, level=logging.INFO, **fields):
        logger.log(level, message, extra={"event": event, **fields})
        return stream.getvalue()

    return say, terminal


def job(say, number, message="Training a", rule="train"):
    return say("Rule: train", "job_info", jobid=number, rule_name=rule, rule_msg=message)


def start(say, total=12):
    say("Provided cores: 2", "resources_info")
    say("Job stats:\n...", "run_info", stats={"train": total - 1, "total": total})


def test_a_run_is_a_line_a_job_with_how_far_the_whole_is(said):
    say, terminal = said
    say("Assuming unrestricted shared filesystem usage.")
    start(say)
    for number in (7, 3, 7):  # the first is tried again
        job(say, number, f"Training {number}")
        say("Finished", "job_finished", job_id=number)
        say("1 of 12 steps", "progress", done=1, total=12)
        say("Select jobs to execute...")
    job(say, 0, None, "all")
    assert say("").splitlines() == [
        "[ 1/12   8 %] Training 7",
        "[ 2/12  16 %] Training 3",
        "[ 2/12  16 %] Training 7",
        "[ 3/12  25 %] all",
    ]
    assert terminal.rules == {"train", "all"} and len(terminal.began) == 3


def test_only_the_last_job_of_many_is_all_of_it(said):
    say, _ = said
    start(say, 400)
    for number in range(400):
        job(say, number)
    assert [" 100 %" in line for line in say("").splitlines()] == [False] * 399 + [True]


def test_a_dry_run_and_messages_without_a_run_are_as_snakemake_has_them(said):
    say, _ = said
    say("Job stats:\ntrain 3", "run_info", stats={"total": 3})
    assert job(say, 1) == "Job stats:\ntrain 3\nRule: train\n" and "report.html" in say("Report created: report.html.")


def test_warnings_and_errors_are_shown(said):
    say, _ = said
    start(say)
    say("No PDF", level=logging.WARNING)
    assert say("Error: no such rule", "error", logging.ERROR) == "No PDF\nError: no such rule\n"


def test_a_failure_is_what_the_job_does_and_the_end_of_its_log(said, tmp_path):
    say, _ = said
    log = tmp_path / "job.log"
    log.write_text("".join(f"line {number}\n" for number in range(30)))
    start(say)
    job(say, 5)
    say(COMMAND + "returned non-zero exit status 1.", "error", logging.ERROR)
    text = say(
        "Error in rule", "job_error", logging.ERROR, jobid=5, rule_name="train", log=[str(log), f"{tmp_path}/no.log"]
    )
    assert text.splitlines()[1:] == [
        "Failed: Training a",
        f"  {log}:",
        *(f"    line {number}" for number in range(20, 30)),
        f"  {tmp_path}/no.log:",
        "    (no such file)",
    ]


def test_a_job_that_the_system_killed_has_its_reason(said):
    say, _ = said
    start(say)
    assert "SIGKILL" in say(COMMAND + "died with <Signals.SIGKILL: 9>.", "error", logging.ERROR)


@pytest.mark.parametrize("end", ["returned non-zero exit status 130.", "died with <Signals.SIGINT: 2>."])
def test_an_interrupted_job_is_no_failure(said, end):
    say, _ = said
    start(say)
    job(say, 5)
    say(COMMAND + end, "error", logging.ERROR)
    text = say("Error in rule", "job_error", logging.ERROR, jobid=5, rule_name="train", log=["job.log"])
    assert text.splitlines()[1:] == ["Interrupted: Training a"]


def test_files_and_a_verbose_run_are_left_alone(tmp_path):
    logger = logging.Logger("snakemake", logging.DEBUG)
    logger.addHandler(logging.StreamHandler(io.StringIO()))
    logger.addHandler(logging.FileHandler(tmp_path / "whole.log"))
    line_a_job(logger)
    logger.setLevel(logging.INFO)
    stream, file = logger.handlers
    assert stream.formatter is None and not stream.filters
    line_a_job(logger)
    assert stream.formatter is not None and stream.filters and file.formatter is None and not file.filters
    file.close()
