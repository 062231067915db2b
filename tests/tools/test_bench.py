"""The bench measures what it says; it compares its contestants itself, and the tests of training its textbook loop with the engine."""

import importlib
import sys

import pytest

import bench
from onelayer.experiment.configuration import read_configuration
from onelayer.io.files import write_json


def test_a_measurement_names_the_kernels_that_users_have_and_counts_what_a_command_starts(monkeypatch, tmp_path):
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Nehalem")
    monkeypatch.setenv("PYTHONPATH", str(bench.ROOT / "workflow/scripts"))
    importlib.reload(bench)
    monkeypatch.setattr(bench, "LOG", tmp_path / "log")
    found = bench.measure("machine")
    assert len(found["kernels"].split()) >= 3 and "Nehalem" not in found["kernels"]
    child = "print(len(bytearray(b'1') * 900_000_000))"
    starter = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {child!r}]).returncode)"
    found = bench.used(sys.executable, "-c", starter)
    assert found["megabytes"] > 850 and found["clock"] >= found["seconds"] / 2 > 0
    with pytest.raises(SystemExit, match="broken"):
        bench.used(sys.executable, "-c", "exit('broken')")


@pytest.mark.parametrize("runs", bench.RUNS)
def test_the_grid_that_grows_has_so_many_runs_and_is_a_configuration(runs, tmp_path):
    write_json(tmp_path / "grid.json", bench.overlay(runs))
    assert len(read_configuration(bench.ROOT, [tmp_path / "grid.json"], {}).runs) == runs
