"""Files that the system refuses: folders in their place, no permission. One line names the file and the way out."""

import os
import re
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from verify_identical import digests

from tests.conftest import DIGITS, ROOT

pytestmark = pytest.mark.reliability

RUN = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0"
METRICS = "results/tables/metrics.csv"
# What is a folder with a file in it, what is made then, and the rule that is to run.
FOLDERS = [
    ("results/report/report.pdf", "results/report/report.pdf", "typeset_report"),
    (METRICS, METRICS, "make_tables"),
    (f"{RUN}/weights.npz", f"{RUN}/summary.json", "train"),
    (f"{RUN}/summary.json", METRICS, "make_tables"),
    ("results/data/digits/test.parquet", "results/data/digits/test.parquet", "prepare"),
    ("resources/digits/test-labels-idx1-ubyte.gz", "results/data/digits/test.parquet", "prepare"),
    ("resources/digits/test-labels-idx1-ubyte.gz", "resources/digits/test-labels-idx1-ubyte.gz", "fetch"),
    ("results/fig/weights.png", "results/fig/weights.png", "plot_softmax_run"),
    ("results/logs/make_tables.log", METRICS, "make_tables"),
]
# What may not be written (a folder) or read (a file), likewise.
FORBIDDEN = [
    (".", METRICS, "make_tables"),
    (RUN, f"{RUN}/summary.json", "train"),
    ("results/logs", METRICS, "make_tables"),
    ("resources/digits", "results/data/digits/test.parquet", "fetch"),
    ("results/data/digits/train.parquet", "results/tables/gradients.csv", "check_gradients"),
]


def run(folder: Path, target: str, rule: str) -> subprocess.CompletedProcess:
    """Force a rule, as a user for whom permissions count: root without the right to pass over them."""
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "snakemake", "--directory", folder, *DIGITS, "--cores", 1, "--forcerun", rule]
    return subprocess.run(
        [*plain, *map(str, command), "--", target],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )


def fault(folder: Path, name: str, done: subprocess.CompletedProcess) -> str:
    """Nothing if the run failed, one line names what is in the way, and no script of the project left a traceback.

    Some lines are Snakemake's: it deletes the files of a job before it starts, and after a failure reads its log; where it may
    not, it ends with a traceback of its own.
    """
    place = str(folder.resolve()) if name == "." else name
    lines = [line.strip() for line in done.stdout.splitlines() if place in line]
    said = [line for line in lines if line.startswith(("Error: ", "PermissionError: ", place))]
    ours = re.search(r'File "[^"]*/\.snakemake/scripts/', done.stdout)
    good = done.returncode == 1 and said and not ours and "unexpected failure" not in done.stdout
    return "" if good and not list(folder.rglob("*.partial")) else f"{name}:\n{done.stdout}"


def all_of(cases, digits: Path, tmp_path: Path, tried) -> list[str]:
    """What was wrong with each case, tried in a copy of a finished folder, two at a time."""

    def one(number):
        name, target, rule = cases[number]
        folder = shutil.copytree(digits, tmp_path / str(number))
        return tried(folder, name, lambda: run(folder, target, rule))

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, range(len(cases))))


def test_a_folder_in_the_place_of_a_file(digits, tmp_path, tally):
    """The folder is not touched, and once it is moved away the same command ends with the same bytes."""
    expected = digests(digits / "results")

    def tried(folder, name, run):
        (folder / name).unlink()
        (folder / name).mkdir()
        (folder / name / "mine").touch()
        if problem := fault(folder, name, run()):
            return problem
        if not (folder / name / "mine").exists():
            return f"{name}: is gone"
        shutil.rmtree(folder / name)
        done = run()
        same = done.returncode == 0 and digests(folder / "results").items() <= expected.items()
        return "" if same else f"{name}: then {done.stdout}"

    faults = all_of(FOLDERS, digits, tmp_path, tried)
    tally("a folder where a file should be", faults, "named and left alone; moved away, the same bytes")


def test_files_and_folders_without_permission(digits, tmp_path, tally):
    """Nothing is half-written, and with permission the same command ends with the same bytes."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("root may write everywhere, and there is no setpriv here to change that")
    expected = digests(digits / "results")

    def tried(folder, name, run):
        path = folder / name
        if name == "resources/digits":
            next(path.glob("test-labels*")).unlink()
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(0o555 if path.is_dir() else 0)
        done = run()
        path.chmod(mode)
        if problem := fault(folder, name, done):
            return problem
        done = run()
        same = done.returncode == 0 and digests(folder / "results").items() <= expected.items()
        return "" if same else f"{name}: then {done.stdout}"

    faults = all_of(FORBIDDEN, digits, tmp_path, tried)
    tally("no permission to write a folder or read a file", faults, "named; with permission, the same bytes")


def test_a_disk_that_is_read_only(digits, tmp_path, tally):
    disk, faults = tmp_path / "disk", []
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(disk)], capture_output=True).returncode:
        pytest.skip("mounting a disk takes root")
    try:
        inner = shutil.copytree(digits, disk / "work")
        outer = shutil.copytree(digits, tmp_path / "outer")
        shutil.move(outer / "results", disk / "results")
        (outer / "results").symlink_to(disk / "results")
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        faults = [
            fault(inner, ".", run(inner, METRICS, "make_tables")),
            fault(outer, "results", run(outer, METRICS, "make_tables")),
        ]
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
    tally("a read-only disk, of all and of the results", faults, "named")
