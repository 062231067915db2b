"""Speed and memory of the engine and of the whole rebuild: tables and a figure under results/benchmarks/.

Run by `make bench`, which sets one BLAS thread and prepares MNIST. Everything is compared side by side in one run, each
measurement in a process of its own (measurements.py), the contestants in turn, and reported as a ratio of medians.
"""

import argparse
import datetime
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import scaling

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "results/benchmarks"
DTYPES = ("float64", "float32")
# Of the published softmax run: 7,800 steps of two products, and 252 evaluations of 30,000 images of one.
GFLOP = 2 * (2 * 7800 * 128 + 252 * 30_000) * 785 * 10 / 1e9
FRAMEWORKS = {"eager": ("torch", "PyTorch eager"), "jax_scan": ("jax", "JAX scan")}  # module here: package, title


def measure(*arguments: object) -> dict[str, float]:
    """What measurements.py prints for `arguments`."""
    command = [sys.executable, str(Path(__file__).with_name("measurements.py")), *map(str, arguments)]
    found: dict[str, float] = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    return found


def bench_engine(repeats: int) -> pd.DataFrame:
    """Rows of contestant, dtype, seconds (median, lowest, highest) and last validation loss."""
    contestants = [("textbook", "float64")] + [("engine", dtype) for dtype in DTYPES]
    for module, (package, title) in FRAMEWORKS.items():
        if importlib.util.find_spec(package):
            contestants += [(module, dtype) for dtype in DTYPES]
        else:
            print(f"{title} is not compared: {package} is not installed (.venv/bin/pip install {package})")
    results = pd.DataFrame(
        [
            {"contestant": name, "dtype": dtype, **measure("contestant", name, dtype)}
            for _ in range(repeats)
            for name, dtype in contestants
        ]
    )
    losses = results["validation_loss"]
    if not np.allclose(losses, losses[0], rtol=1e-5):
        raise SystemExit(f"The contestants do not compute the same:\n{results.to_string()}")
    return (
        results.groupby(["contestant", "dtype"], sort=False)
        .agg(
            seconds=("seconds", "median"),
            lowest=("seconds", "min"),
            highest=("seconds", "max"),
            validation_loss=("validation_loss", "last"),
        )
        .reset_index()
    )


