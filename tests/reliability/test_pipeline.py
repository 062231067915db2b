"""The whole pipeline on the embedded digits: killed, interrupted, edited, run twice at once, and beside its own orphans."""

import os
import random
import re
import shutil
import signal
import time

import psutil
import pytest

from identical import digests
from tests.conftest import DIGITS, copy_project, snakemake
from tests.reliability.victims import kill, start_pipeline

pytestmark = pytest.mark.reliability

KILLS = 8
METRICS = "results/tables/metrics.csv"
SUMMARY = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0/summary.json"
# One run, long enough to be met, and what the next run is told.
SLOW = "training: {max_epochs: 100, evaluations: {per_epoch: 40}, early_stop: null}\n"
SLOW += "tasks: {binary: null, softmax_figure_8: null, softmax_figure_9: null, softmax: {lambdas: ['0.0']}}"
CHANGES = {
    "nothing": "{}",
    "rate": "tasks: {softmax: {learning_rate: 0.02}}",
    "images": "images: {train: {count: 1000}}",
}
ORPHANS = [("nothing", "at once"), ("rate", "at once"), ("rate", "after the next run")]
ORPHANS += [("rate", "after the next training"), ("images", "after the next training")]
# What is edited, what stands there and what it becomes, and the rule that runs then.
SCRIPTS = "workflow/scripts"
EDITS = [
    (f"{SCRIPTS}/onelayer/models/__init__.py", "2 * lam", "3 * lam", "train"),
    (f"{SCRIPTS}/make_tables.py", "index=False", "index=True", "train"),
    ("workflow/report/sections/runs.tex.jinja", "lists every", "has every", "make_tables"),
]


def whole_files(folder):
    """Digests of the results, without what a process was writing when it was killed."""
    return {name: digest for name, digest in digests(folder / "results").items() if not name.endswith(".partial")}


def wait_for(folder, pattern, process):
    while not list(folder.glob(pattern)):
        assert process.poll() is None, (folder / "output.txt").read_text()
        time.sleep(0.02)


def test_a_killed_pipeline_ends_with_the_bytes_of_one_that_was_not(digits, tmp_path, tally):
    """Every folder is killed at random moments until it is done; every other kill leaves the jobs alive, as orphans."""
    expected, draw, faults = whole_files(digits), random.Random(21), []
    while len(faults) < KILLS:
        folder, orphans, kills = tmp_path / str(len(faults)), [], 0
        while (process := start_pipeline(folder, *DIGITS)) and len(faults) + kills < KILLS:
            time.sleep(draw.uniform(1.5, 7))
            if process.poll() is not None:
                break
            orphans += kill(process, family=bool(kills % 2))
            kills += 1
        status = process.wait()
        psutil.wait_procs(orphans)
        same = status == 0 and whole_files(folder) == expected
        faults += kills * ["" if same else (folder / "output.txt").read_text()]
    tally("whole pipeline killed (SIGKILL), run again", faults, f"{len(expected)} files")


@pytest.mark.parametrize("hooks", [(), ("--no-hooks",)])
def test_two_runs_at_once_make_nothing_wrong_and_the_lock_refuses_one(digits, tmp_path, tally, hooks):
    """Without hooks nothing keeps them apart: each ends well or in an error, and a third run ends well."""
    whole, faults = whole_files(digits), []
    for number in range(2):
        folder = tmp_path / str(number)
        first = start_pipeline(folder, *DIGITS, *hooks, "--cores", 2, METRICS)
        time.sleep(number)
        second = snakemake(*DIGITS, *hooks, "--cores", 2, METRICS, folder=folder, check=False)
        statuses = sorted([first.wait(), second.returncode])
        refused = "another run is at work in this folder; wait" in second.stdout + (folder / "output.txt").read_text()
        third = snakemake(*DIGITS, "--cores", 2, METRICS, folder=folder, check=False)
        right = whole_files(folder).items() <= whole.items() and (folder / METRICS).exists() and not third.returncode
        good = right and (set(statuses) <= {0, 1} if hooks else refused and statuses == [0, 1])
        faults.append("" if good else f"{number}: statuses {statuses}, refused: {refused}\n{third.stdout}")
    tally(f"two runs at once in one folder {' '.join(hooks)}", faults)


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """The arguments of a slow run and of the next ones, by change, and what each gives if nothing is killed."""
    folder, runs = tmp_path_factory.mktemp("slow"), {}
    (folder / "slow.yaml").write_text(SLOW)
    for change, text in CHANGES.items():
        (folder / f"{change}.yaml").write_text(text)
        arguments = (*DIGITS, folder / "slow.yaml", folder / f"{change}.yaml", "--cores", 1, "--")
        snakemake(*arguments, METRICS, folder=folder / change)
        runs[change] = arguments, whole_files(folder / change)
    return runs


