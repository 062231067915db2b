"""The same bytes under other conditions, and the same numbers on other kernels of BLAS."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from identical import compare, digests
from tests.conftest import DIGITS, ROOT, snakemake

pytestmark = pytest.mark.reliability

TOLERANCE = 1e-9  # relative: of the weights to the largest weight of their run
TABLES = ("tables/metrics.csv", "tables/sweep.csv", "runs/*/*/*/*/*.parquet")
# What people look at, and the images: the same bytes.
PRINTED = ("report/report.tex", "data/*/*", "fig/*.png")
KERNELS = {"avx2": "Haswell", "avx512f": "SkylakeX"}


def test_cold_rebuilds_give_the_same_bytes(tally):
    command = [sys.executable, ROOT / "tools/identical.py", *map(str, DIGITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("same ", "DIFFERENT "))]
    detail = "cores, folders, time zones, locales" + ("" if "faketime is missing" in done.stdout else ", dates")
    tally("files of three cold rebuilds", ["" if line.startswith("same ") else line for line in lines], detail)
    assert done.returncode == 0 and len(lines) > 50, done.stdout + done.stderr


def test_a_rebuild_that_differs_is_told(tmp_path, capsys):
    """The comparison can fail: another byte, a missing file, no file at all."""
    for name, content in (("one", b"a"), ("same", b"a"), ("other", b"b")):
        (tmp_path / name / "logs").mkdir(parents=True)
        (tmp_path / name / "table.csv").write_bytes(content)
        (tmp_path / name / "logs/job.log").write_text(name)
    one, same, other = (digests(tmp_path / name) for name in ("one", "same", "other"))
    assert compare([one, same]) and not compare([one, same, other]) and not compare([one, {}]) and not compare([{}, {}])
    assert "DIFFERENT table.csv" in capsys.readouterr().out


def numbers(path):
    """The numbers of a table, or of the weights of a run, as parts of what they are compared with."""
    if path.suffix != ".npz":
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path, partitioning=None)
        values = table.select_dtypes("number").to_numpy(float)
        return values, np.maximum(np.abs(values), 1e-3)
    with np.load(path, allow_pickle=False) as arrays:
        weights = np.stack([arrays["last"], arrays["best"]])
    return weights, np.abs(weights).max()


def test_other_kernels_and_threads_print_the_same_numbers(digits, tmp_path, tally):
    flags = Path("/proc/cpuinfo").read_text().split() if Path("/proc/cpuinfo").exists() else []
    taken, faults, largest = kernel_of(digits), [], 0.0
    conditions = {kernel: () for flag, kernel in KERNELS.items() if flag in flags and kernel != taken}
    for name, threads in (conditions | {"two threads": ("--set-threads", "train=2")}).items():
        folder, environment = tmp_path / name, {} if threads else {"OPENBLAS_CORETYPE": name}
        snakemake("all", *DIGITS, "--cores", 2, *threads, folder=folder, **environment)
        assert kernel_of(folder) == (taken if threads else name)
        one, other = digits / "results", folder / "results"
        compared = [path.relative_to(one) for kind in (*TABLES, "runs/*/*/*/*/weights.npz") for path in one.glob(kind)]
        parts = [(numbers(one / path), numbers(other / path)[0]) for path in compared]
        largest = max(largest, *(np.nanmax(np.abs(own - found) / scale) for (own, scale), found in parts))
        printed = [path.relative_to(one) for kind in PRINTED for path in one.glob(kind)]
        different = [str(path) for path in printed if (one / path).read_bytes() != (other / path).read_bytes()]
        faults.append(", ".join(different) or "the numbers" * (largest > TOLERANCE or len(parts) < 20))
    tally("BLAS kernels and threads", faults, f"numbers differ by {largest:.0e} at most from those of {taken}")


def kernel_of(folder):
    """The kernels that BLAS took there."""
    return json.loads((folder / "results/provenance.json").read_text())["machine"]["blas"][0]["architecture"]
