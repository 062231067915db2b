"""Names of folders, the folder for temporary files, and clocks: none of them changes a result."""

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from verify_identical import digests

from tests.conftest import DIGITS, ROOT, copy_project, errors_of, snakemake

pytestmark = pytest.mark.reliability

NAMES = [
    "with a space",
    "{braces} {wildcards.x}",
    "%s $HOME `x`",
    'it\'s "quoted"',
    "学生 ørken Ελλάδα",
    "-n",
    "new\nline",
]
TARGETS = ["results/tables/gradients.csv", "results/runs/task=binary/lambda=0.0/shuffle=true/seed=0/summary.json"]
YEAR = 365 * 24 * 3600


def wrong(digits, folder, done) -> str:
    """Nothing if a run ended well with bytes of the finished folder, or in one line that says which path it cannot have."""
    expected, found = digests(digits / "results"), digests(folder / "results") if (folder / "results").exists() else {}
    if done.returncode == 1 and len(errors_of(done)) == 1 and "Traceback" not in done.stdout and not found:
        return ""
    same = done.returncode == 0 and found and found.items() <= expected.items()
    return "" if same else f"{folder}: {done.stdout}"


def test_folders_of_any_name(digits, tmp_path, tally):
    def one(name):
        folder = tmp_path / name
        folder.mkdir()
        return wrong(digits, folder, snakemake(*DIGITS, "--cores", 1, *TARGETS, folder=folder, check=False))

    with ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(one, NAMES))
    tally("working folders with names of all kinds", faults, "spaces, braces, quotes, dollars, other alphabets")


def test_the_project_in_a_folder_of_any_name(digits, tmp_path, tally):
    faults = []
    for number, name in enumerate(["with a space", "学生 {x}"]):
        project, folder = copy_project(tmp_path / name / "project"), tmp_path / str(number)
        folder.mkdir()
        done = snakemake(*DIGITS, "--cores", 1, TARGETS[0], folder=folder, project=project, check=False)
        faults.append(wrong(digits, folder, done))
    made = subprocess.run(["make", "help"], cwd=project, capture_output=True, text=True)
    faults.append("" if made.returncode and "has a space: move the project" in made.stderr else made.stdout)
    tally(
        "the project in such a folder, and make there",
        faults,
        "a space is no matter, braces and make say so in one line",
    )


def test_a_folder_for_temporary_files_that_is_missing_or_odd(digits, tmp_path, tally):
    faults = []
    odd = tmp_path / "{odd} 学 $x"
    odd.mkdir()
    for number, place in enumerate([tmp_path / "missing", odd]):
        folder = shutil.copytree(digits, tmp_path / str(number))
        target = next(iter((folder / "results/report").glob("*.pdf")), folder / "results/report/report.tex").name
        arguments = ("--cores", 1, "--forcerun", "write_report", "typeset_report", "--", f"results/report/{target}")
        done = snakemake(*DIGITS, *arguments, folder=folder, check=False, TMPDIR=str(place))
        faults.append(wrong(digits, folder, done) or ", ".join(path.name for path in odd.glob("onelayer*")))
    tally("TMPDIR missing, or with an odd name", faults, "the same bytes, nothing left there")


def test_clocks_that_are_set_back_and_files_of_tomorrow(digits, tmp_path, tally):
    """What is made under a wrong clock has the same bytes, and is neither made again for ever nor missed after a change.

    Of inputs that are of tomorrow Snakemake makes nothing, and says so; touched, they do.
    """
    target, faults = "results/tables/metrics.csv", []
    command = [sys.executable, "-m", "snakemake", "--directory", tmp_path / "back", *DIGITS, "--cores", 2, target]

    def settled(folder, *arguments):
        done = snakemake(*DIGITS, *arguments, "--cores", 2, target, folder=folder, check=False)
        again = snakemake(*DIGITS, *arguments, "--dry-run", "--cores", 2, target, folder=folder, check=False)
        return "" if done.returncode == 0 and "Nothing to be done" in again.stdout else f"{done.stdout}\n{again.stdout}"

    if shutil.which("faketime"):
        folder = shutil.copytree(digits, tmp_path / "back")
        shutil.rmtree(folder / "results/runs")
        clock = ["faketime", "-f", f"-{YEAR}"]
        done = subprocess.run(
            [*clock, *map(str, command)], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        faults += [wrong(digits, folder, done), settled(folder), wrong(digits, folder, done)]
    folder = shutil.copytree(digits, tmp_path / "tomorrow")
    dated = [*folder.glob("resources/*/*"), *folder.glob("results/data/*/*")]
    for path in dated:
        os.utime(path, (time.time() + YEAR,) * 2)
    faults.append(settled(folder))
    rate = tmp_path / "rate.yaml"
    rate.write_text("tasks: {binary: {learning_rate: 0.04}}\n")
    refused = snakemake(*DIGITS, rate, "--cores", 2, target, folder=folder, check=False)
    said = "has older modification time" in refused.stdout and "than input results/data/digits/" in refused.stdout
    faults.append("" if refused.returncode == 1 and said else refused.stdout)
    for path in dated:
        path.touch()
    faults.append(settled(folder, rate))
    changed = digests(folder / "results")["tables/metrics.csv"] != digests(digits / "results")["tables/metrics.csv"]
    faults.append("" if changed else "the new rate was missed")
    tally("clock a year back, and files of next year", faults, "the same bytes, or refused with the file's name")
