"""The table that `make test-reliability` ends with: what was tried, how often, what survived."""

import pytest

ROWS = []


@pytest.fixture(scope="session")
def tally():
    """Call it as tally(what, tried, survived, detail) to add a row to the table."""

    def add(what, tried, survived, detail=""):
        ROWS.append((what, str(tried), str(survived), detail))

    return add


def pytest_terminal_summary(terminalreporter):
    if not ROWS:
        return
    rows = [("what was tried", "times", "survived", ""), *ROWS]
    what, tried, survived = (max(len(row[column]) for row in rows) for column in range(3))
    terminalreporter.section("reliability")
    for row in rows:
        terminalreporter.write_line(f"{row[0]:<{what}}  {row[1]:>{tried}}  {row[2]:>{survived}}  {row[3]}".rstrip())
