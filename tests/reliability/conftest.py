"""The table at the end: what was tried, how often, and what survived."""

import multiprocessing
import os
import sys
from collections.abc import Callable, Sequence
from multiprocessing import forkserver
from multiprocessing.process import BaseProcess

import pytest

ROWS = []


@pytest.fixture(scope="session")
def start() -> Callable[..., BaseProcess]:
    """A function that starts a function of victims.py in a process of its own, one BLAS thread each.

    Fast, because the process comes from one that has imported what it needs and has no thread.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.reliability.victims"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
        patch.setenv("OPENBLAS_NUM_THREADS", "1")
        forkserver.ensure_running()

    def started(function: Callable[..., None], *arguments: object) -> BaseProcess:
        process = context.Process(target=function, args=arguments)
        process.start()
        return process

    return started


@pytest.fixture(scope="session")
def tally() -> Callable[..., None]:
    """A function that adds a row to the table, and fails unless all survived.

    It takes what was tried, and what was wrong each time: nothing ("") where all was as it should be.
    """

    def add(what: str, faults: Sequence[str], detail: str = "") -> None:
        ROWS.append((what, str(len(faults)), str(faults.count("")), detail))
        assert faults and not any(faults), "\n".join(filter(None, faults))

    return add


def pytest_terminal_summary(terminalreporter):
    if not ROWS:
        return
    rows = [("what was tried", "how often", "survived", ""), *ROWS]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    terminalreporter.section("reliability")
    for what, tried, survived, detail in rows:
        line = f"{what:<{widths[0]}}  {tried:>{widths[1]}}  {survived:>{widths[2]}}  {detail}"
        terminalreporter.write_line(line.rstrip())


def pytest_sessionfinish(session):
    """Of several processes each hands its rows to the one that prints the table."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["rows"] = ROWS


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    ROWS.extend(map(tuple, getattr(node, "workeroutput", {}).get("rows", [])))
