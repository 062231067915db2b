"""What Snakemake and the stages after training cost as a grid grows to 10,000 runs: tables and a figure.

Run by `make bench`, or alone, from the project's folder: `PYTHONPATH=workflow/scripts python benchmarks/scaling.py`. Seconds
are processor time of Snakemake and of all its jobs, so that other work on the machine counts for little; seconds by the clock
stand beside them. The grid is of the embedded digits, two epochs a run, which take less time than a job does around them.
"""

import json
import logging
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

import train
from onelayer.config import read_yaml
from onelayer.grid import Run, Settings, Task, runs_of, tasks_of

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "results/benchmarks"
RUNS = (10, 100, 1_000, 10_000)
JOBS = (10, 100)  # trained by Snakemake, one job each
LAMBDAS = ["0.0", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]
IMAGES = {
    "train": "results/data/digits/train.parquet",
    "validation": "results/data/digits/test.parquet",
}


def configuration(runs: int) -> dict[str, Any]:
    """The published configuration with a grid of so many runs as its only task."""
    published = read_yaml(ROOT / "config/config.yaml")
    digits = read_yaml(ROOT / "tests/digits.yaml")
    images = {role: chosen | digits["images"].get(role, {}) for role, chosen in published["images"].items()}
    task = published["tasks"]["softmax"] | {"lambdas": LAMBDAS, "seeds": list(range(runs // len(LAMBDAS)))}
    return published | {
        "dataset": "digits",
        "images": images,
        "training": published["training"] | digits["training"] | {"max_epochs": 2},
        "tasks": dict.fromkeys(published["tasks"]) | {"grid": task},
    }


class Folder:
    """An empty working folder with a grid, deleted at the end."""

    def __init__(self, runs: int) -> None:
        self.path = OUTPUT / "scaling"
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True)
        self.overlay = self.path / "grid.json"
        self.overlay.write_text(json.dumps(configuration(runs)))
        self.task: Task = tasks_of(configuration(runs))["grid"]
        self.runs: list[Run] = runs_of(self.task)

    def __enter__(self) -> "Folder":
        return self

    def __exit__(self, *_: object) -> None:
        shutil.rmtree(self.path)

    def snakemake(self, *arguments: object) -> dict[str, float]:
        """Processor seconds and seconds by the clock of one start of Snakemake, and the peak of its largest process in MB."""
        command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", self.path]
        command += ["--configfile", self.overlay, "--cores", "2", *arguments]
        log = self.path / "log"
        measured = [sys.executable, Path(__file__).with_name("usage.py"), log, *command]
        done = subprocess.run(list(map(str, measured)), stdout=subprocess.PIPE)
        if done.returncode:
            raise SystemExit(log.read_text())
        found: dict[str, float] = json.loads(done.stdout)
        return found

    def train(self) -> float:
        """Train every run in this process, as its job would; processor seconds."""
        log, started = logging.getLogger("scaling"), time.process_time()
        paths = {role: str(self.path / path) for role, path in IMAGES.items()}
        for run in self.runs:
            folder = self.path / "results/runs" / run.folder
            folder.mkdir(parents=True)
            train.main(paths, run.lam, Settings.of(self.task, run), folder, log)
        return time.process_time() - started

    def job(self, rule: str) -> dict[str, float]:
        """Processor seconds of a job, by Snakemake's own benchmark of it; its memory there is sampled, and misses peaks."""
        row = pd.read_csv(self.path / f"results/benchmarks/{rule}.tsv", sep="\t").iloc[0]
        return {"seconds": float(row["cpu_time"]), "clock": float(row["s"])}


def growth(runs: int) -> list[dict[str, Any]]:
    """Rows of what a grid of so many runs costs beside its trainings, which are made here without Snakemake."""
    with Folder(runs) as folder:
        found = {"dry run": folder.snakemake("--dry-run", "--quiet", "all")}
        folder.snakemake(*IMAGES.values())
        folder.train()
        found["all that follows training"] = folder.snakemake("all")
        found |= {f"of it {rule}": folder.job(rule) for rule in ("make_tables", "make_explorer")}
        found["nothing to do"] = folder.snakemake("all")
    return [{"runs": runs, "what": what, **row} for what, row in found.items()]


def overhead(jobs: int) -> dict[str, float]:
    """Processor seconds that a job costs beyond its training: those of Snakemake's share, and those of starting a process."""
    with Folder(jobs) as folder:
        folder.snakemake(*IMAGES.values())
        planned = folder.snakemake("--dry-run", "--quiet", "all")["seconds"]
        done = folder.snakemake("--until", "train")
        shutil.rmtree(folder.path / "results/runs")
        work = folder.train()
    return {
        "jobs": jobs,
        "seconds": (done["seconds"] - planned - work) / jobs,
        "training": work / jobs,
        "clock": done["clock"] / jobs,
    }


def draw(axes: Axes, table: pd.DataFrame, column: str, label: str) -> None:
    styles = (("o-", "#0072B2"), ("s--", "#E69F00"), ("^:", "black"), ("v:", "#009E73"), ("D-.", "#CC79A7"))
    for (what, rows), (style, color) in zip(table.groupby("what", sort=False), styles, strict=True):
        if rows[column].notna().any():
            axes.plot(rows["runs"], rows[column], style, color=color, label=what)
    axes.set(xlabel="runs in the grid", ylabel=label, xscale="log")
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,g}"))


def figure_of(table: pd.DataFrame) -> Figure:
    """Time and memory by the number of runs."""
    matplotlib.style.use(ROOT / "workflow/report/onelayer.mplstyle")
    figure = Figure(figsize=(10, 4))
    left, right = figure.subplots(1, 2)
    draw(left, table, "seconds", "processor time (s)")
    left.set(yscale="log")
    left.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    left.legend()
    draw(right, table, "megabytes", "largest process (MB)")
    right.set(ylim=(0, None))
    return figure


def main() -> dict[str, pd.DataFrame]:
    """Measure and draw, to results/benchmarks/scaling.png and docs/scaling.png; the tables by name."""
    OUTPUT.mkdir(parents=True, exist_ok=True)
    tables = {
        "scaling": pd.DataFrame([row for runs in RUNS for row in growth(runs)]),
        "overhead": pd.DataFrame([overhead(jobs) for jobs in JOBS]),
    }
    figure_of(tables["scaling"]).savefig(OUTPUT / "scaling.png", dpi=100)
    shutil.copy(OUTPUT / "scaling.png", ROOT / "docs/scaling.png")
    return tables


if __name__ == "__main__":
    for name, table in main().items():
        table.to_csv(OUTPUT / f"bench_{name}.csv", index=False)
        print(f"\n{name}\n{table.round(3).to_string(index=False)}")
