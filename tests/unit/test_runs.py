"""A run's files come back as they were written, and never as another run's."""

import shutil

import numpy as np
import pytest

from onelayer.data.samples import choose_samples
from onelayer.errors import InputError
from onelayer.grid import RUN_FILES as FILES
from onelayer.runs import RunFiles, write_run
from onelayer.training import train
from tests.unit.helpers import settings

READ = {
    "steps.parquet": lambda files: files.train_losses,
    "evaluations.parquet": lambda files: files.evaluations,
    "weights.npz": lambda files: files.last_weights,
    "snapshots.npz": lambda files: files.snapshots,
    "summary.json": lambda files: files.summary,
}


@pytest.fixture
def trained(images, tmp_path):
    """A folder with a run, its settings and its history."""
    data = choose_samples(images, settings().classes)
    history = train(data, data, settings())
    write_run(tmp_path / "seed=4", settings(), history, {"steps": len(history.train_losses)})
    return tmp_path / "seed=4", history


def test_what_is_written_is_read_and_nothing_else_is_left(trained):
    folder, history = trained
    assert {path.name for path in folder.iterdir()} == set(FILES) == set(READ)
    files = RunFiles(folder, settings())
    np.testing.assert_array_equal(files.train_losses, history.train_losses)
    np.testing.assert_array_equal(files.last_weights, history.last_weights)
    np.testing.assert_array_equal(files.snapshots[0], history.snapshot_steps)
    np.testing.assert_array_equal(files.snapshots[1], history.snapshots)
    np.testing.assert_array_equal(files.snapshot_validation[1], history.snapshot_accuracies)
    assert files.evaluations["validation_loss"].tolist() == history.evaluations["validation_loss"].tolist()
    assert files.evaluations["step"].dtype == np.int32
    assert files.summary["steps"] == len(history.train_losses)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize(
    "change",
    [
        {"lam": 0.02},
        {"seed": 5},
        {"learning_rate": 0.2},
        {"task": "other"},
        {"data": {"dataset": "digits", "train": {"first": 5}}},
    ],
)
def test_a_file_of_a_run_with_other_settings_is_refused(trained, name, change):
    with pytest.raises(InputError, match=rf"{name}: of a run with other settings: delete it and run again"):
        READ[name](RunFiles(trained[0], settings(**change)))


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_damaged_file_is_named(trained, name, damage):
    path = trained[0] / name
    if damage == "other":
        shutil.copy(trained[0] / FILES[FILES.index(name) - 1], path)
    else:
        path.write_bytes(path.read_bytes()[:-40] if damage == "cut" else b"")
    with pytest.raises(InputError, match=f"{name}: (damaged|of a run with other settings).*delete it and run again"):
        READ[name](RunFiles(trained[0], settings()))
