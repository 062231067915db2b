"""The table at the end: what was tried, how often, and what survived."""

import multiprocessing
import os
import sys
from multiprocessing import forkserver

import pytest


@pytest.fixture(scope="session")
def start():
    """A function that starts a function of victims.py in a process of its own, which begins with what it needs imported."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.reliability.victims"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        forkserver.ensure_running()

    def started(function, *arguments):
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    return started


@pytest.fixture
def tally(record_property):
    """A function that adds what was tried to the table, and fails unless each fault is empty: what was wrong each time."""

    def add(what, faults, detail=""):
        record_property("tally", [what, len(faults), faults.count(""), detail])
        assert faults and not any(faults), "\n".join(filter(None, faults))

    return add


def pytest_terminal_summary(terminalreporter):
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    rows = [row for report in reports for key, row in report.user_properties if key == "tally"]
    if rows:
        terminalreporter.section("reliability: what was tried, and how often it survived")
    for what, tried, survived, detail in rows:
        terminalreporter.write_line(f"{what:65} {survived:5} of {tried:5}  {detail}".rstrip())
