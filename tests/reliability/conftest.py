"""What the reliability tests share: the table at their end."""

import pytest

ROWS = pytest.StashKey[list]()


@pytest.fixture(scope="session")
def tally(pytestconfig):
    """Call tally(what, tried, survived, detail) for a row of the table."""
    rows = pytestconfig.stash.setdefault(ROWS, [])
    return lambda what, tried, survived, detail="": rows.append((what, tried, survived, detail))


def pytest_terminal_summary(terminalreporter, config):
    """Print what was tried, how often, and what survived."""
    rows = config.stash.get(ROWS, [])
    if not rows:
        return
    table = [("what was tried", "how often", "survived", ""), *rows]
    widths = [max(len(str(row[column])) for row in table) for column in range(4)]
    terminalreporter.section("reliability")
    for row in table:
        terminalreporter.line("  ".join(f"{cell!s:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip())
