"""The same bytes under other conditions, and the same numbers on other kernels of BLAS."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from identical import compare
from tests.conftest import DIGITS, ROOT, snakemake

pytestmark = pytest.mark.reliability

TOLERANCE = 1e-9  # relative: of the weights to the largest weight of their run
TABLES = ("tables/metrics.csv", "tables/sweep.csv", "runs/*/*/*/*/*.parquet", "runs/*/*/*/*/weights.npz")
# What people look at, and the images: the same bytes.
PRINTED = ("report/report.tex", "data/*/*", "fig/*.png")
KERNELS = {"Haswell": "avx2", "SkylakeX": "avx512f"}  # and what a processor needs for them


def test_cold_rebuilds_give_the_same_bytes():
    command = [sys.executable, ROOT / "tools/identical.py", *map(str, DIGITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count("\nsame ") > 50, done.stdout + done.stderr


def test_a_rebuild_that_differs_is_told(capsys):
    one, other = {"a.csv": "1"}, {"a.csv": "2"}
    assert compare([one, one]) and not any(map(compare, ([one, one, other], [one, {}], [{}, {}])))
    assert "DIFFERENT a.csv" in capsys.readouterr().out


def numbers(path):
    """The numbers of a table, or of the weights of a run, as parts of what they are compared with."""
    if path.suffix != ".npz":
        table = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path, partitioning=None)
        values = table.select_dtypes("number").to_numpy(float)
        return values, np.maximum(np.abs(values), 1e-3)
    with np.load(path, allow_pickle=False) as arrays:
        weights = np.stack([arrays["last"], arrays["best"]])
    return weights, np.abs(weights).max()


def kernel_of(folder):
    """The kernels that BLAS took there."""
    return json.loads((folder / "results/provenance.json").read_text())["machine"]["blas"][0]["architecture"]


@pytest.mark.parametrize("kernel", [*KERNELS, None])
def test_other_kernels_and_two_threads_print_the_same_numbers(digits, tmp_path, kernel):
    taken = kernel_of(digits)
    flags = Path("/proc/cpuinfo").read_text().split() if sys.platform == "linux" else []
    if kernel == taken or (kernel and KERNELS[kernel] not in flags):
        pytest.skip(f"{kernel} is what all take here, or this processor lacks it")
    other = {"OPENBLAS_CORETYPE": kernel} if kernel else {}
    snakemake("all", *DIGITS, "--cores", 2, *([] if kernel else ["--set-threads", "train=2"]), folder=tmp_path, **other)
    assert kernel_of(tmp_path) == (kernel or taken)
    results, compared = digits / "results", 0
    for path in (path for kind in TABLES for path in results.glob(kind)):
        expected, scale = numbers(path)
        found, _ = numbers(tmp_path / "results" / path.relative_to(results))
        assert np.nanmax(np.abs(expected - found) / scale) <= TOLERANCE, path
        compared += 1
    assert compared > 20
    for path in (path for kind in PRINTED for path in results.glob(kind)):
        assert path.read_bytes() == (tmp_path / "results" / path.relative_to(results)).read_bytes(), path
