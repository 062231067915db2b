"""Trainings and downloads that are killed, at work and in the middle of a write, and started again; downloads of one file at once."""

import logging
import multiprocessing
import random
import resource
import signal
import time

import pytest

import train as train_script
from onelayer.data.fetch import fetch
from onelayer.experiment.images import Images
from onelayer.experiment.task import RUN_FILES
from tests.reliability.mirror import CONTENT, FILE, GZIPPED, mirrors
from tests.training import golden

pytestmark = pytest.mark.reliability

KILLS = 30
SETS = {"train": Images("train", 0, 1000), "validation": Images("test", 0, 300)}
OWN = [{}, {"shuffle": False, "dtype": "float32"}, {"model": "logistic", "classes": [2, 3], "batch_size": 4}]
RUNS = [golden.settings(**SETS, **{"max_epochs": 15, "early_stop": None, "batch_size": 16} | own) for own in OWN]


def train(paths, folder, settings):
    """The job of the rule train, in `folder`, on the images of `paths`."""
    train_script.main(paths, str(settings.lam), settings, folder, logging.getLogger())


def download(source, destination):
    """The job of the rule fetch."""
    fetch(FILE, [source], destination, offline=False)


def start(function, *arguments, size=None):
    """Begin a process, which the system kills, with no word to Python, where a file that it writes grows beyond `size`."""

    def work():
        if size is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
        function(*arguments)

    process = multiprocessing.get_context("fork").Process(target=work)  # with all that is imported here
    process.start()
    return process


def contents(folder):
    """What is under the names that others read; what a process was writing when it was killed has another name."""
    return {path.name: path.read_bytes() for path in folder.glob("*") if path.suffix != ".partial"}


@pytest.fixture(scope="module")
def begin(tmp_path_factory):
    """A function that starts the training of one of RUNS, by number, in a folder, to be killed at a size if one is given."""
    paths = golden.write(tmp_path_factory.mktemp("data"))
    return lambda folder, number, size=None: start(train, paths, folder, RUNS[number % 3], size=size)


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
def test_a_killed_training_leaves_whole_files_and_ends_with_the_same_bytes(begin, whole, tmp_path, moment):
    """Killed at a random moment, or by the system where a file that it writes reaches a random size."""
    draw, killed = random.Random(20), 0
    for number in range(KILLS):
        folder, (expected, seconds) = tmp_path / str(number), whole[number % 3]
        size = draw.randrange(max(map(len, expected.values()))) if moment == "in a write" else None
        process = begin(folder, number, size)
        if size is None:
            process.join(draw.uniform(0, seconds))
            process.kill()
        process.join()
        assert contents(folder).items() <= expected.items()
        killed += process.exitcode != 0
        begin(folder, number).join()
        assert contents(folder) == expected
    assert killed > KILLS / 3


def test_a_killed_download_leaves_no_wrong_file_and_the_next_succeeds(tmp_path):
    """Killed at a random moment of one that stalls, or by the system where the file reaches a random size."""
    draw, under_way = random.Random(0), 0
    with mirrors() as mirror:
        download(f"{mirror.address}/good", tmp_path / "file.gz")  # here, so that all have imported what it needs
        for number in range(60):
            path, good = tmp_path / str(number) / "file.gz", f"{mirror.address}/good"
            if number % 2:
                process = start(download, good, path, size=draw.randrange(len(CONTENT)))
            else:
                process = start(download, f"{mirror.address}/stall", path)
                process.join(draw.uniform(0, 0.3))
                process.kill()
            process.join()
            assert process.exitcode in (-signal.SIGKILL, -signal.SIGXFSZ) and not path.exists()
            under_way += path.parent.exists() and any(path.parent.iterdir())
            again = start(download, good, path)
            again.join()
            assert again.exitcode == 0 and path.read_bytes() == GZIPPED
    assert under_way > 20  # killed while the file was being written


def test_processes_that_fetch_one_file_at_once_do_each_other_no_harm(tmp_path):
    with mirrors() as mirror:
        for number in range(5):
            path = tmp_path / str(number) / "file.gz"
            together = [start(download, f"{mirror.address}/good", path) for _ in range(8)]
            while any(process.is_alive() for process in together):
                assert not path.exists() or path.read_bytes() == GZIPPED
            assert not any(process.exitcode for process in together)
            assert list(path.parent.iterdir()) == [path] and path.read_bytes() == GZIPPED
