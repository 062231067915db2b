"""Speed and memory of the engine and of the whole rebuild: tables and a figure under results/benchmarks/.

Run by `make bench`, which sets one BLAS thread and prepares MNIST. Everything is compared side by side in one run, each
measurement in a process of its own, the contestants in turn, and reported as a ratio of medians.
"""

import argparse
import datetime
import importlib.util
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import matplotlib.style
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import textbook
from onelayer import samples, store, training

ROOT = Path(__file__).resolve().parents[1]
OUTPUT = ROOT / "results/benchmarks"
GFLOP = 149  # of the published softmax run: 7,800 steps and 252 evaluations of 30,000 images
CLASSES = tuple(range(10))


def published(dtype, **changes):
    """Settings of the published softmax run at lambda 0."""
    values = {
        "task": "softmax", "classes": CLASSES, "lam": 0.0, "shuffle": True, "seed": 0, "learning_rate": 0.01, "batch_size": 128,
        "max_epochs": 50, "evaluations_per_epoch": 5, "patience": 10, "dtype": dtype, "penalty": "sum",
    }  # fmt: skip
    return training.Settings(**(values | changes))


def mnist(train_images, validation_images, classes=CLASSES):
    """Samples of the training and the validation set."""
    sizes = {"train": train_images, "test": validation_images}
    paths = {split: ROOT / f"results/data/mnist/{split}.parquet" for split in sizes}
    return [samples.choose_samples(store.read_images(paths[split], size), classes) for split, size in sizes.items()]


def plain_arrays(chosen, settings):
    """Inputs and targets of Samples as the textbook loop takes them, of the settings' type."""
    outputs = training.MODELS[settings.task].outputs(settings.classes)
    return [
        part
        for one in chosen
        for part in (
            samples.all_inputs(one, settings.dtype),
            np.eye(len(settings.classes), dtype=settings.dtype)[one.targets][:, :outputs],
        )
    ]


def run_contestant(name, dtype):
    """Seconds of the published run and its last validation loss; reading is not counted."""
    chosen, settings = mnist(20_000, 10_000), published(dtype)
    if name == "engine":
        started = time.perf_counter()
        loss = training.train(*chosen, settings).evaluations["validation_loss"][-1]
    else:
        arrays = plain_arrays(chosen, settings)
        if name == "textbook":
            started = time.perf_counter()
            loss = textbook.train(*arrays, settings)["evaluations"][-1, 2]
        else:
            import torch

            import eager

            torch.set_num_threads(1)
            started = time.perf_counter()
            loss = eager.train(*arrays, settings)[-1][0]
    return {"seconds": time.perf_counter() - started, "validation_loss": float(loss)}


def run_published_work():
    """Seconds of the textbook loop for the seven published runs in sequence, without any figure or report."""
    binary = {"task": "binary", "classes": (2, 3), "learning_rate": 0.05}
    grid = [{**binary, "shuffle": shuffle} for shuffle in (False, True)]
    grid += [{"lam": lam} for lam in (0.0, 2.0, 0.2, 0.02, 0.002)]
    seconds = 0.0
    for changes in grid:
        settings = published("float64", **changes)
        arrays = plain_arrays(mnist(20_000, 10_000, settings.classes), settings)
        started = time.perf_counter()
        textbook.train(*arrays, settings)
        seconds += time.perf_counter() - started
    return {"seconds": seconds}


def run_product(dtype):
    """Rate of a large matrix product, in GFLOP/s: the best that one core does here."""
    size = 2048
    matrix = np.random.RandomState(0).uniform(size=(size, size)).astype(dtype)
    seconds = []
    for _ in range(4):
        started = time.perf_counter()
        matrix @ matrix
        seconds.append(time.perf_counter() - started)
    return {"gflops": 2 * size**3 / min(seconds) / 1e9}


