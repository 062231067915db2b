"""The whole pipeline on the embedded digits: killed, interrupted, run twice at once, and run beside its own orphans."""

import os
import random
import re
import signal
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest
from verify_identical import digests

from tests.conftest import DIGITS, snakemake
from tests.reliability.victims import kill, start_pipeline

pytestmark = pytest.mark.reliability

KILLS = 8
# One run, long enough to be met.
SLOW = """
training: {max_epochs: 200, evaluations_per_epoch: 40, patience: 1000000}
tasks: {binary: null, softmax: {lambdas: ["0.0"]}}
"""
# What the next run is told, other than the killed one.
CHANGES = {
    "nothing": "",
    "learning rate": "tasks: {softmax: {learning_rate: 0.02}}",
    "images": "images: {train: {count: 1000}}",
}
# What is changed, and when the orphan goes on.
ORPHANS = [
    ("nothing", "at once"),
    ("learning rate", "at once"),
    ("learning rate", "after the next training"),
    ("learning rate", "after the next run"),
    ("images", "after the next training"),
]


def whole_files(folder: Path) -> dict[str, str]:
    """Digests of the results, without what a process was writing when it was killed."""
    return {name: digest for name, digest in digests(folder / "results").items() if not name.endswith(".partial")}


def wait(orphans: list[psutil.Process]) -> None:
    assert not psutil.wait_procs(orphans, timeout=120)[1]


def test_a_killed_pipeline_ends_with_the_bytes_of_one_that_was_not(digits, tmp_path, tally):
    """Every folder is killed at random moments until it is done; every other kill leaves the jobs alive, as orphans."""
    expected, draw, faults, left = whole_files(digits), random.Random(21), [], 0
    while len(faults) < KILLS:
        folder, orphans, kills, status = tmp_path / str(len(faults)), [], 0, None
        while status is None:
            process = start_pipeline(folder, *DIGITS)
            time.sleep(draw.uniform(1.5, 7) if len(faults) + kills < KILLS else 0)
            if len(faults) + kills < KILLS and process.poll() is None:
                orphans += kill(process, family=bool(kills % 2))
                kills += 1
            else:
                status = process.wait()
        wait(orphans)
        left += len(list(folder.rglob("*.partial")))
        same = status == 0 and whole_files(folder) == expected
        faults += kills * ["" if same else (folder / "output.txt").read_text()]
    tally("whole pipeline killed (SIGKILL), run again", faults, f"{len(expected)} files; {left} .partial left behind")


def test_of_two_runs_at_once_one_is_refused(digits, tmp_path, tally):
    whole, target, faults = whole_files(digits), "results/tables/metrics.csv", []
    for number in range(2):
        folder = tmp_path / str(number)
        first = start_pipeline(folder, *DIGITS, "--cores", 2, target)
        time.sleep(number)
        second = snakemake(*DIGITS, "--cores", 2, target, folder=folder, check=False)
        statuses = sorted([first.wait(), second.returncode])
        said = second.stdout + (folder / "output.txt").read_text()
        refused = "another run is at work in this folder; wait for it to end" in said
        good = statuses == [0, 1] and refused and whole_files(folder).items() <= whole.items()
        faults.append("" if good else f"{number}: statuses {statuses}, refused: {refused}")
    tally("two runs at once in one folder", faults, "one is refused, the other is right")


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """Overlays of the killed run and of the next ones, and what each gives when nothing is killed."""
    folder = tmp_path_factory.mktemp("slow")
    (folder / "slow.yaml").write_text(SLOW)
    runs = {}
    for change, text in CHANGES.items():
        overlay = folder / f"{change}.yaml"
        overlay.write_text(text or "{}")
        arguments = (*DIGITS, folder / "slow.yaml", overlay)
        done = snakemake(*arguments, "--cores", 2, "results/tables/metrics.csv", folder=folder / change)
        assert done.returncode == 0
        runs[change] = SimpleNamespace(arguments=arguments, expected=whole_files(folder / change))
    return runs


def orphaned(folder: Path, arguments) -> list[psutil.Process]:
    """Start the pipeline, and kill it without its training as soon as that has begun; the training, stopped."""
    process = start_pipeline(folder, *arguments, "--cores", 1, "results/tables/metrics.csv")
    while not list(folder.glob("results/logs/train/**/*.log")):
        assert process.poll() is None
        time.sleep(0.02)
    orphans = kill(process, family=False)
    for orphan in orphans:
        orphan.suspend()
    return orphans


def release(orphans):
    for orphan in orphans:
        orphan.resume()
    return orphans


@pytest.mark.parametrize(("change", "moment"), ORPHANS)
def test_an_orphaned_training_never_makes_wrong_numbers(slow, tmp_path, tally, change, moment):
    """Its files reach the folder of the next run: at once, before the tables are made of it, or after its end.

    Either the results are right, or an error names a file, and deleting that is enough.
    """
    orphans = orphaned(tmp_path, slow["nothing"].arguments)
    assert len(orphans) == 1
    next_run = slow[change]

    def run(target="results/tables/metrics.csv"):
        return snakemake(*next_run.arguments, "--cores", 1, target, folder=tmp_path, check=False)

    summary = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0/summary.json"
    if moment == "at once":
        release(orphans)
    if moment == "after the next training":
        assert run(summary).returncode == 0
        wait(release(orphans))
    done = run()
    wait(release(orphans) if moment == "after the next run" else orphans)
    refused, fault = 0, ""
    for _ in range(6):
        if done.returncode == 0:
            done = run()  # whatever the orphan wrote meanwhile is seen now
        if done.returncode == 0:
            break
        named = re.search(r"^Error: (\S+): of a run with other settings: delete it", done.stdout, re.MULTILINE)
        if not named:
            fault = done.stdout
            break
        refused += 1
        (tmp_path / named.group(1)).unlink()
        done = run()
    found = whole_files(tmp_path)
    differing = sorted(name for name in found | next_run.expected if found.get(name) != next_run.expected.get(name))
    tally(f"orphan, {change} changed, goes on {moment}", [fault or ", ".join(differing)], f"{refused} clear errors")


def test_an_interrupted_run_says_so_without_a_traceback_and_goes_on(slow, tmp_path, tally):
    """Ctrl-C: SIGINT for the whole process group, as a terminal sends it, in the middle of a training."""
    run, faults = slow["nothing"], []
    for number in range(3):
        folder = tmp_path / str(number)
        process = start_pipeline(folder, *run.arguments, "--cores", 1, "results/tables/metrics.csv", group=True)
        while not list(folder.glob("results/logs/train/**/*.log")):
            assert process.poll() is None
            time.sleep(0.02)
        children = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGINT)
        status, said = process.wait(), (folder / "output.txt").read_text()
        clear = (
            "Interrupted: Training softmax" in said and "The same command goes on" in said and "Traceback" not in said
        )
        clean = not psutil.wait_procs(children, timeout=5)[1] and not list(folder.rglob("*.partial"))
        again = snakemake(*run.arguments, "--cores", 1, "results/tables/metrics.csv", folder=folder, check=False)
        same = again.returncode == 0 and whole_files(folder) == run.expected
        faults.append("" if status == 1 and clear and clean and same else said + again.stdout)
    tally("pipeline interrupted (SIGINT) in a training, run again", faults, "no traceback, no orphan, the same bytes")
