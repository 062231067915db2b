"""Rebuild every source of the collection, each in rebuilt/<name>/, and print and write a table: make sources.

The raw files are fetched once: the folders share rebuilt/resources. A source that fails does not stop the others; the exit status tells.
"""

import csv
import subprocess
import sys
import time
from pathlib import Path

import yaml

PROJECT = Path(__file__).resolve().parents[1]
SOURCES = PROJECT / "config/sources"
REBUILT = PROJECT / "rebuilt"
COLUMNS = ("source", "year", "model", "values", "met", "trainings", "seconds")


def main() -> None:
    """Rebuild the sources, and exit with status 1 unless every value of each is met."""
    rows, failed = [COLUMNS, ("---",) * len(COLUMNS)], []
    (REBUILT / "resources").mkdir(parents=True, exist_ok=True)
    for name in sorted(path.parent.name for path in SOURCES.glob("*/source.yaml")):
        begun = time.monotonic()
        print(f"\n{name}", flush=True)
        if rebuild(name) != 0:
            failed.append(name)
        rows.append((name, *found_of(name), str(round(time.monotonic() - begun))))
    text = "".join(f"| {' | '.join(row)} |\n" for row in rows)
    (REBUILT / "sources.md").write_text(text, encoding="utf-8")
    print(f"\n{text}", end="")
    if failed:
        sys.exit(f"Error: not rebuilt: {', '.join(failed)}")


def rebuild(name: str) -> int:
    """Run the pipeline for a source in its folder; the exit status."""
    folder = REBUILT / name
    folder.mkdir(exist_ok=True)
    if not (folder / "resources").exists():
        (folder / "resources").symlink_to(Path("..") / "resources")
    where = ["--snakefile", str(PROJECT / "Snakefile"), "--directory", str(folder)]
    command = ["snakemake", *where, "--keep-going", "all", "verify", "--config", f"source={name}"]
    return subprocess.run(command, cwd=PROJECT).returncode


def found_of(name: str) -> tuple[str, ...]:
    """The fields of a source, from its year to its trainings; of one that failed, what it had made before, if anything."""
    source = yaml.safe_load((SOURCES / name / "source.yaml").read_text(encoding="utf-8"))
    models = dict.fromkeys(task["model"] for task in source["experiment"]["tasks"].values())
    tables = REBUILT / name / "results/tables"
    published, metrics = rows_of(tables / "published.csv"), rows_of(tables / "metrics.csv")
    counts = len(published), sum(row["verdict"] == "met" for row in published), len(metrics)
    return source["date"][:4], ", ".join(models), *map(str, counts)


def rows_of(table: Path) -> list[dict[str, str]]:
    """The rows of a table, none if it is missing."""
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines())) if table.exists() else []


if __name__ == "__main__":
    main()
