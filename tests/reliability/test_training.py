"""Training jobs that are killed, while they compute and in the middle of a write, and started again."""

import random
import time

import pytest

from onelayer.data.store import write_images
from onelayer.experiment.images import Images
from onelayer.experiment.task import RUN_FILES
from tests.reliability.victims import train
from tests.training import golden

pytestmark = pytest.mark.reliability

KILLS = 30
SETS = {"train": Images("train", 0, 1000), "validation": Images("test", 0, 300)}
OWN = [{}, {"shuffle": False, "dtype": "float32"}, {"model": "logistic", "classes": [2, 3], "batch_size": 4}]
RUNS = [golden.settings(**SETS, **{"max_epochs": 15, "early_stop": None, "batch_size": 16} | own) for own in OWN]


def contents(folder):
    """What is under the names that others read; what a process was writing when it was killed has another name."""
    return {path.name: path.read_bytes() for path in folder.glob("*") if path.suffix != ".partial"}


@pytest.fixture(scope="module")
def begin(start, tmp_path_factory):
    """A function that starts the training of one of RUNS, by number, in a folder, to be killed at a size if one is given."""
    data = tmp_path_factory.mktemp("data")
    for split in ("train", "test"):
        write_images(data / f"{split}.parquet", golden.stored(split))
    return lambda folder, number, size=None: start(train, data, folder, RUNS[number % 3], size)


@pytest.fixture(scope="module")
def whole(begin, tmp_path_factory):
    """Of each of RUNS that was let alone, the files and the seconds it took."""
    runs = []
    for number in range(3):
        folder, began = tmp_path_factory.mktemp("whole"), time.perf_counter()
        begin(folder, number).join()
        runs.append((contents(folder), time.perf_counter() - began))
        assert set(runs[-1][0]) == set(RUN_FILES)
    return runs


@pytest.mark.parametrize("moment", ["while it computes", "in a write"])
def test_a_killed_training_leaves_whole_files_and_ends_with_the_same_bytes(begin, whole, tmp_path, tally, moment):
    """Killed at a random moment, or by the system where a file that it writes reaches a random size."""
    draw, faults = random.Random(20), []
    for number in range(KILLS):
        folder, (expected, seconds) = tmp_path / str(number), whole[number % 3]
        size = draw.randrange(max(map(len, expected.values()))) if moment == "in a write" else None
        process = begin(folder, number, size)
        if size is None:
            process.join(draw.uniform(0, seconds))
            process.kill()
        process.join()
        if process.exitcode == 0:
            continue
        wrong = [name for name, content in contents(folder).items() if content != expected.get(name)]
        begin(folder, number).join()
        faults.append("" if contents(folder) == expected and not wrong else f"{number}: left {wrong}")
    tally(f"training killed {moment}", faults, "whole files or none; then the same bytes")
    assert len(faults) > KILLS / 2
