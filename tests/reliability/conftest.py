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
    """A function that starts a function of victims.py in a process of its own, which begins with what it needs imported."""
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
    """A function that adds what was tried to the table, and fails unless each fault is empty: what was wrong each time."""

    def add(what: str, faults: Sequence[str], detail: str = "") -> None:
        ROWS.append((what, str(len(faults)), str(faults.count("")), detail))
        assert faults and not any(faults), "\n".join(filter(None, faults))

    return add


def pytest_terminal_summary(terminalreporter):
    if ROWS:
        terminalreporter.section("reliability")
        rows = [("what was tried", "how often", "survived", ""), *ROWS]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            line = "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))
            terminalreporter.write_line(line.rstrip())


def pytest_sessionfinish(session):
    """Of several processes each hands its rows to the one that prints the table."""
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["rows"] = ROWS


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node):
    ROWS.extend(map(tuple, getattr(node, "workeroutput", {}).get("rows", [])))
