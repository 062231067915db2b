"""The table at the end: what was tried, how often, and what survived."""

import pytest

ROWS = []


@pytest.fixture(scope="session")
def tally():
    """A function that adds a row to the table."""

    def add(what, tried, survived, detail=""):
        ROWS.append((what, str(tried), str(survived), detail))

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
