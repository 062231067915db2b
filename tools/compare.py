"""Compare two working folders in which the pipeline has finished: python tools/compare.py A B [OUT.csv]

OUT.csv (comparison.csv by default) has one row a difference, with every digit, and only its header if the folders are
equal; the same rows are printed with short numbers. Time, machine and paths do not count.
"""

import csv
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import pandas as pd

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


def read_folder(folder: Path) -> Folder:
    """Read a finished folder; SystemExit if a file is missing or of another configuration."""
    provenance, metrics = folder / "results/provenance.json", folder / "results/tables/metrics.csv"
    for path in (provenance, metrics):
        if not path.is_file():
            sys.exit(f"Error: {path}: missing: run the pipeline in {folder} first")
    document = json.loads(provenance.read_text(encoding="utf-8"))
    configuration = document["configuration"]
    data = {part.pop("split"): part for part in document["data"]}
    for part in data.values():
        part["sources"] = {source["file"]: source["sha256"] for source in part["sources"]}
    versions = {**document["versions"], "project": document["project"]}
    with open(metrics, encoding="utf-8", newline="") as file:
        runs = {
            (row["task"], float(row["lambda"]), row["shuffle"], int(row["seed"])): row for row in csv.DictReader(file)
        }
    tasks = configuration["tasks"].items()
    if {run[:2] for run in runs} != {(name, float(lam)) for name, task in tasks if task for lam in task["lambdas"]}:
        sys.exit(f"Error: {metrics}: has other runs than {provenance} asks for: run the pipeline in {folder} first")
    return {"configuration": flat(configuration), "data": flat(data), "version": flat(versions)}, runs


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


def differences_of(a: Folder, b: Folder) -> Iterator[list[str]]:
    """Rows with COLUMNS, one a difference, by kind and then in A's order."""
    (settings_a, runs_a), (settings_b, runs_b) = a, b
    for kind in settings_a:
        yield from changes(kind, settings_a[kind], settings_b[kind])
    runs = dict.fromkeys([*runs_a, *runs_b])
    for run in runs:
        yield from changes("run", {"present": text(run in runs_a)}, {"present": text(run in runs_b)}, run)
    for run in runs:
        if run in runs_a and run in runs_b:
            yield from changes("metric", runs_a[run], runs_b[run], run)


def changes(kind: str, a: Texts, b: Texts, run: Run | None = None) -> Iterator[list[str]]:
    """A row with COLUMNS for each key whose values differ; versions are text: 1.10 is not 1.1."""
    for key in dict.fromkeys([*a, *b]):
        one, other = a.get(key, ""), b.get(key, "")
        x, y = (number("" if kind == "version" else field) for field in (one, other))
        if one != other and not math.isclose(x, y, rel_tol=ROUNDING) and not (kind == "metric" and key in SETTINGS):
            difference = "" if (y - x).is_nan() else str(y - x)
            yield [kind, *map(text, run or [""] * len(RUN)), key, one, other, difference]


def short(field: str) -> str:
    """Six digits of a fraction, the beginning of a SHA-256, and other text as it is."""
    if "." in field and not number(field).is_nan():
        return f"{float(field):.6g}"
    return f"{field[:12]}..." if len(field) == 64 and field.isalnum() else field


def main(path_a: Path, path_b: Path, out: Path = Path("comparison.csv")) -> None:
    """Compare A and B, write OUT.csv and print the differences."""
    a, b = read_folder(path_a), read_folder(path_b)
    table = pd.DataFrame(differences_of(a, b), columns=COLUMNS)
    partial = Path(f"{out}.{os.getpid()}.partial")
    table.to_csv(partial, index=False)
    os.replace(partial, out)
    print(f"A: {path_a}\nB: {path_b}")
    for kind, rows in table.groupby("kind", sort=False):
        shown = rows if kind == "version" else rows.map(short)
        filled = [name for name in COLUMNS[1:] if name in ("a", "b") or any(shown[name])]
        print(f"\n{kind}\n{shown[filled].to_string(index=False)}")
    kinds = ", ".join(f"{kind} {sum(table['kind'] == kind)}" for kind in KINDS)
    print(f"\nDifferences: {len(table)} ({kinds}); runs in both: {len(a[1].keys() & b[1])}; written to {out}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("Error: two folders are needed: python tools/compare.py A B [OUT.csv]")
    main(*map(Path, sys.argv[1:]))
