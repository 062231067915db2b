"""Compare two working folders in which the pipeline has finished: python tools/compare.py A B [OUT.csv]

OUT.csv (comparison.csv by default) has one row a difference, with every digit, and only its header if the folders are
equal; the same rows are printed with short numbers. Time, machine and paths do not count.
"""

import csv
import json
import math
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

Facts = dict[tuple[str, ...], str]  # by kind, the values of RUN, and dotted key or column; as text


def facts_of(folder: Path) -> Facts:
    """What a finished folder says; SystemExit if a file is missing or of another configuration."""
    provenance, metrics = folder / "results/provenance.json", folder / "results/tables/metrics.csv"
    for path in (provenance, metrics):
        if not path.is_file():
            sys.exit(f"Error: {path}: missing: run the pipeline in {folder} first")
    document = json.loads(provenance.read_text(encoding="utf-8"))
    sources = {part["split"]: {one["file"]: one["sha256"] for one in part["sources"]} for part in document["data"]}
    data = {part["split"]: part | {"sources": sources[part["split"]]} for part in document["data"]}
    versions = document["versions"] | {"project": document["project"]}
    said = {"configuration": document["configuration"], "data": data, "version": versions}
    facts = {(kind, *[""] * len(RUN), key): value for kind, part in said.items() for key, value in flat(part)}
    found = set()
    with open(metrics, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            run = row["task"], str(float(row["lambda"])), row["shuffle"], row["seed"]  # however lambda is spelled
            found.add(run[:2])
            facts["run", *run, "present"] = "true"
            facts |= {("metric", *run, key): value for key, value in row.items() if key not in SETTINGS}
    tasks = document["configuration"]["tasks"].items()
    if found != {(name, str(float(lam))) for name, task in tasks if task for lam in task["lambdas"]}:
        sys.exit(f"Error: {metrics}: has other runs than {provenance} asks for: run the pipeline in {folder} first")
    return facts


def flat(document: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Dotted keys and values of nested mappings: a string as it is, null as "", and any other value as JSON."""
    for key, value in document.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            value = [float(lam) for lam in value] if key == "lambdas" else "" if value is None else value
            yield f"{prefix}{key}", value if isinstance(value, str) else json.dumps(value)


def number(field: str) -> Decimal:
    """The number that a text holds, to the last digit; NaN if it holds none."""
    try:
        return Decimal(field)
    except InvalidOperation:
        return Decimal("NaN")


def differences_of(a: Facts, b: Facts) -> Iterator[list[str]]:
    """Rows with COLUMNS, one a difference, by kind and then in A's order; versions are text: 1.10 is not 1.1."""
    for fact in sorted(a | b, key=lambda fact: KINDS.index(fact[0])):
        kind, *run, _ = fact
        if kind == "metric" and not all(("run", *run, "present") in facts for facts in (a, b)):
            continue
        one, other = (facts.get(fact, "false" if kind == "run" else "") for facts in (a, b))
        x, y = (number("" if kind == "version" else field) for field in (one, other))
        if one != other and not math.isclose(x, y, rel_tol=ROUNDING):
            yield [*fact, one, other, "" if (y - x).is_nan() else str(y - x)]


def short(field: str) -> str:
    """Six digits of a fraction, the beginning of a SHA-256, and other text as it is."""
    if "." in field and not number(field).is_nan():
        return f"{float(field):.6g}"
    return f"{field[:12]}..." if len(field) == 64 and field.isalnum() else field


def main(path_a: Path, path_b: Path, out: Path = Path("comparison.csv")) -> None:
    """Compare A and B, write OUT.csv and print the differences."""
    a, b = facts_of(path_a), facts_of(path_b)
    table = pd.DataFrame(differences_of(a, b), columns=COLUMNS)
    table.to_csv(out, index=False)
    print(f"A: {path_a}\nB: {path_b}")
    for kind, rows in table.groupby("kind", sort=False):
        shown = rows if kind == "version" else rows.map(short)
        filled = [name for name in COLUMNS[1:] if name in ("a", "b") or any(shown[name])]
        print(f"\n{kind}\n{shown[filled].to_string(index=False)}")
    kinds = ", ".join(f"{kind} {sum(table['kind'] == kind)}" for kind in KINDS)
    both = sum(fact[0] == "run" for fact in a.keys() & b)
    print(f"\nDifferences: {len(table)} ({kinds}); runs in both: {both}; written to {out}")


if __name__ == "__main__":
    if len(sys.argv) not in (3, 4):
        sys.exit("Error: two folders are needed: python tools/compare.py A B [OUT.csv]")
    main(*map(Path, sys.argv[1:]))