@pytest.mark.parametrize(("change", "moment"), ORPHANS)
def test_an_orphaned_training_never_makes_wrong_numbers(slow, tmp_path, tally, change, moment):
    """Its files reach the folder of the next run: at once, before the tables are made of it, or after its end.

    Either the results are right, or an error names a file, and deleting that is enough.
    """
    arguments, expected = slow[change]
    process = start_pipeline(tmp_path, *slow["nothing"][0], METRICS)
    wait_for(tmp_path, "results/logs/train/**/*.log", process)
    (orphan,) = kill(process, family=False)
    orphan.suspend()
    if moment != "at once":
        snakemake(*arguments, SUMMARY if moment == "after the next training" else METRICS, folder=tmp_path)
    orphan.resume()
    psutil.wait_procs([orphan], timeout=0 if moment == "at once" else None)
    for _ in range(7):
        done = snakemake(*arguments, METRICS, folder=tmp_path, check=False)
        psutil.wait_procs([orphan])
        if named := re.search(r"^Error: (\S+): of a run with other settings: delete it", done.stdout, re.MULTILINE):
            (tmp_path / named[1]).unlink()
        elif done.returncode or "Nothing to be done" in done.stdout:
            break
    found = whole_files(tmp_path)
    wrong = [name for name in found | expected if found.get(name) != expected.get(name)]
    tally(f"orphan, {change} changed, goes on {moment}", [", ".join(wrong) or done.stdout * bool(done.returncode)])


def test_an_interrupted_run_says_so_without_a_traceback_and_goes_on(slow, tmp_path, tally):
    """Ctrl-C: SIGINT for the whole process group, as a terminal sends it, in the middle of a training."""
    arguments, expected = slow["nothing"]
    process = start_pipeline(tmp_path, *arguments, METRICS, group=True)
    wait_for(tmp_path, "results/logs/train/**/*.log", process)
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    status, said = process.wait(), (tmp_path / "output.txt").read_text()
    clear = "Training softmax" in said and "The same command goes on" in said and "Traceback" not in said
    clean = not psutil.wait_procs(children, timeout=5)[1] and not list(tmp_path.rglob("*.partial"))
    again = snakemake(*arguments, METRICS, folder=tmp_path, check=False)
    good = status == 1 and clear and clean and again.returncode == 0 and whole_files(tmp_path) == expected
    tally("pipeline interrupted (SIGINT) in a training, run again", ["" if good else said + again.stdout])


@pytest.mark.parametrize(("name", "old", "new", "rule"), EDITS)
def test_no_table_is_made_of_two_codes(digits, tmp_path, tally, name, old, new, rule):
    """A job that would start with an edited code ends the run; undone, the same command ends with the same bytes."""
    project, expected = copy_project(tmp_path / "project"), digests(digits / "results")
    folder, file = shutil.copytree(digits, tmp_path / "work"), project / name
    shutil.rmtree(folder / "results/logs")
    target = "results/report/report.tex" if name.endswith("jinja") else METRICS
    arguments = ("--snakefile", project / "Snakefile", *DIGITS, "--cores", 1, target)
    process = start_pipeline(folder, *arguments, "--forcerun", rule)
    wait_for(folder, f"results/logs/{rule}*", process)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))
    status, said = process.wait(), (folder / "output.txt").read_text()
    refused = re.findall("^Error: .*: this code was edited after the run had begun: run again", said, re.MULTILINE)
    file.write_text(text)
    done = snakemake(*arguments[2:], folder=folder, project=project, check=False)
    wrong = [key for key, value in digests(folder / "results").items() if expected[key] != value]
    good = status == 1 and refused and "Traceback" not in said and not wrong and not done.returncode
    tally(f"{name} edited while a run is under way", ["" if good else f"{status}, {wrong}\n{said}\n{done.stdout}"])
