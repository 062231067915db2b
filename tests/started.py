"""Snakemake from a server that has imported it: each test's command is a new process all the same, in a third of the time."""

import multiprocessing
import os
import subprocess
import sys
from pathlib import Path

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["snakemake.cli", "snakemake.workflow", "snakemake.report", "pandas", "tests.started"])


def command(arguments: list[str], folder: Path, output: Path, variables: dict[str, str]) -> None:
    """What the new process does: Snakemake's command line in a folder, with its output in a file."""
    from snakemake.cli import main

    file = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    sys.path[:] = [*filter(None, variables.get("PYTHONPATH", "").split(":")), *without_tests(sys.path)]
    sys.argv = ["snakemake", *arguments]
    main(arguments)


def without_tests(paths: list[str]) -> list[str]:
    """The paths of packages without those that pytest has added."""
    return [path for path in paths if path.startswith((sys.prefix, sys.base_prefix))]


def run(
    arguments: list[str], folder: Path, output: Path, variables: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run that process to its end; its status, and what it has written."""
    process = SERVER.Process(target=command, args=(arguments, folder, output, variables))
    process.start()
    process.join()
    return subprocess.CompletedProcess(arguments, process.exitcode, output.read_text(errors="replace"))
