"""Edits of the code while a run is under way, and two runs at once that nothing keeps apart."""

import re
import shutil
import time
from pathlib import Path

import pytest
from verify_identical import digests

from tests.conftest import DIGITS, copy_project, errors_of, snakemake
from tests.reliability.victims import start_pipeline
from tests.workflow.test_digits import jobs

pytestmark = pytest.mark.reliability

# What is edited, what stands there and what it becomes; the rule that runs then, and what is made.
SCRIPTS = "workflow/scripts"
EDITS = [
    (f"{SCRIPTS}/onelayer/objective.py", "2 * lam", "3 * lam", "train", "results/tables/metrics.csv"),
    (f"{SCRIPTS}/make_tables.py", "index=False)", "index=True)", "train", "results/tables/metrics.csv"),
    ("workflow/report/table.html", "<table", "<table class='edited'", "make_tables", "results/tables/metrics.html"),
]


def wait_for(folder: Path, pattern: str, process) -> None:
    while not list(folder.glob(pattern)):
        assert process.poll() is None, (folder / "output.txt").read_text()
        time.sleep(0.02)


def test_no_table_is_made_of_two_codes(digits, tmp_path, tally):
    """A job that would start with an edited code ends the run; undone, the same command ends with the same bytes."""
    project, expected, faults, refused = copy_project(tmp_path / "project"), digests(digits / "results"), [], 0
    for number, (name, old, new, rule, target) in enumerate(EDITS):
        folder, file = shutil.copytree(digits, tmp_path / str(number)), project / name
        shutil.rmtree(folder / "results/logs")
        arguments = ("--snakefile", project / "Snakefile", *DIGITS, "--cores", 1, target)
        process = start_pipeline(folder, *arguments, "--forcerun", rule)
        wait_for(folder, f"results/logs/{rule}*", process)
        text = file.read_text()
        assert old in text
        file.write_text(text.replace(old, new, 1))
        status, output = process.wait(), (folder / "output.txt").read_text()
        said = re.findall("^Error: .*: this code was edited after the run had begun: run again", output, re.MULTILINE)
        refused += len(said)
        planned = jobs(snakemake(*arguments[2:], "--dry-run", folder=folder, project=project).stdout)
        file.write_text(text)
        done = snakemake(*arguments[2:], folder=folder, project=project, check=False)
        wrong = [key for key, value in digests(folder / "results").items() if expected[key] != value]
        everything = rule == "make_tables" or "objective" not in name or planned["train"] == 7
        good = status == 1 and said and "Traceback" not in output and everything and not wrong and not done.returncode
        faults.append("" if good else f"{name}: {status}, {planned}, {wrong}\n{output}\n{done.stdout}")
    tally("code edited while a run is under way", faults, f"{refused} jobs refused; undone, the same bytes")


def test_two_runs_that_nothing_keeps_apart(digits, tmp_path, tally):
    """With --no-hooks there is no lock: each ends well or in an error, and whatever is there afterwards is right."""
    expected, faults, well = digests(digits / "results"), [], 0
    target = "results/tables/metrics.csv"
    for number in range(2):
        folder = tmp_path / str(number)
        arguments = (*DIGITS, "--cores", 1, target)
        first = start_pipeline(folder, *arguments, "--no-hooks")
        time.sleep(2 * number)
        second = snakemake(*arguments, "--no-hooks", folder=folder, check=False)
        statuses = [first.wait(), second.returncode]
        well += statuses.count(0)
        done = snakemake(*arguments, folder=folder, check=False)
        found = digests(folder / "results")
        wrong = [key for key, value in found.items() if expected[key] != value]
        good = (
            set(statuses) <= {0, 1} and done.returncode == 0 and target.removeprefix("results/") in found and not wrong
        )
        faults.append("" if good else f"{statuses}, {wrong}, {errors_of(done)}, {found}\n{done.stdout}")
    tally("two runs at once with --no-hooks", faults, f"{well} of 4 ended well; after a third run the same bytes")
