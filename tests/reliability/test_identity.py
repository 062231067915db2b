"""The same bytes under other conditions, and the same numbers on other kernels of BLAS."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from verify_identical import compare, digests

from tests.conftest import DIGITS, ROOT, snakemake

pytestmark = pytest.mark.reliability

TOLERANCE = 1e-9  # relative: of the weights to the largest weight of their run


def test_cold_rebuilds_give_the_same_bytes(tally):
    command = [sys.executable, ROOT / "checks/verify_identical.py", *map(str, DIGITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("same ", "DIFFERENT "))]
    detail = "cores, folders, time zones, locales" + ("" if "faketime is missing" in done.stdout else ", dates")
    tally("files of three cold rebuilds", ["" if line.startswith("same ") else line for line in lines], detail)
    assert done.returncode == 0 and len(lines) > 50, done.stdout + done.stderr


def test_a_rebuild_that_differs_is_told(tmp_path, capsys):
    """The check can fail: another byte, a missing file, no file at all."""
    for name, content in (("one", b"a"), ("same", b"a"), ("other", b"b")):
        (tmp_path / name / "logs").mkdir(parents=True)
        (tmp_path / name / "table.csv").write_bytes(content)
        (tmp_path / name / "logs/job.log").write_text(name)
    one, same, other = (digests(tmp_path / name) for name in ("one", "same", "other"))
    assert compare([one, same]) and not compare([one, same, other]) and not compare([one, {}]) and not compare([{}, {}])
    assert "DIFFERENT table.csv" in capsys.readouterr().out


def kernels() -> list[str]:
    """The kernels of OpenBLAS that this processor can run."""
    cpuinfo = Path("/proc/cpuinfo")
    flags = set(cpuinfo.read_text().split()) if cpuinfo.exists() else set()
    return [name for name, flag in (("Haswell", "avx2"), ("SkylakeX", "avx512f")) if flag in flags]


def test_other_kernels_and_threads_print_the_same_numbers(digits, tmp_path, tally):
    taken = architecture(digits)
    conditions = {kernel: ({"OPENBLAS_CORETYPE": kernel}, ()) for kernel in kernels() if kernel != taken}
    conditions["two threads"] = ({}, ("--set-threads", "train=2"))
    faults, largest = [], 0.0
    for name, (environment, arguments) in conditions.items():
        folder = tmp_path / name
        snakemake("all", *DIGITS, "--cores", 2, *arguments, folder=folder, **environment)
        one, other = digits / "results", folder / "results"
        assert architecture(folder) == environment.get("OPENBLAS_CORETYPE", taken)
        largest = max(largest, difference(one, other))
        different = [
            path.name for path in printed(one) if path.read_bytes() != (other / path.relative_to(one)).read_bytes()
        ]
        faults.append(", ".join(different) or ("" if difference(one, other) <= TOLERANCE else "the numbers"))
    tally(
        "BLAS kernels and threads",
        faults,
        f"{', '.join(conditions)} beside {taken}: numbers differ by {largest:.0e} at most",
    )


def architecture(folder: Path) -> str:
    """The kernels that BLAS took there."""
    return json.loads((folder / "results/provenance.json").read_text())["machine"]["blas"][0]["architecture"]


def printed(results: Path) -> list[Path]:
    """What people look at, and the images: the same bytes."""
    return [results / "report/report.tex", *results.glob("data/*/*"), *results.glob("fig/*.png")]


def difference(one: Path, other: Path) -> float:
    """The largest relative difference of numbers in the tables, the histories and the weights."""
    found = []
    for path in [*one.glob("tables/metrics.csv"), *one.glob("tables/sweep.csv"), *one.glob("runs/**/*.parquet")]:
        read = pd.read_csv if path.suffix == ".csv" else lambda path: pd.read_parquet(path, partitioning=None)
        a, b = (read(file).select_dtypes("number").to_numpy(float) for file in (path, other / path.relative_to(one)))
        found.append(np.nanmax(np.abs(a - b) / np.maximum(np.abs(a), 1e-3)))
    for path in one.glob("runs/**/weights.npz"):
        with np.load(path, allow_pickle=False) as a, np.load(other / path.relative_to(one), allow_pickle=False) as b:
            found += [np.abs(a[name] - b[name]).max() / np.abs(a[name]).max() for name in ("last", "best")]
    assert len(found) > 20
    return float(max(found))
