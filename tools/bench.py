"""Speed and memory of the engine, of the rebuild and of growing grids: results/benchmarks/bench_*.csv and docs/timeline.png.

`make bench` runs it, with one BLAS thread and MNIST prepared. A measurement is a process of its own on one core: `python
tools/bench.py KIND ARGUMENTS`. Seconds are processor time, so that other work on the machine counts for little.
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from threadpoolctl import threadpool_info

import peers
import train
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.task import Evaluations, Run, Settings
from onelayer.io.files import write_json
from onelayer.training.sets import chosen_images, samples_of

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "results/benchmarks"
WORK, LOG = OUTPUT / "work", OUTPUT / "log"
SNAKEMAKE = (sys.executable, "-m", "snakemake", "-s", ROOT / "Snakefile", "--directory", WORK, "--cores", 2)
# Without what makes OpenBLAS another than users have.
ENVIRONMENT = {key: own for key, own in os.environ.items() if key not in ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE")}
REPEATS = 3
DTYPES = ("float64", "float32")
# Of the published softmax run: 7,800 steps of two products, and 252 evaluations of 30,000 images of one.
GFLOP = 2 * (2 * 7800 * 128 + 252 * 30_000) * 785 * 10 / 1e9
COPIES = [("float64", 1), ("float32", 1), ("float32", 16)]  # of the 60,000 training images
RUNS = (10, 100, 1_000, 10_000)
LAMBDAS = ["0.0", "0.001", "0.002", "0.005", "0.01", "0.02", "0.05", "0.1", "0.2", "0.5"]

Row = dict[str, Any]


def seconds(work: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    """Processor seconds of a function, and what it gives."""
    started = time.process_time()
    result = work(*arguments)
    return time.process_time() - started, result


def published(dtype: str, **changes: Any) -> Settings:
    """Settings of the published softmax run at lambda 0, changed."""
    settings = read_configuration(ROOT, [], {}).tasks["softmax"].settings(Run("softmax", "0.0", True, 0))
    return Settings.of(settings.plain() | {"dtype": dtype} | changes)


def mnist(settings: Settings) -> list[Any]:
    """Training and validation samples of a run."""
    stored = {file: str(ROOT / f"results/data/mnist/{file}.parquet") for file in ("train", "test")}
    chosen, _ = chosen_images(settings, settings.seed, stored)
    return [samples_of(settings, chosen[role].images) for role in ("train", "validation")]


def machine() -> Row:
    """The kernels that multiply matrices here, and GFLOP/s of a large product: the best that one core does."""
    blas = [own for own in threadpool_info() if own["user_api"] == "blas"]
    kernels = sorted({f"{own['internal_api']} {own['version']} {own.get('architecture')}" for own in blas})
    found: Row = {"cores": os.cpu_count(), "kernels": "; ".join(kernels)}
    for dtype in DTYPES:
        matrix = np.random.RandomState(0).uniform(size=(2048, 2048)).astype(dtype)
        found[dtype] = 2 * 2048**3 / min(seconds(np.matmul, matrix, matrix)[0] for _ in range(4)) / 1e9
    return found


def contestant(name: str, dtype: str) -> Row:
    """The published softmax run by the engine or by the textbook loop, without reading, and after a first epoch."""
    data: Any = mnist(published(dtype))
    run: Any = train.train
    if name == "textbook":
        data, run = peers.arrays(*data, published(dtype)), peers.textbook
    run(*data, published(dtype, max_epochs=1))
    took, found = seconds(run, *data, published(dtype))
    return {"seconds": took, "loss": float(found.evaluations["validation_loss"][-1])}


def published_work() -> Row:
    """The textbook loop for all published runs in sequence, without any figure or report."""
    published = read_configuration(ROOT, [], {})
    chosen = [published.tasks[run.task].settings(run) for run in published.runs]
    data = [(*peers.arrays(*mnist(settings), settings), settings) for settings in chosen]
    return {"seconds": sum(seconds(peers.textbook, *own)[0] for own in data)}


def memory(dtype: str, copies: str) -> Row:
    """An epoch on all of MNIST, with its training images once or several times: time and peak, reading included."""
    whole = {"file": "train", "first": 0, "count": 60_000}
    settings = published(dtype, train=whole, max_epochs=1, evaluations=Evaluations(1, "first", False))
    training, validation = mnist(settings)
    pixels, targets = np.tile(training.pixels, (int(copies), 1)), np.tile(training.targets, int(copies))
    took, history = seconds(train.train, training._replace(pixels=pixels, targets=targets), validation, settings)
    return {"images": len(targets), "microseconds a step": 1e6 * took / len(history.train_losses)}


def used(*command: Any) -> Row:
    """Processor seconds, seconds by the clock and megabytes of the largest process, of a command with all that it starts."""
    started = time.perf_counter()
    with open(LOG, "w") as output:
        process = subprocess.Popen(list(map(str, command)), stdout=output, stderr=output, env=ENVIRONMENT)
        _, status, found = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(LOG.read_text())
    clock, own = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    peak = found.ru_maxrss / 1024 if found.ru_maxrss > own else None  # Linux counts this process in
    return {"seconds": found.ru_utime + found.ru_stime, "clock": clock, "megabytes": peak}


def measure(kind: str, *arguments: Any) -> Row:
    """One of the measurements above in a process of its own, and the peak of its memory."""
    peak = used(sys.executable, __file__, kind, *arguments)["megabytes"]
    return {**json.loads(LOG.read_text().splitlines()[-1]), "megabytes": peak}


def overlay(runs: int) -> Row:
    """A grid of this many runs as the only task."""
    task = {"model": "softmax", "classes": list(range(10)), "learning_rate": 0.01, "shuffle": [True], "max_epochs": 2}
    grid = task | {"lambdas": LAMBDAS, "seeds": list(range(runs // len(LAMBDAS)))}
    images = {"train": {"file": "train", "count": 1297}, "validation": {"file": "test", "count": 500}}
    rest = {"source": None, "dataset": "digits", "images": images, "training": {"batch_size": 32}}
    return {**rest, "tasks": {"grid": grid}}


def growth(runs: int) -> Row:
    """The planning of a grid."""
    shutil.rmtree(WORK, ignore_errors=True)
    write_json(WORK / "grid.json", overlay(runs))
    return {"runs": runs, **used(*SNAKEMAKE, "--dry-run", "--quiet", "all", "--configfile", WORK / "grid.json")}


def rebuild() -> list[Row]:
    """What people wait for: a rebuild from verified raw files, once more, after an edit of a figure's colour, and a start alone."""
    shutil.rmtree(WORK, ignore_errors=True)
    shutil.copytree(ROOT / "resources", WORK / "resources")
    (WORK / "empty").write_text("rule all:\n    output: touch('empty.txt')\n")
    found = {"dry run of nothing": used(*SNAKEMAKE[:3], "-s", WORK / "empty", "--directory", WORK, "--dry-run")}
    found |= {"dry run": used(*SNAKEMAKE, "--dry-run"), "whole": used(*SNAKEMAKE)}
    draw_timeline()
    found |= {"nothing to do": used(*SNAKEMAKE)}
    edited = "--forcerun", "results/fig/l2_norm.pdf", "write_report"  # which the code of a figure is a parameter of
    found |= {"PDF after another colour": used(*SNAKEMAKE, "results/report/report.pdf", *edited)}
    found |= {"textbook loop of its trainings": measure("published_work")}
    return [{"what": what, **row} for what, row in found.items()]


