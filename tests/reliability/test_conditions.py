"""Names of folders, full disks, files that are damaged or refused: a line says why, and nothing is wrong."""

import contextlib
import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

from tests.conftest import DIGITS, ROOT, copy_project, errors_of, refusal_of, snakemake
from tests.reliability.pipeline import whole_files

pytestmark = pytest.mark.reliability

NAMES = ["with a space", "{braces}", "%s $HOME `x`", 'it\'s "quoted"', "学生 ørken Ελλάδα", "-n", "new\nline"]
GRADIENTS, METRICS = "results/tables/gradients.csv", "results/tables/metrics.csv"
RUN = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0"
TEST, LABELS = "results/data/digits/test.parquet", "resources/digits/test-labels-idx1-ubyte.gz"


def run(folder, *arguments, before=()):
    """Snakemake started by another program, which takes something from it."""
    command = [*before, sys.executable, "-m", "snakemake", "--directory", folder, *DIGITS, *arguments]
    streams = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(list(map(str, command)), cwd=ROOT, **streams)


def check_gradients(digits, folder, project=ROOT):
    """Make a table in a folder: it ends well with bytes of the finished folder, or in a line that refuses the path."""
    folder.mkdir()
    done = snakemake(*DIGITS, "--cores", 2, GRADIENTS, folder=folder, project=project, check=False)
    found = whole_files(folder)
    if done.returncode:
        assert refusal_of(done) and not found
    else:
        assert found and found.items() <= whole_files(digits).items()


@pytest.mark.parametrize("name", NAMES)
def test_folders_of_any_name(digits, tmp_path, name):
    check_gradients(digits, tmp_path / name)


@pytest.mark.parametrize("name", ["a space", "学生 {x}"])
def test_projects_of_any_name(digits, tmp_path, name):
    project = copy_project(tmp_path / name)
    check_gradients(digits, tmp_path / "work", project)
    made = subprocess.run(["make", "help"], cwd=project, capture_output=True, text=True)
    assert made.returncode and "has a space: move the project" in made.stderr


def test_a_disk_without_room_is_said_and_room_is_all_that_is_missing(digits, tmp_path):
    """By a limit on the size of files. If there is no room even for the script of a job, Snakemake alone says why."""
    for kilobytes in (2, 30, 62):
        done = run(tmp_path, before=["prlimit", f"--fsize={1024 * kilobytes}:"])
        said = errors_of(done)
        assert done.returncode == 1 and "unexpected failure" not in done.stdout
        assert said or "] File too large" in done.stdout
        assert all(": File too large. Mend that and run again" in line for line in said)
    assert run(tmp_path).returncode == 0 and whole_files(tmp_path) == whole_files(digits)


@contextlib.contextmanager
def replaced(path):
    """A folder with a file in it is where a file was; the file must still be there afterwards."""
    path.unlink()
    path.mkdir()
    (path / "mine").touch()
    yield
    (path / "mine").unlink()
    path.rmdir()


@contextlib.contextmanager
def forbidden(path):
    """A folder may not be written, or a file not be read."""
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(0o555 if path.is_dir() else 0)
    yield
    path.chmod(mode)


@contextlib.contextmanager
def damaged(path):
    """A file is cut; whoever reads the line deletes it."""
    path.write_bytes(path.read_bytes()[:90])
    yield
    path.unlink()


# What is refused, the file that is made then, and the rule that is to run.
CASES = [
    (replaced, "results/report/report.pdf", "results/report/report.pdf", "typeset_report"),
    (replaced, METRICS, METRICS, "make_tables"),
    (replaced, f"{RUN}/weights.npz", f"{RUN}/summary.json", "train"),
    (replaced, f"{RUN}/summary.json", METRICS, "make_tables"),
    (replaced, TEST, TEST, "prepare"),
    (replaced, LABELS, TEST, "prepare"),
    (replaced, LABELS, LABELS, "fetch"),
    (damaged, LABELS, TEST, "prepare"),
    (replaced, "results/fig/weights.png", "results/fig/weights.png", "plot_softmax_weights"),
    (replaced, "results/logs/make_tables.log", METRICS, "make_tables"),
    (forbidden, ".", METRICS, "make_tables"),
    (forbidden, RUN, f"{RUN}/summary.json", "train"),
    (forbidden, "results/logs", METRICS, "make_tables"),
    (forbidden, "resources/digits", LABELS, "fetch"),
    (forbidden, "results/data/digits/train.parquet", GRADIENTS, "check_gradients"),
]


@pytest.mark.parametrize(("obstacle", "name", "target", "rule"), CASES)
def test_what_is_refused_is_named_in_a_line_and_without_it_the_same_bytes_are_made(
    digits, tmp_path, obstacle, name, target, rule
):
    """As a user for whom permissions count: root without the right to pass over them."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("setpriv is needed to take its rights from root")
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    folder = shutil.copytree(digits, tmp_path / "work")
    arguments = ("--cores", 1, "--forcerun", rule, "--", target)
    with obstacle(folder / name):
        if rule == "fetch" and obstacle is forbidden:
            (folder / target).unlink()
        done = run(folder, *arguments, before=plain)
    place = str(folder.resolve()) if name == "." else name
    lines = [line.strip() for line in done.stdout.splitlines() if place in line]  # some are Snakemake's
    assert done.returncode == 1 and any(line.startswith(("Error: ", "PermissionError: ", place)) for line in lines)
    assert not re.search(r'^  File "[^"]*/\.snakemake/scripts/|unexpected failure', done.stdout, re.MULTILINE)
    assert not list(folder.rglob("*.partial"))
    done = run(folder, *arguments, before=plain)
    assert done.returncode == 0, done.stdout
    assert whole_files(folder).items() <= whole_files(digits).items()