def snakemake(folder: Path, *arguments: object) -> float:
    """Seconds, by the clock, of a run of the pipeline in `folder` on two cores."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    started = time.perf_counter()
    done = subprocess.run(
        [*map(str, command), "--cores", "2", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    if done.returncode:
        raise SystemExit(done.stdout)
    return time.perf_counter() - started


def empty(name: str) -> Path:
    """An empty folder for results that are made only to be timed."""
    folder = OUTPUT / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def bench_rebuild() -> pd.DataFrame:
    """Seconds of a cold rebuild from verified raw files, by rule, the whole by the clock, and once more.

    And those of the textbook loop for the published runs, one after the other, in processor time: on a busy machine the
    comparison is to the rebuild's disadvantage.
    """
    folder = empty("rebuild")
    shutil.copytree(ROOT / "resources", folder / "resources")
    totals = {"whole": snakemake(folder), "nothing to do": snakemake(folder)}
    seconds: dict[str, float] = {}
    jobs = folder / "results/benchmarks"
    for path in sorted(jobs.rglob("*.tsv")):
        rule = path.relative_to(jobs).parts[0].removesuffix(".tsv")
        seconds[rule] = seconds.get(rule, 0) + float(pd.read_csv(path, sep="\t")["s"].iloc[0])
    shutil.rmtree(folder)
    totals["textbook"] = measure("published_work")["seconds"]
    return pd.DataFrame((seconds | totals).items(), columns=["rule", "seconds"])


def ratios(engine: pd.DataFrame, rates: dict[str, float], rebuild: pd.DataFrame) -> pd.DataFrame:
    """How many times as fast the engine and the rebuild are, and how near the engine is to the arithmetic floor."""
    whole = rebuild.set_index("rule")["seconds"]
    seconds = engine.set_index(["contestant", "dtype"])["seconds"]
    rows = [("float64", "textbook runs in sequence / rebuild", whole["textbook"] / whole["whole"])]
    for dtype in DTYPES:
        mine = seconds["engine", dtype]
        rows.append((dtype, "textbook float64 / engine", seconds["textbook", "float64"] / mine))
        for module, (_, title) in FRAMEWORKS.items():
            if (module, dtype) in seconds:
                rows.append((dtype, f"{title} {dtype} / engine", seconds[module, dtype] / mine))
        rows.append((dtype, f"engine / floor of {GFLOP:.0f} GFLOP", mine / (GFLOP / rates[dtype])))
    return pd.DataFrame(rows, columns=["dtype", "ratio", "value"])


def draw_ratios(axes: Axes, table: pd.DataFrame) -> None:
    shown = table[~table["ratio"].str.contains("floor")]
    names = [f"{row.ratio} {row.dtype}".replace(" / ", "\nby ") for row in shown.itertuples()]
    bars = axes.barh(names, shown["value"], color="#0072B2")
    axes.bar_label(bars, fmt="%.1f×", padding=2)
    axes.set(xlabel="seconds of one divided by those of the other", xlim=(0, 1.2 * shown["value"].max()))
    axes.invert_yaxis()


def draw_growth(axes: Axes, table: pd.DataFrame) -> None:
    for (dtype, rows), style in zip(table.groupby("dtype"), ("o-", "s--"), strict=True):
        axes.plot(rows["images"], rows["step_microseconds"], style, label=dtype)
    axes.set(xlabel="training images", ylabel="one step (µs)", xscale="log", ylim=(0, None))
    axes.legend()


def draw_rebuild(axes: Axes, table: pd.DataFrame) -> None:
    seconds = table.set_index("rule")["seconds"]
    rules = seconds.drop(["whole", "nothing to do", "textbook"]).sort_values()
    axes.bar_label(axes.barh(rules.index, rules, color="#0072B2"), fmt="%.1f", padding=2)
    axes.set(
        xlabel="seconds of all jobs of a rule",
        xlim=(0, 1.15 * rules.max()),
        title=f"rebuild on 2 cores: {seconds['whole']:.0f} s by the clock",
    )


def keep(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Write and print a table."""
    table.to_csv(OUTPUT / f"bench_{name}.csv", index=False)
    print(f"\n{name}\n{table.round(3).to_string(index=False)}", flush=True)
    return table


def main(repeats: int) -> None:
    OUTPUT.mkdir(parents=True, exist_ok=True)
    rates = {dtype: measure("product", dtype)["gflops"] for dtype in DTYPES}
    machine: dict[str, object] = {"date": datetime.date.today().isoformat(), "cores": os.cpu_count()}
    machine |= {f"GFLOP/s {dtype}": round(rate, 1) for dtype, rate in rates.items()}
    keep("machine", pd.DataFrame(machine.items(), columns=["key", "value"]))
    rebuild = keep("rebuild", bench_rebuild())
    for name, table in scaling.main().items():
        keep(name, table)
    engine = keep("engine", bench_engine(repeats))
    ratio_table = keep("ratios", ratios(engine, rates, rebuild))
    sizes = [("float32", 20_000), ("float32", 1_000_000), ("float64", 20_000), ("float64", 100_000)]
    growth = keep("growth", pd.DataFrame([{"dtype": d, "images": n, **measure("growth", n, d)} for d, n in sizes]))
    keep("memory", pd.DataFrame([{"dtype": dtype, **measure("memory", dtype)} for dtype in DTYPES]))
    matplotlib.style.use(ROOT / "workflow/report/onelayer.mplstyle")
    figure = Figure(figsize=(13, 4))
    left, middle, right = figure.subplots(1, 3)
    draw_ratios(left, ratio_table)
    draw_growth(middle, growth)
    draw_rebuild(right, rebuild)
    figure.savefig(OUTPUT / "bench.png")
    print(f"\n{OUTPUT.relative_to(ROOT)}/bench_*.csv, bench.png, scaling.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    main(parser.parse_args().repeats)
