"""Training jobs that are killed, while they compute and in the middle of a write, and started again."""

import random
import time
from pathlib import Path

import numpy as np
import pytest

from onelayer.data.store import ImageSet, write_images
from onelayer.grid import RUN_FILES as FILES
from onelayer.grid import Run
from tests.reliability.victims import train

pytestmark = pytest.mark.reliability

KILLS = 30
TASK = {
    "name": "ten", "dataset": "synthetic", "model": "softmax", "classes": list(range(10)), "learning_rate": 0.05,
    "batch_size": 16, "max_epochs": 15, "evaluations_per_epoch": 5, "patience": 1000, "dtype": "float64", "penalty": "sum",
    "train": {"file": "train", "first": 0, "count": 1000}, "validation": {"file": "test", "first": 0, "count": 300},
}  # fmt: skip
TWO = {"name": "two", "model": "logistic", "classes": [2, 3], "batch_size": 4}
RUNS = [
    (TASK, Run("ten", "0.002", True, 3)),
    (TASK | {"dtype": "float32"}, Run("ten", "0.0", False, 0)),
    (TASK | TWO, Run("two", "0.002", True, 3)),
]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with images that are partly noise."""
    folder, draw = tmp_path_factory.mktemp("data"), np.random.RandomState(0)
    for name, count in (("train", 1000), ("test", 300)):
        labels = draw.randint(0, 10, count).astype(np.uint8)
        pixels = draw.randint(0, 17, (count, 12, 12)) * (draw.uniform(size=(count, 12, 12)) < 0.5)
        pixels[np.arange(count), labels] = 16
        write_images(folder / f"{name}.parquet", ImageSet(pixels.astype(np.uint8), labels, {"pixel_max": 16}))
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    """What is under the names that others read; what a process was writing when it was killed has another name."""
    return {path.name: path.read_bytes() for path in folder.glob("*") if path.suffix != ".partial"}


@pytest.fixture(scope="module")
def whole(start, data, tmp_path_factory):
    """Of each of RUNS that was let alone, the files and the seconds it took."""
    runs = []
    for run in RUNS:
        folder, began = tmp_path_factory.mktemp("whole"), time.perf_counter()
        process = start(train, data, folder, *run)
        process.join()
        runs.append((contents(folder), time.perf_counter() - began))
        assert process.exitcode == 0 and set(runs[-1][0]) == set(FILES)
    return runs


@pytest.mark.parametrize("moment", ["while it computes", "in a write"])
def test_a_killed_training_leaves_whole_files_and_ends_with_the_same_bytes(start, data, whole, tmp_path, tally, moment):
    """Killed at a random moment, or by the system where a file that it writes reaches a random size."""
    draw, faults = random.Random(20), []
    for number in range(KILLS):
        folder, run, (expected, seconds) = tmp_path / str(number), RUNS[number % 3], whole[number % 3]
        if moment == "in a write":
            process = start(train, data, folder, *run, draw.randrange(max(map(len, expected.values()))))
        else:
            process = start(train, data, folder, *run)
            process.join(draw.uniform(0, seconds))
            process.kill()
        process.join()
        if process.exitcode == 0:
            continue
        wrong = [name for name, content in contents(folder).items() if content != expected.get(name)]
        again = start(train, data, folder, *run)
        again.join()
        same = again.exitcode == 0 and contents(folder) == expected
        faults.append(f"{number}: left {wrong}, then status {again.exitcode}" if wrong or not same else "")
    tally(f"training killed {moment}", faults, "whole files or none; then the same bytes")
    assert len(faults) > KILLS / 2


def test_trainings_of_one_run_at_once_do_each_other_no_harm(start, data, whole, tmp_path, tally):
    """As an orphan of a killed pipeline and the job of the next one: three of them, into one folder."""
    faults = []
    for number in range(8):
        folder, (expected, _) = tmp_path / str(number), whole[number % 3]
        together = [start(train, data, folder, *RUNS[number % 3]) for _ in range(3)]
        wrong = set()
        while any(process.is_alive() for process in together):
            wrong |= {name for name, content in contents(folder).items() if content != expected.get(name)}
        for process in together:
            process.join()
        codes = [process.exitcode for process in together]
        same = codes == [0, 0, 0] and contents(folder) == expected and len(list(folder.iterdir())) == len(FILES)
        faults.append(f"{number}: saw {wrong}, statuses {codes}" if wrong or not same else "")
    tally("three trainings of one run at once", faults, "no half-written file is ever seen")