def run_growth(count, dtype):
    """Time of a step and of a whole run, and peak memory, for `count` synthetic images of 28 x 28."""
    random = np.random.default_rng(0)
    train_set, validation = (
        samples.Samples(
            random.integers(0, 256, (size, 784), np.uint8) * (random.integers(0, 5, (size, 784), np.uint8) == 0),
            random.integers(0, 10, size),
            127.5,
        )
        for size in (count, 10_000)
    )
    steps = 600
    settings = published(dtype, max_epochs=max(1, round(steps * 128 / count)), evaluations_per_epoch=1, patience=1000)
    batches = samples.BatchInputs(train_set, 128, dtype)
    weights = np.zeros((batches.inputs.shape[1], 10), dtype)
    order = training.batches(count, settings, np.random.RandomState(0))
    rows = [rows for _, (_, rows) in zip(range(steps), order, strict=False)]
    seconds = []
    for batch in rows:
        started = time.perf_counter()
        inputs, targets = batches.batch(batch)
        weights -= (
            0.01
            * training.cross_entropy_and_gradient(training.MODELS["softmax"], weights, inputs, targets, 0.0, "sum")[1]
        )
        seconds.append(time.perf_counter() - started)
    del batches
    started = time.perf_counter()
    history = training.train(train_set, validation, settings)
    return {
        "step_microseconds": 1e6 * float(np.median(seconds)),
        "run_seconds": time.perf_counter() - started,
        "run_steps": len(history.train_losses),
        "peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def run_memory(dtype):
    """Peak memory of one training job on all of MNIST, reading included."""
    training.train(*mnist(60_000, 10_000), published(dtype, max_epochs=2))
    return {"peak_megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def measure(*arguments):
    """What this script prints when it is run with `arguments` in a process of its own."""
    done = subprocess.run([sys.executable, __file__, *map(str, arguments)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def bench_engine(repeats):
    """Rows of contestant, dtype, seconds (median, lowest, highest) and last validation loss."""
    contestants = [("textbook", "float64"), ("engine", "float64"), ("engine", "float32")]
    if importlib.util.find_spec("torch"):
        contestants += [("eager", "float64"), ("eager", "float32")]
    else:
        print("PyTorch is missing, so nothing is compared with it: .venv/bin/pip install torch==2.13.0")
    results = {contestant: [] for contestant in contestants}
    for _ in range(repeats):
        for contestant in contestants:
            results[contestant].append(measure("contestant", *contestant))
    rows = []
    for contestant, runs in results.items():
        seconds = [run["seconds"] for run in runs]
        rows.append((*contestant, np.median(seconds), min(seconds), max(seconds), runs[-1]["validation_loss"]))
    columns = ["contestant", "dtype", "seconds", "lowest", "highest", "validation_loss"]
    return pd.DataFrame(rows, columns=columns)


def bench_rebuild():
    """Seconds of a cold rebuild from verified raw files on two cores, by rule, and the whole by the clock.

    And those of the textbook loop for the runs that it holds, one after the other.
    """
    folder = OUTPUT / "rebuild"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT / "resources", folder / "resources")
    command = [sys.executable, "-m", "snakemake", "--snakefile", ROOT / "Snakefile", "--directory", folder]
    command += ["--cores", "2"]
    started = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    whole = time.perf_counter() - started
    rows = []
    for path in sorted((folder / "results/benchmarks").rglob("*.tsv")):
        rule = path.relative_to(folder / "results/benchmarks").parts[0].removesuffix(".tsv")
        rows.append((rule, float(pd.read_csv(path, sep="\t")["s"].iloc[0])))
    shutil.rmtree(folder)
    rows.append(("textbook", measure("published_work")["seconds"]))
    table = pd.DataFrame(rows, columns=["rule", "seconds"]).groupby("rule", as_index=False).sum()
    return pd.concat([table, pd.DataFrame([("whole", whole)], columns=table.columns)], ignore_index=True)


def ratios(engine, products, rebuild):
    """How many times as fast the engine and the rebuild are, and how near the engine is to the arithmetic floor."""
    rebuild = rebuild.set_index("rule")["seconds"]
    seconds = engine.set_index(["contestant", "dtype"])["seconds"]
    rows = [("float64", "textbook runs in sequence / rebuild", rebuild["textbook"] / rebuild["whole"])]
    for dtype in ("float64", "float32"):
        mine = seconds["engine", dtype]
        rows.append((dtype, "textbook float64 / engine", seconds["textbook", "float64"] / mine))
        if ("eager", dtype) in seconds:
            rows.append((dtype, f"PyTorch {dtype} / engine", seconds["eager", dtype] / mine))
        rows.append((dtype, f"engine / floor of {GFLOP} GFLOP", mine / (GFLOP / products[dtype])))
    return pd.DataFrame(rows, columns=["dtype", "ratio", "value"])


def draw(ratio_table, growth, rebuild):
    """Three panels: ratios, growth with the number of images, and the rebuild by rule."""
    figure = Figure(figsize=(11, 3.6))
    left, middle, right = figure.subplots(1, 3)
    shown = ratio_table[~ratio_table["ratio"].str.contains("floor")]
    names = [row.ratio.replace(" / ", "\nby ") + f" {row.dtype}" for row in shown.itertuples()]
    bars = left.barh(names, shown["value"], color="#0072B2")
    left.bar_label(bars, fmt="%.1f×", padding=2)
    left.set(xlabel="seconds of one divided by those of the other", xlim=(0, 1.2 * shown["value"].max()))
    left.invert_yaxis()
    for (dtype, rows), style in zip(growth.groupby("dtype"), ("o-", "s--"), strict=False):
        middle.plot(rows["images"], rows["step_microseconds"], style, label=dtype)
    middle.set(xlabel="training images", ylabel="one step (µs)", xscale="log", ylim=(0, None))
    middle.legend()
    bottom = 0
    for number, row in enumerate(
        rebuild[~rebuild["rule"].isin(["whole", "textbook"])].sort_values("seconds", ascending=False).itertuples()
    ):
        right.bar(
            0,
            row.seconds,
            bottom=bottom,
            label=f"{row.rule} {row.seconds:.1f}",
            color=f"{0.25 + 0.6 * (number % 4) / 3}",
        )
        bottom += row.seconds
    whole = rebuild.loc[rebuild["rule"] == "whole", "seconds"].iloc[0]
    right.set(
        xlim=(-0.5, 2.2),
        xticks=[],
        ylabel="seconds of all jobs",
        title=f"rebuild on 2 cores: {whole:.0f} s by the clock",
    )
    right.legend(loc="upper right", fontsize=6)
    figure.savefig(OUTPUT / "bench.png")


def main(repeats):
    OUTPUT.mkdir(parents=True, exist_ok=True)

    def keep(name, table):
        table.to_csv(OUTPUT / f"bench_{name}.csv", index=False)
        print(f"\n{name}\n{table.round(3).to_string(index=False)}", flush=True)
        return table

    products = {dtype: measure("product", dtype)["gflops"] for dtype in ("float64", "float32")}
    machine = {"date": datetime.date.today().isoformat(), "cores": os.cpu_count()}
    machine |= {f"GFLOP/s {dtype}": round(rate, 1) for dtype, rate in products.items()}
    keep("machine", pd.DataFrame(machine.items(), columns=["key", "value"]))
    rebuild = keep("rebuild", bench_rebuild())
    engine = keep("engine", bench_engine(repeats))
    ratio_table = keep("ratios", ratios(engine, products, rebuild))
    sizes = [("float32", 20_000), ("float32", 1_000_000), ("float64", 20_000), ("float64", 100_000)]
    growth = keep("growth", pd.DataFrame([{"dtype": d, "images": n, **measure("growth", n, d)} for d, n in sizes]))
    keep("memory", pd.DataFrame([{"dtype": dtype, **measure("memory", dtype)} for dtype in ("float64", "float32")]))
    matplotlib.style.use(ROOT / "workflow/report/onelayer.mplstyle")
    draw(ratio_table, growth, rebuild)
    print(f"\n{OUTPUT.relative_to(ROOT)}/bench_*.csv, bench.png")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("measurement", nargs="*", help="one measurement, for the script's own use")
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    if options.measurement:
        kind, *rest = options.measurement
        runs = {
            "contestant": run_contestant,
            "published_work": run_published_work,
            "product": run_product,
            "growth": run_growth,
            "memory": run_memory,
        }
        print(json.dumps(runs[kind](*(int(value) if value.isdigit() else value for value in rest))))
    else:
        main(options.repeats)
