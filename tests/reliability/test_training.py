"""Training runs that are killed, and started again."""

import json
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from onelayer.store import ImageSet, write_images
from tests.reliability.driver import OUTPUTS

DRIVER = Path(__file__).with_name("driver.py")
KILLS = 50
SETTINGS = {
    "task": "softmax", "classes": list(range(10)), "lam": 0.002, "shuffle": True, "seed": 3, "learning_rate": 0.05,
    "batch_size": 32, "max_epochs": 41, "evaluations_per_epoch": 5, "patience": 1000, "dtype": "float64", "penalty": "sum",
}  # fmt: skip
RUNS = [
    SETTINGS,
    SETTINGS | {"dtype": "float32", "shuffle": False, "lam": 0.0},
    SETTINGS | {"task": "binary", "classes": [2, 3], "batch_size": 8, "evaluations_per_epoch": 3},
]


def start(folder, run, kill="no"):
    """A training process that has its imports behind it."""
    command = [sys.executable, str(DRIVER), str(folder), kill, json.dumps(run)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder)
    assert process.stdout.readline() == b"started\n"
    return process


def outputs(folder):
    return {name: (folder / name).read_bytes() for name in OUTPUTS.values()}


def remove_outputs(folder):
    """What Snakemake does before it starts a job again; and the log."""
    for name in (*OUTPUTS.values(), "train.log"):
        (folder / name).unlink(missing_ok=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """A folder with images that are partly noise."""
    folder, draw = tmp_path_factory.mktemp("data"), np.random.RandomState(0)
    for name, count in (("train", 1300), ("test", 500)):
        labels = draw.randint(0, 10, count).astype(np.uint8)
        pixels = draw.randint(0, 17, (count, 12, 12)) * (draw.uniform(size=(count, 12, 12)) < 0.5)
        pixels[np.arange(count), labels] = 16
        write_images(folder / f"{name}.parquet", ImageSet(pixels.astype(np.uint8), labels, {"pixel_max": 16}))
    return folder


def copied(data, folder):
    folder.mkdir()
    for path in data.glob("*.parquet"):
        (folder / path.name).symlink_to(path)
    return folder


def own_kill(draw):
    """Around the renaming of an output, or of one of the next checkpoints."""
    name = draw.choice([*OUTPUTS.values(), *4 * ["checkpoint.npz"]])
    return f"{draw.choice(['before', 'halfway', 'after'])} {name} {draw.randrange(9) if 'check' in name else 0}"


@pytest.mark.reliability
def test_a_killed_run_ends_with_the_bytes_of_one_that_was_not(data, tmp_path, tally):
    """Each run is killed until it is done: at random moments, and around the writing of checkpoints and outputs."""
    draw = random.Random(20)
    kills = survived = resumed = done = 0
    while kills < KILLS:
        before = kills
        run = RUNS[done % len(RUNS)]
        reference, folder = (copied(data, tmp_path / f"{name}{done}") for name in ("reference", "killed"))
        process, began = start(reference, run), time.perf_counter()
        assert process.wait() == 0
        seconds = time.perf_counter() - began

        complete = False
        while not complete:
            remove_outputs(folder)
            by_itself, over = draw.random() < 0.5, kills == KILLS
            process = start(folder, run, own_kill(draw) if by_itself and not over else "no")
            if not by_itself and not over:
                time.sleep(draw.uniform(0, seconds))
                process.kill()
            status = process.wait()
            assert status in (0, -signal.SIGKILL)
            complete = status == 0
            kills += not complete
            log = folder / "train.log"
            resumed += log.exists() and "going on from" in log.read_text()
        done += 1
        if outputs(folder) == outputs(reference):
            survived += kills - before
        assert not (folder / "checkpoint.npz").exists()
    tally("training process killed (SIGKILL)", kills, survived, f"{done} runs, {resumed} times from a checkpoint")
    assert survived == kills and resumed > KILLS / 2
