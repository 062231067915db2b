"""Names of folders, and disks that are full: neither changes a result."""

import resource
import subprocess
import sys

import pytest

from identical import digests
from tests.conftest import DIGITS, ROOT, copy_project, errors_of, snakemake

pytestmark = pytest.mark.reliability

NAMES = ["with a space", "{braces}", "%s $HOME `x`", 'it\'s "quoted"', "学生 ørken Ελλάδα", "-n", "new\nline"]
GRADIENTS = "results/tables/gradients.csv"


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


def run_limited(folder, file_bytes):
    """The pipeline with no file larger than `file_bytes`."""
    command = [sys.executable, "-m", "snakemake", *map(str, DIGITS), "--directory", str(folder)]
    limit = (file_bytes, resource.RLIM_INFINITY)
    streams = {"text": True, "stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    return subprocess.run(
        command, cwd=ROOT, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit), **streams
    )


@pytest.mark.parametrize("reason", ["No space left on device", "File too large"])
def test_a_full_disk_is_said_and_room_is_all_that_is_missing(digits, tmp_path, tally, reason):
    """What jobs say is a line each. If there is no room even for the script of a job, Snakemake alone says why."""
    faults, full = [], reason.startswith("No space")
    if (
        full
        and subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=60k", "tmpfs", tmp_path], capture_output=True
        ).returncode
    ):
        pytest.skip("mounting a small disk takes root; the limit on the size of files is tried instead")
    for size in (150, 400, 800) if full else (30, 62):
        if full:
            subprocess.run(["mount", "-o", f"remount,size={size}k", tmp_path], check=True)
        done = run_limited(tmp_path, resource.RLIM_INFINITY if full else 1024 * size)
        clear = all(f": {reason}. Mend that and run again" in line for line in errors_of(done))
        said = errors_of(done) or f"] {reason}" in done.stdout
        ours = "unexpected failure" in done.stdout
        faults.append("" if done.returncode == 1 and said and clear and not ours else done.stdout)
    if full:
        subprocess.run(["mount", "-o", "remount,size=100000k", tmp_path], check=True)
    done = run_limited(tmp_path, resource.RLIM_INFINITY)
    faults.append(wrong(digits, tmp_path, done))
    subprocess.run(["umount", "--lazy", tmp_path], check=full, capture_output=True)
    tally(f"{reason}, then given room", faults)
