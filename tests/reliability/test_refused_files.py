"""Files that the system refuses: folders in their place, no permission, a disk that is read-only."""

import contextlib
import os
import re
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from identical import digests
from tests.conftest import DIGITS, ROOT

pytestmark = pytest.mark.reliability

RUN = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0"
METRICS, TEST = "results/tables/metrics.csv", "results/data/digits/test.parquet"
LABELS = "resources/digits/test-labels-idx1-ubyte.gz"


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
def read_only(path):
    """A folder is a disk of its own that may only be read."""
    subprocess.run(["mount", "--bind", path, path], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", path], check=True)
    yield
    subprocess.run(["umount", "--lazy", path], check=True)


# What is refused, the file that is made then, and the rule that is to run.
CASES = {
    replaced: [
        ("results/report/report.pdf", "results/report/report.pdf", "typeset_report"),
        (METRICS, METRICS, "make_tables"),
        (f"{RUN}/weights.npz", f"{RUN}/summary.json", "train"),
        (f"{RUN}/summary.json", METRICS, "make_tables"),
        (TEST, TEST, "prepare"),
        (LABELS, TEST, "prepare"),
        (LABELS, LABELS, "fetch"),
        ("results/fig/weights.png", "results/fig/weights.png", "plot_softmax_weights"),
        ("results/logs/make_tables.log", METRICS, "make_tables"),
    ],
    forbidden: [
        (".", METRICS, "make_tables"),
        (RUN, f"{RUN}/summary.json", "train"),
        ("results/logs", METRICS, "make_tables"),
        ("resources/digits", LABELS, "fetch"),
        ("results/data/digits/train.parquet", "results/tables/gradients.csv", "check_gradients"),
    ],
    read_only: [(".", METRICS, "make_tables"), ("results", METRICS, "make_tables")],
}


def run(folder, target, rule):
    """Force a rule, as a user for whom permissions count: root without the right to pass over them."""
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    command = [sys.executable, "-m", "snakemake", "--directory", folder, *DIGITS, "--cores", 1, "--forcerun", rule]
    streams = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run([*plain, *map(str, command), "--", target], cwd=ROOT, **streams)


def fault(folder, name, done):
    """Nothing if the run failed, a line (some are Snakemake's) names what is in the way, and no script printed a traceback."""
    place, lines = str(folder.resolve()) if name == "." else name, map(str.strip, done.stdout.splitlines())
    said = [line for line in lines if place in line and line.startswith(("Error: ", "PermissionError: ", place))]
    ours = re.search(r'^  File "[^"]*/\.snakemake/scripts/', done.stdout, re.MULTILINE)
    good = done.returncode == 1 and said and not ours and "unexpected failure" not in done.stdout
    return "" if good and not list(folder.rglob("*.partial")) else f"{name}:\n{done.stdout}"


@pytest.mark.parametrize("obstacle", CASES)
def test_what_is_refused_is_named_in_one_line_and_without_it_the_same_bytes_are_made(digits, tmp_path, tally, obstacle):
    if (os.geteuid() and obstacle is read_only) or (not os.geteuid() and not shutil.which("setpriv")):
        pytest.skip("root is needed to mount a disk, and setpriv to take its rights from it")
    expected = digests(digits / "results")

    def tried(number):
        name, target, rule = CASES[obstacle][number]
        folder = shutil.copytree(digits, tmp_path / str(number))
        with obstacle(folder / name):
            if rule == "fetch" and obstacle is forbidden:
                (folder / target).unlink()
            problem = fault(folder, name, run(folder, target, rule))
        done = run(folder, target, rule)
        same = done.returncode == 0 and digests(folder / "results").items() <= expected.items()
        return problem or ("" if same else f"{name}: then {done.stdout}")

    with ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(tried, range(len(CASES[obstacle]))))
    tally(f"files refused by the system: {obstacle.__name__}", faults, "named; without that, the same bytes")
