"""Compare two working folders in which the pipeline has finished: python tools/compare.py A B [OUT.csv]

OUT.csv (comparison.csv by default) has one row a difference, with every digit, and only its header if the folders are
equal; the same rows are printed with short numbers. Time, machine and paths do not count.
"""

import csv
import json
import math
import os
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from itertools import groupby
from pathlib import Path
from typing import Any

KINDS = ("configuration", "data", "version", "run", "metric")
RUN = ("task", "lambda", "shuffle", "seed")
COLUMNS = ("kind", *RUN, "key", "a", "b", "difference")
# Columns of metrics.csv that are not metrics: they say which run it is, or what the configuration says already.
SETTINGS = (*RUN, "dataset", "model", "classes", "learning_rate")
# Another processor rounds sums in another order: numbers this close, relative to the larger, count as equal.
ROUNDING = 1e-9

Run = tuple[str, float, str, int]  # the values of RUN: lambda is a number, however it is spelled
Texts = dict[str, str]
Folder = tuple[dict[str, Texts], dict[Run, Texts]]  # settings by kind and dotted key, metrics by run and column


class FolderError(Exception):
    """A folder cannot be compared; the message names the file, what is wrong with it and what to do."""


def read_folder(folder: Path) -> Folder:
    """Read a finished folder; FolderError if a file is missing, damaged or of another configuration."""
    provenance, metrics = folder / "results/provenance.json", folder / "results/tables/metrics.csv"
    for path in (provenance, metrics):
        if not path.is_file():
            raise FolderError(f"{path}: missing: run the pipeline in {folder} first")
    path = provenance
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        configuration = document["configuration"]
        data = {part.pop("split"): part for part in document["data"]}
        for part in data.values():
            part["sources"] = {source["file"]: source["sha256"] for source in part["sources"]}
        versions = {**document["versions"], "project": document["project"]}
        settings = {"configuration": flat(configuration), "data": flat(data), "version": flat(versions)}
        tasks = configuration["tasks"].items()
        planned = {(name, float(lam)) for name, task in tasks if task for lam in task["lambdas"]}
        path = metrics
        runs = read_runs(path)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        raise FolderError(f"{path}: damaged ({reason}): delete it and run the pipeline in {folder} again") from error
    if {(task, lam) for task, lam, _, _ in runs} != planned:
        raise FolderError(f"{path}: has other runs than {provenance} asks for: run the pipeline in {folder} first")
    return settings, runs


def read_runs(path: Path) -> dict[Run, Texts]:
    """Metrics by run and column; ValueError or KeyError if a line or a column is damaged."""
    with open(path, encoding="utf-8", newline="") as file:
        header, *lines = csv.reader(file)
    rows = (dict(zip(header, line, strict=True)) for line in lines)
    return {
        (row["task"], float(row["lambda"]), row["shuffle"], int(row["seed"])): {
            column: field for column, field in row.items() if column not in SETTINGS
        }
        for row in rows
    }


def flat(document: Mapping[str, Any], prefix: str = "") -> Texts:
    """Values of nested mappings as text, by dotted keys."""
    found: Texts = {}
    for key, value in document.items():
        if isinstance(value, dict):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = text([float(lam) for lam in value] if key == "lambdas" else value)
    return found


def text(value: Any) -> str:
    """A string as it is, null as "", and any other value as JSON."""
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)


def number(field: str) -> Decimal:
    """The number that a text holds, to the last digit; NaN if it holds none."""
    try:
        return Decimal(field)
    except InvalidOperation:
        return Decimal("NaN")


def differences_of(a: Folder, b: Folder) -> list[list[str]]:
    """Rows with COLUMNS, one a difference, by kind and then in A's order."""
    (settings_a, runs_a), (settings_b, runs_b) = a, b
    rows = [row for kind in settings_a for row in changes(kind, settings_a[kind], settings_b[kind])]
    for run in dict.fromkeys([*runs_a, *runs_b]):
        if run in runs_a and run in runs_b:
            rows += changes("metric", runs_a[run], runs_b[run], run)
        else:
            rows += changes("run", {"present": text(run in runs_a)}, {"present": text(run in runs_b)}, run)
    return sorted(rows, key=lambda row: KINDS.index(row[0]))


def changes(kind: str, a: Texts, b: Texts, run: Run | None = None) -> Iterator[list[str]]:
    """A row with COLUMNS for each key whose values differ; versions are text: 1.10 is not 1.1."""
    for key in dict.fromkeys([*a, *b]):
        one, other = a.get(key, ""), b.get(key, "")
        x, y = (number("" if kind == "version" else field) for field in (one, other))
        if one != other and not math.isclose(x, y, rel_tol=ROUNDING):
            difference = "" if (y - x).is_nan() else str(y - x)
            yield [kind, *map(text, run or [""] * len(RUN)), key, one, other, difference]


def write_csv(rows: Sequence[Sequence[str]], path: Path) -> None:
    """Write the header and the rows, whole or not at all; OSError if `path` cannot be written."""
    partial = Path(f"{path}.{os.getpid()}.partial")
    try:
        with open(partial, "w", encoding="utf-8", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([COLUMNS, *rows])
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)


def tables_of(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines for a person: a table for each kind, without the columns that are empty in it."""
    for kind, found in groupby(rows, key=lambda row: row[0]):
        shown = [COLUMNS[1:], *([field if kind == "version" else short(field) for field in row[1:]] for row in found)]
        columns = [column for column in zip(*shown, strict=True) if column[0] in ("a", "b") or any(column[1:])]
        padded = [[field.ljust(max(map(len, column))) for field in column] for column in columns]
        yield from ("", kind, *("  ".join(["", *fields]).rstrip() for fields in zip(*padded, strict=True)))


def short(field: str) -> str:
    """Six digits of a fraction, the beginning of a SHA-256, and other text as it is."""
    if "." in field and not number(field).is_nan():
        return f"{float(field):.6g}"
    return f"{field[:12]}..." if len(field) == 64 and field.isalnum() else field


def main(arguments: Sequence[str]) -> None:
    """Compare A and B, write OUT.csv and print the differences."""
    if len(arguments) not in (2, 3):
        sys.exit("Error: two folders are needed: python tools/compare.py A B [OUT.csv]")
    path_a, path_b, out = [*map(Path, arguments), Path("comparison.csv")][:3]
    try:
        a, b = read_folder(path_a), read_folder(path_b)
        rows = differences_of(a, b)
        write_csv(rows, out)
    except FolderError as error:
        sys.exit(f"Error: {error}")
    except OSError as error:
        sys.exit(f"Error: {out}: cannot be written ({error.strerror}): give another OUT.csv")
    counts = Counter(row[0] for row in rows)
    kinds = ", ".join(f"{kind} {counts[kind]}" for kind in KINDS)
    print(f"A: {path_a}", f"B: {path_b}", *tables_of(rows), "", sep="\n")
    print(f"Differences: {len(rows)} ({kinds}); runs in both: {len(a[1].keys() & b[1])}; written to {out}")


if __name__ == "__main__":
    main(sys.argv[1:])
