"""Processes for the tests to kill: a training and a download in a process of their own, and the whole pipeline."""

import contextlib
import logging
import resource
import signal
import subprocess
import sys

import psutil

import train as train_script
from onelayer.data.fetch import fetch
from tests.conftest import ROOT
from tests.reliability.mirror import FILE


def die_at(size):
    """Have the system kill this process, with no word to Python, where a file that it writes would grow beyond `size`."""
    if size is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def train(data, folder, settings, size=None):
    """The job of the rule train, in `folder`, on the images of `data`."""
    die_at(size)
    paths = {file: str(data / f"{file}.parquet") for file in ("train", "test")}
    train_script.main(paths, str(settings.lam), settings, folder, logging.getLogger())


def download(source, destination, size=None):
    """The job of the rule fetch."""
    die_at(size)
    fetch(FILE, [source], destination, offline=False)


def start_pipeline(folder, *arguments, group=False):
    """The command of the README, as a process, of a group of its own if so, whose output goes to a file in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "snakemake", "--directory", str(folder), *map(str, arguments)]
    with open(folder / "output.txt", "w") as output:
        return subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output, start_new_session=group)


def kill(process, family):
    """SIGKILL for a process, and if so for all that it has started; its children, orphans now unless they were killed."""
    main = psutil.Process(process.pid)
    main.suspend()  # nothing new is started meanwhile
    children = main.children(recursive=True)
    for child in children if family else []:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    process.kill()
    process.wait()
    return children