def draw_timeline() -> None:
    """The jobs of a rebuild by the clock, a line a rule, to docs/timeline.png: each ended when its benchmark was written."""
    folder = WORK / "results/benchmarks"
    paths = [(path, path.relative_to(folder).parts[0].removesuffix(".tsv")) for path in folder.rglob("*.tsv")]
    found = [(path.stat().st_mtime, pd.read_csv(path, sep="\t")["s"][0], rule) for path, rule in paths]
    jobs = sorted((end - took, took, rule) for end, took, rule in found)
    plt.style.use(ROOT / "workflow/report/onelayer.mplstyle")
    figure, axes = plt.subplots(figsize=(10, 4))
    for start, took, rule in jobs:
        axes.barh(rule, took, left=start - jobs[0][0], color="C0", alpha=0.6)
    axes.invert_yaxis()
    axes.set_xlabel("seconds")
    figure.savefig(ROOT / "docs/timeline.png", dpi=100)


def speed(rates: pd.Series) -> pd.DataFrame:
    """Median seconds of both contestants, and how many times those of the engine, and of the arithmetic alone, they are."""
    turn = [("textbook", "float64"), *(("engine", dtype) for dtype in DTYPES)] * REPEATS
    rows = ({"name": name, "dtype": dtype, **measure("contestant", name, dtype)} for name, dtype in turn)
    table = pd.DataFrame(rows)
    if not np.allclose(table["loss"], table["loss"][0], rtol=1e-5):
        raise SystemExit(f"The contestants do not compute the same:\n{table.to_string()}")
    table = table.groupby(["name", "dtype"], sort=False).median().reset_index()
    engine = table[table["name"] == "engine"].set_index("dtype")["seconds"]
    table["by engine"] = table["seconds"] / table["dtype"].map(engine)
    table["by arithmetic"] = table["seconds"] / (GFLOP / table["dtype"].map(rates))
    return table


def keep(name: str, rows: pd.DataFrame | list[Row]) -> pd.DataFrame:
    """Write and print a table."""
    table = pd.DataFrame(rows)
    table.to_csv(OUTPUT / f"bench_{name}.csv", index=False)
    print(f"\n{name}\n{table.round(3).to_string(index=False)}", flush=True)
    return table


if __name__ == "__main__":
    if len(sys.argv) > 1:
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # for libraries that start threads of their own
        kinds = {kind.__name__: kind for kind in (machine, contestant, published_work, memory)}
        print(json.dumps(kinds[sys.argv[1]](*sys.argv[2:])))
    else:
        OUTPUT.mkdir(parents=True, exist_ok=True)
        keep("speed", speed(keep("machine", [measure("machine")]).iloc[0]))
        keep("memory", [{"dtype": dtype, **measure("memory", dtype, copies)} for dtype, copies in COPIES])
        keep("rebuild", rebuild())
        keep("scaling", [growth(runs) for runs in RUNS])
        shutil.rmtree(WORK)
