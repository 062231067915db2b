"""Rebuild every source of the collection, each in rebuilt/<name>/, and print and write a table: make sources.

The raw files are fetched once: the folders share rebuilt/resources. A source that fails does not stop the others; the exit status tells.
"""

import csv
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import yaml

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = PROJECT / "config/sources"
REBUILT = PROJECT / "rebuilt"
COLUMNS = ("source", "year", "model", "values", "met", "trainings", "seconds")


class Row(NamedTuple):
    """A row of the table: a source, and what came of it."""

    source: str
    year: str
    model: str
    values: int
    met: int
    trainings: int
    seconds: int


def main(names: list[str]) -> None:
    """Rebuild the sources of these names, or all, and exit with status 1 unless every value of each is met."""
    known = sorted(path.parent.name for path in SOURCES.glob("*/source.yaml"))
    for name in names:
        if name not in known:
            sys.exit(f"Error: {name}: no such source; there are {', '.join(known)}")
    rows, failed = [], []
    for name in names or known:
        begun = time.monotonic()
        print(f"\n{name}", flush=True)
        if rebuild(name) != 0:
            failed.append(name)
        rows.append(row_of(name, round(time.monotonic() - begun)))
    text = table_of(rows)
    (REBUILT / "sources.md").write_text(text, encoding="utf-8")
    print(f"\n{text}", end="")
    if failed:
        sys.exit(f"Error: not rebuilt: {', '.join(failed)}")


def rebuild(name: str) -> int:
    """Run the pipeline for a source in its folder; the exit status."""
    folder = REBUILT / name
    folder.mkdir(parents=True, exist_ok=True)
    (REBUILT / "resources").mkdir(exist_ok=True)
    if not (folder / "resources").exists():
        (folder / "resources").symlink_to(Path("..") / "resources")
    command: list[str | Path] = [
        "snakemake",
        "--snakefile",
        PROJECT / "Snakefile",
        "--directory",
        folder,
        "--keep-going",
        "all",
        "verify",
    ]
    return subprocess.run([*command, "--config", f"source={name}"], check=False).returncode


def row_of(name: str, seconds: int) -> Row:
    """What the tables of a source say; of one that failed, what it had made before, if anything."""
    source = yaml.safe_load((SOURCES / name / "source.yaml").read_text(encoding="utf-8"))
    tables = REBUILT / name / "results/tables"
    published, metrics = (_rows(tables / f"{table}.csv") for table in ("published", "metrics"))
    models = dict.fromkeys(task["model"] for task in source["experiment"]["tasks"].values())
    met = sum(row["verdict"] == "met" for row in published)
    return Row(name, source["date"][:4], ", ".join(models), len(published), met, len(metrics), seconds)


def table_of(rows: list[Row]) -> str:
    """The table as Markdown."""
    lines = [COLUMNS, ["---"] * len(COLUMNS), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    os.chdir(PROJECT)
    main(sys.argv[1:])
