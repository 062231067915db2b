"""What the tests share."""

import fcntl
import os
import re
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pytest

from onelayer.data.store import ImageSet
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.task import tasks_of
from tests import started

ROOT = Path(__file__).resolve().parents[1]
DIGITS = ("--configfile", ROOT / "tests/digits.yaml")
LATEX = shutil.which("latexmk") is not None
COUNTS = {"train": 60_000, "test": 10_000, "both": 70_000}  # images of MNIST by file


@pytest.fixture
def images():
    """A small image set: 60 images of 4 x 3 pixels, labels 0 to 4."""
    random = np.random.RandomState(1)
    pixels = random.randint(0, 17, (60, 4, 3)).astype(np.uint8)
    return ImageSet(pixels, random.randint(0, 5, 60).astype(np.uint8), {"pixel_max": 16, "shape": [4, 3]})


@pytest.fixture
def config():
    """The configuration of the default source, to be changed."""
    return read_configuration(ROOT, [], {}).values


@pytest.fixture
def tasks(config):
    """The published tasks, to be changed."""
    return tasks_of(config, COUNTS)


def snakemake(*arguments, folder, check=True, project=ROOT, **environment):
    """Run the Snakefile of a project in `folder`; standard output and error together, and the status."""
    command = [*("--snakefile", project / "Snakefile", "--directory", folder), *arguments]
    variables = {key: value for key, value in os.environ.items() if key != "ONELAYER_MIRROR"} | environment
    with tempfile.NamedTemporaryFile() as output:
        done = started.run(list(map(str, command)), project, Path(output.name), variables)
    assert not check or done.returncode == 0, done.stdout
    return done


def errors_of(done):
    """The lines of an output that begin with Error."""
    return [line for line in done.stdout.splitlines() if line.startswith("Error:")]


def refusal_of(done):
    """The one line in which a run was refused."""
    (error,) = errors_of(done)
    assert done.returncode == 1 and "Traceback" not in done.stdout
    return error


def jobs(output):
    """Number of jobs by rule in what Snakemake says before a run."""
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", output, re.MULTILINE) if rule != "total"}


def planned(*arguments, **options):
    """Number of jobs by rule that a dry run plans."""
    return jobs(snakemake("--dry-run", "--cores", 1, *arguments, **options).stdout)


def copy_project(target, *without):
    """Copy the project to `target`, without what is made or set up in it and without its folders `without`."""
    made = {".git", ".venv", "demo", "evidence", "rebuilt", "results", "resources", ".snakemake", *without}
    shutil.copytree(ROOT, target, ignore=lambda folder, _: made if Path(folder) == ROOT else ["__pycache__"])
    return target


@pytest.fixture(scope="session")
def digits(tmp_path_factory, worker_id):
    """A folder in which the whole pipeline has run on the embedded digits. Tests read it; what changes it makes a copy.

    What the run said is in output.txt. Tests that run in several processes share one folder.
    """
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "digits"
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (folder / "output.txt").exists():
            done = snakemake(*DIGITS, "--cores", 2, folder=folder)
            (folder / "output.txt").write_text(done.stdout)
    return folder
