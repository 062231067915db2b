"""Snakemake from a server that has imported it: each test's command is a new process all the same, in a third of the time."""

import multiprocessing
import os
import subprocess
import sys

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["snakemake.cli", "snakemake.workflow", "snakemake.report", "pandas", "tests.started"])


def command(arguments, folder, output, variables):
    """What the new process does: Snakemake's command line in a folder, with its output in a file."""
    from snakemake.cli import main

    file = os.open(output, os.O_WRONLY)
    os.dup2(file, 1)
    os.dup2(file, 2)
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(variables)
    installed = [path for path in sys.path if path.startswith((sys.prefix, sys.base_prefix))]  # not what pytest adds
    sys.path[:] = [*filter(None, variables.get("PYTHONPATH", "").split(":")), *installed]
    sys.argv = ["snakemake", *arguments]
    main(arguments)


def run(arguments, folder, output, variables):
    """Run that process to its end; its status, and what it has written."""
    process = SERVER.Process(target=command, args=(arguments, folder, output, variables))
    process.start()
    process.join()
    return subprocess.CompletedProcess(arguments, process.exitcode, output.read_text(errors="replace"))
