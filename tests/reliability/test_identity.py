"""The same bytes under other conditions, the same numbers on other kernels and other versions of NumPy."""

import json
import os
import re
import subprocess
import sys

import golden
import numpy as np
import pandas as pd
import pytest

from tests.conftest import DIGITS, ROOT, snakemake

pytestmark = pytest.mark.reliability

WEIGHTS_TOLERANCE = 1e-9  # relative to the largest weight, in float64


def test_cold_rebuilds_give_the_same_bytes(tally):
    command = [sys.executable, ROOT / "checks/verify_identical.py", *map(str, DIGITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    lines = done.stdout.splitlines()
    same = sum(line.startswith("same ") for line in lines)
    differing = [line for line in lines if line.startswith("DIFFERENT")]
    detail = "1, 2 and 8 cores; time zones, locales" + ("" if "faketime is missing" in done.stdout else ", dates")
    tally("files of three cold rebuilds, the same bytes", same + len(differing), same, detail)
    assert done.returncode == 0 and same >= 50, done.stdout + done.stderr


def test_a_rebuild_that_differs_is_told(tmp_path):
    """The check can fail: one file of one rebuild has another byte."""
    script = (ROOT / "checks/verify_identical.py").read_text()
    spoil = '    (folder / "results/tables/sweep.csv").write_text(folder.name)\n'
    spoilt = script.replace("    return digests(", f"{spoil}    return digests(")
    spoilt = spoilt.replace("Path(__file__).resolve().parents[1]", f'Path("{ROOT}")')
    assert spoil in spoilt
    (tmp_path / "spoilt.py").write_text(spoilt)
    target = "results/tables/sweep.csv"
    command = [sys.executable, tmp_path / "spoilt.py", target, *map(str, DIGITS)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1 and "DIFFERENT tables/sweep.csv" in done.stdout, done.stdout + done.stderr


def kernels():
    """The kernels of OpenBLAS that this processor can run, oldest first."""
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = set(file.read().split())
    return [name for name, flag in (("Haswell", "avx2"), ("SkylakeX", "avx512f")) if flag in flags]


@pytest.mark.skipif(not os.path.exists("/proc/cpuinfo"), reason="the processor's abilities are read from /proc/cpuinfo")
def test_other_kernels_and_threads_print_the_same_numbers(tmp_path, tally):
    conditions = [({"OPENBLAS_CORETYPE": kernel}, ()) for kernel in kernels()]
    conditions.append(({}, ("--set-threads", "train=2")))
    folders = []
    for number, (environment, arguments) in enumerate(conditions):
        folder = tmp_path / str(number)
        folder.mkdir()
        snakemake("all", *DIGITS, "--cores", 2, *arguments, folder=folder, **environment)
        folders.append(folder)
    architectures = [
        json.loads((folder / "results/provenance.json").read_text())["machine"]["blas"][0]["architecture"]
        for folder in folders
    ]
    assert architectures[:-1] == kernels()
    tex = [(folder / "results/report/report.tex").read_text() for folder in folders]
    assert all(text == tex[0] for text in tex)
    for folder in folders[1:]:
        _hold_to_classes(folders[0] / "results", folder / "results")
    largest = max(_largest_difference(folders[0], folder) for folder in folders[1:])
    tally(
        "BLAS kernels and threads, the same printed numbers",
        len(folders),
        len(folders),
        f"{', '.join(kernels())}, 2 threads; weights differ by {largest:.0e} at most",
    )
    assert largest <= WEIGHTS_TOLERANCE


def _hold_to_classes(one, other):
    """The classes of results/README.md."""
    for name in ("tables/data.csv", "tables/experiment.csv", "data/digits/train.parquet", "data/digits/test.parquet"):
        assert (one / name).read_bytes() == (other / name).read_bytes(), name
    figures = sorted((one / "fig").glob("*.png"))
    assert len(figures) == 9
    for path in figures:
        assert path.read_bytes() == (other / "fig" / path.name).read_bytes(), path
    for name in ("metrics", "sweep"):
        tables = (pd.read_csv(folder / f"tables/{name}.csv") for folder in (one, other))
        pd.testing.assert_frame_equal(*tables, rtol=1e-9, atol=1e-12)
    histories = sorted((one / "runs").rglob("*.parquet"))
    assert len(histories) == 14
    for path in histories:
        tables = (pd.read_parquet(file, partitioning=None) for file in (path, other / path.relative_to(one)))
        pd.testing.assert_frame_equal(*tables, rtol=1e-9, atol=1e-12)
    gradients = pd.read_csv(other / "tables/gradients.csv")
    assert (gradients["largest_relative_error"] < gradients["tolerance"]).all()


def _largest_difference(one, other):
    """The largest difference of weights of the same run, relative to that run's largest weight."""
    differences = []
    for path in (one / "results/runs").rglob("weights.npz"):
        with np.load(path, allow_pickle=False) as a, np.load(other / path.relative_to(one), allow_pickle=False) as b:
            differences += [np.abs(a[name] - b[name]).max() / np.abs(a[name]).max() for name in a.files]
    assert len(differences) == 14
    return max(differences)


def test_golden_values_on_the_oldest_and_the_newest_numpy(tmp_path, tally):
    oldest = re.search(r'"numpy>=([\d.]+)"', (ROOT / "pyproject.toml").read_text()).group(1)
    newest = re.search(r"^numpy==([\d.]+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE).group(1)
    environment = os.environ | {"PYTHONPATH": f"{ROOT}/workflow/scripts"}
    for version in (oldest, newest):
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--target", tmp_path / version, f"numpy=={version}"]
        subprocess.run(pip, check=True, capture_output=True)
        environment["PYTHONPATH"] = os.pathsep.join([f"{ROOT}/workflow/scripts", str(tmp_path / version)])
        done = subprocess.run(
            [sys.executable, ROOT / "tests/golden.py"], env=environment, capture_output=True, text=True, check=True
        )
        found = json.loads(done.stdout)
        assert found["numpy"].startswith(version)
        assert (found["permutations"], found["metrics"]) == (golden.PERMUTATIONS, golden.METRICS)
    tally("golden values on versions of NumPy", 2, 2, f"{oldest} and {newest}")
