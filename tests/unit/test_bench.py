import json
import subprocess
import sys

import numpy as np
import pytest

import measurements
import scaling
import textbook
from onelayer.config import check_schema, read_yaml
from onelayer.data.samples import Samples
from onelayer.grid import runs_of, tasks_of
from onelayer.models import MODELS
from onelayer.training import train
from tests.conftest import ROOT


@pytest.mark.parametrize("lam", [0.0, 0.02])
@pytest.mark.parametrize("model", MODELS)
def test_the_textbook_loop_gives_what_the_engine_gives(model, lam):
    classes = list(range(MODELS[model].class_count or 4))
    random = np.random.RandomState(3)
    training, validation = (
        Samples(
            random.randint(0, 256, (count, 20)).astype(np.uint8) * (np.arange(20) != 5).astype(np.uint8),
            random.randint(0, len(classes), count),
            127.5,
        )
        for count in (100, 40)
    )
    settings = measurements.published(
        "float64", model=model, classes=classes, lam=lam, batch_size=8, max_epochs=3, evaluations_per_epoch=3
    )
    got = train(training, validation, settings)
    expected = textbook.train(*measurements.arrays(training, validation, settings), settings)
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(got.train_losses, expected["train_losses"], **close)
    np.testing.assert_allclose(np.transpose(list(got.evaluations.values())), expected["evaluations"], **close)
    np.testing.assert_allclose(got.last_weights, expected["weights"], **close)
    np.testing.assert_allclose(got.best_weights, expected["best_weights"], **close)
    assert (got.stopped_early, got.stop_epoch) == (expected["stopped_early"], expected["stop_epoch"])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_measurement_of_growth_runs(dtype):
    found = measurements.growth("2000", dtype, steps=20)
    assert found["run_steps"] == 15 and found["step_microseconds"] > 0


@pytest.mark.parametrize("runs", scaling.RUNS)
def test_the_grid_that_grows_has_so_many_runs_and_is_a_configuration(runs):
    found = scaling.configuration(runs)
    datasets = read_yaml(ROOT / "config/datasets.yaml")
    check_schema(found | datasets, read_yaml(ROOT / "workflow/schemas/config.schema.yaml"), "config")
    assert [len(runs_of(task)) for task in tasks_of(found).values()] == [runs]


def test_usage_counts_the_command_with_its_children_and_not_who_started_it(tmp_path):
    """The command starts another, which takes 60 MB; this process has more than 90."""
    ballast = bytearray(b"1") * 90_000_000
    log, script = tmp_path / "log", ROOT / "benchmarks/usage.py"
    child = "print(len(bytearray(b'1') * 60_000_000))"
    starter = f"import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', {child!r}]).returncode)"
    done = subprocess.run(
        [sys.executable, script, log, sys.executable, "-c", starter], stdout=subprocess.PIPE, check=True
    )
    found = json.loads(done.stdout)
    assert 60 < found["megabytes"] < 90 <= len(ballast) / 1e6
    assert log.read_text() == "60000000\n" and found["seconds"] > 0 and found["clock"] > 0
    failed = subprocess.run([sys.executable, script, log, sys.executable, "-c", "exit(3)"], stdout=subprocess.PIPE)
    assert failed.returncode == 3
