"""Names of folders, disks without room, files that the system refuses, bad configurations: a line says why, and nothing is wrong."""

import contextlib
import functools
import os
import re
import resource
import shutil
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from identical import digests
from tests.conftest import DIGITS, ROOT, copy_project, errors_of, snakemake
from tests.experiment.test_configuration import BAD

pytestmark = pytest.mark.reliability

NAMES = ["with a space", "{braces}", "%s $HOME `x`", 'it\'s "quoted"', "学生 ørken Ελλάδα", "-n", "new\nline"]
GRADIENTS, METRICS = "results/tables/gradients.csv", "results/tables/metrics.csv"
RUN = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0"
TEST, LABELS = "results/data/digits/test.parquet", "resources/digits/test-labels-idx1-ubyte.gz"


def run(folder, *arguments, before=(), **process):
    """Snakemake as a process of its own, started by another program if one is given."""
    command = [*before, sys.executable, "-m", "snakemake", "--directory", folder, *DIGITS, *arguments]
    streams = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(list(map(str, command)), cwd=ROOT, **streams, **process)


def wrong(digits, folder, done):
    """Nothing if a run ended well with bytes of the finished folder, or in one line that says which path it cannot have."""
    expected, found = digests(digits / "results"), digests(folder / "results")
    if done.returncode == 1 and len(errors_of(done)) == 1 and "Traceback" not in done.stdout and not found:
        return ""
    same = done.returncode == 0 and found and found.items() <= expected.items()
    return "" if same else f"{folder}: {done.stdout}"


def test_folders_and_projects_of_any_name(digits, tmp_path, tally):
    faults = []
    for name in NAMES:
        (tmp_path / name).mkdir()
        done = snakemake(*DIGITS, "--cores", 2, GRADIENTS, folder=tmp_path / name, check=False)
        faults.append(wrong(digits, tmp_path / name, done))
    for number, name in enumerate(["a space", "学生 {x}"]):
        project, folder = copy_project(tmp_path / "projects" / name), tmp_path / str(number)
        folder.mkdir()
        done = snakemake(*DIGITS, "--cores", 2, GRADIENTS, folder=folder, project=project, check=False)
        faults.append(wrong(digits, folder, done))
    made = subprocess.run(["make", "help"], cwd=project, capture_output=True, text=True)
    faults.append("" if made.returncode and "has a space: move the project" in made.stderr else made.stdout)
    tally("folders and projects with names of all kinds", faults, "spaces, braces, quotes, dollars, other alphabets")


def test_a_disk_without_room_is_said_and_room_is_all_that_is_missing(digits, tmp_path, tally):
    """By a limit on the size of files. If there is no room even for the script of a job, Snakemake alone says why."""
    faults = []
    for kilobytes in (2, 30, 62):
        limits = (1024 * kilobytes, resource.RLIM_INFINITY)
        done = run(tmp_path, preexec_fn=functools.partial(resource.setrlimit, resource.RLIMIT_FSIZE, limits))
        said = errors_of(done)
        clear = all(": File too large. Mend that and run again" in line for line in said)
        good = done.returncode == 1 and clear and (said or "] File too large" in done.stdout)
        faults.append("" if good and "unexpected failure" not in done.stdout else done.stdout)
    faults.append(wrong(digits, tmp_path, run(tmp_path)))
    tally("files that may not grow, then given room", faults)


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
        ("results/data/digits/train.parquet", GRADIENTS, "check_gradients"),
    ],
}


def fault(folder, name, done):
    """Nothing if the run failed, a line (some are Snakemake's) names what is in the way, and no script printed a traceback."""
    place, lines = str(folder.resolve()) if name == "." else name, map(str.strip, done.stdout.splitlines())
    said = [line for line in lines if place in line and line.startswith(("Error: ", "PermissionError: ", place))]
    ours = re.search(r'^  File "[^"]*/\.snakemake/scripts/', done.stdout, re.MULTILINE)
    good = done.returncode == 1 and said and not ours and "unexpected failure" not in done.stdout
    return "" if good and not list(folder.rglob("*.partial")) else f"{name}:\n{done.stdout}"


@pytest.mark.parametrize("obstacle", CASES)
def test_what_is_refused_is_named_in_one_line_and_without_it_the_same_bytes_are_made(digits, tmp_path, tally, obstacle):
    """As a user for whom permissions count: root without the right to pass over them."""
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("setpriv is needed to take its rights from root")
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.geteuid() == 0 else []
    expected = digests(digits / "results")

    def tried(number):
        name, target, rule = CASES[obstacle][number]
        folder = shutil.copytree(digits, tmp_path / str(number))
        arguments = ("--cores", 1, "--forcerun", rule, "--", target)
        with obstacle(folder / name):
            if rule == "fetch" and obstacle is forbidden:
                (folder / target).unlink()
            problem = fault(folder, name, run(folder, *arguments, before=plain))
        done = run(folder, *arguments, before=plain)
        same = done.returncode == 0 and digests(folder / "results").items() <= expected.items()
        return problem or ("" if same else f"{name}: then {done.stdout}")

    with ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(tried, range(len(CASES[obstacle]))))
    tally(f"files refused by the system: {obstacle.__name__}", faults, "named; without that, the same bytes")


def test_bad_overlays_end_in_one_line_and_make_nothing(tmp_path, tally):
    """All of them are tried in tests/experiment. A start takes a second, and Snakemake has its own words for what is no YAML."""

    def fault(number, overlay, says):
        folder, path = tmp_path / str(number), tmp_path / f"{number}overlay.yaml"
        path.write_text(overlay)
        done = snakemake("--configfile", path, "--cores", 1, folder=folder, check=False)
        said = len(errors_of(done)) == 1 and all(part in errors_of(done)[0] for part in says.split(" ... "))
        clean = [own.name for own in folder.iterdir()] == [".snakemake"] and "Traceback" not in done.stdout
        return "" if said and clean and done.returncode == 1 else f"{overlay[:80]!r}\n{done.stdout}"

    cases = [case for case in BAD if "config: " in case[1]][::13]
    with ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(fault, range(len(cases)), *zip(*cases, strict=True)))
    tally("bad configurations, given to snakemake", faults, "one line, status 1, nothing made")
    assert not (ROOT / "owned").exists()
