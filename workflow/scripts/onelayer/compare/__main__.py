"""Compare two working folders in which the pipeline has finished: make compare A=folder B=folder.

Writes OUT/comparison.html and OUT/comparison.csv, whose bytes follow from what the folders hold and from their names.
"""

import csv
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from onelayer.compare.differences import COLUMNS, Difference, differences_of, paired
from onelayer.compare.folders import Folder, read_folder
from onelayer.compare.images import paired_tests
from onelayer.compare.page import render
from onelayer.errors import InputError, atomic_write

USAGE = "make compare A=folder B=folder"


def main(argv: list[str]) -> None:
    """Compare A and B and write to OUT; `argv` holds the three folders."""
    if len(argv) != 3 or not all(argv):
        raise InputError(f"two folders are needed: {USAGE}")
    a, b, out = read_folder(argv[0]), read_folder(argv[1]), Path(argv[2])
    tested, untested = paired_tests(a, b)
    differences = differences_of(a, b, tested)
    page = render(a, b, differences, tested, untested)
    html, table = out / "comparison.html", out / "comparison.csv"
    try:
        with atomic_write(html) as partial_html, atomic_write(table) as partial_table:
            partial_html.write_text(page, encoding="utf-8")
            with open(partial_table, "w", encoding="utf-8", newline="") as file:
                csv.writer(file, lineterminator="\n").writerows([COLUMNS, *(one.row for one in differences)])
    except OSError as error:
        raise InputError(f"{out}: cannot be written to: {error.strerror}") from error
    print(summary(a, b, differences))
    print(html, table, sep="\n")


def summary(a: Folder, b: Folder, differences: Sequence[Difference]) -> str:
    """One line that says how much differs."""
    shared, title = len(paired(a, b)), f"A is {a.name}, B is {b.name}"
    if not differences:
        return f"{title}: nothing differs; {shared} runs in both"
    count = Counter(difference.kind for difference in differences)
    unequal = len({difference.run for difference in differences if difference.kind == "metric"})
    return (
        f"{title}: differences in configuration {count['configuration']}, data {count['data']}, "
        f"versions and code {count['version'] + count['code']}; {unequal} of {shared} runs in both have other metrics, "
        f"{count['run']} are in one alone; verdicts on claims {count['claim']}, on published values {count['published']}"
    )


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"Error: {error}")
