"""The whole pipeline on the embedded digits: killed, interrupted, edited, run twice at once, and beside its own orphans."""

import os
import random
import re
import shutil
import signal
import time

import psutil
import pytest

from tests.conftest import DIGITS, copy_project, snakemake
from tests.reliability.pipeline import Pipeline, whole_files

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


def wait_for_job(process, folder, log):
    """Wait until a job has begun whose log, of a pattern, is there."""
    process.wait_until(lambda: any(folder.glob(f"results/logs/{log}")))


def test_a_killed_pipeline_ends_with_the_bytes_of_one_that_was_not(digits, tmp_path):
    """Every folder is killed at random moments until it is done; every other kill leaves the jobs alive, as orphans."""
    expected, draw, kills = whole_files(digits), random.Random(21), 0
    while kills < KILLS:
        folder, orphans = tmp_path / str(kills), []
        process = Pipeline(folder, *DIGITS)
        while kills < KILLS:
            time.sleep(draw.uniform(1.5, 7))
            if process.poll() is not None:
                break
            orphans += process.die(family=bool(kills % 2))
            kills += 1
            process = Pipeline(folder, *DIGITS)
        assert process.end() == 0, process.said()
        psutil.wait_procs(orphans)
        assert whole_files(folder) == expected


@pytest.mark.parametrize("hooks", [(), ("--no-hooks",)])
@pytest.mark.parametrize("seconds", [0, 1])
def test_two_runs_at_once_make_nothing_wrong_and_the_lock_refuses_one(digits, tmp_path, hooks, seconds):
    """Without hooks nothing keeps them apart: each ends well or in an error, and a third run ends well."""
    first = Pipeline(tmp_path, *DIGITS, *hooks, "--cores", 2, METRICS)
    time.sleep(seconds)
    second = snakemake(*DIGITS, *hooks, "--cores", 2, METRICS, folder=tmp_path, check=False)
    statuses = {first.end(), second.returncode}
    if hooks:
        assert statuses <= {0, 1}
    else:
        assert statuses == {0, 1}
        assert "another run is at work in this folder; wait" in second.stdout + first.said()
    snakemake(*DIGITS, "--cores", 2, METRICS, folder=tmp_path)
    assert (tmp_path / METRICS).exists() and whole_files(tmp_path).items() <= whole_files(digits).items()


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
def test_an_orphaned_training_never_makes_wrong_numbers(slow, tmp_path, change, moment):
    """Its files reach the folder of the next run: at once, before the tables are made of it, or after its end.

    Either the results are right, or an error names a file, and deleting that is enough.
    """
    arguments, expected = slow[change]
    process = Pipeline(tmp_path, *slow["nothing"][0], METRICS)
    wait_for_job(process, tmp_path, "train/**/*.log")
    (orphan,) = process.die()
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
    assert done.returncode == 0, done.stdout
    assert whole_files(tmp_path) == expected


def test_an_interrupted_run_says_so_without_a_traceback_and_goes_on(slow, tmp_path):
    """Ctrl-C: SIGINT for the whole process group, as a terminal sends it, in the middle of a training."""
    arguments, expected = slow["nothing"]
    process = Pipeline(tmp_path, *arguments, METRICS, start_new_session=True)
    wait_for_job(process, tmp_path, "train/**/*.log")
    children = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    assert process.end() == 1
    said = process.said()
    assert "Training softmax" in said and "The same command goes on" in said and "Traceback" not in said
    assert not psutil.wait_procs(children, timeout=5)[1] and not list(tmp_path.rglob("*.partial"))
    snakemake(*arguments, METRICS, folder=tmp_path)
    assert whole_files(tmp_path) == expected


@pytest.mark.parametrize(("name", "old", "new", "rule"), EDITS)
def test_no_table_is_made_of_two_codes(digits, tmp_path, name, old, new, rule):
    """A job that would start with an edited code ends the run; undone, the same command ends with the same bytes."""
    project, folder = copy_project(tmp_path / "project"), shutil.copytree(digits, tmp_path / "work")
    shutil.rmtree(folder / "results/logs")
    target = "results/report/report.tex" if name.endswith("jinja") else METRICS
    arguments = (*DIGITS, "--cores", 1, target)
    process = Pipeline(folder, "--snakefile", project / "Snakefile", *arguments, "--forcerun", rule)
    wait_for_job(process, folder, f"{rule}*")
    text = (project / name).read_text()
    assert old in text
    (project / name).write_text(text.replace(old, new, 1))
    assert process.end() == 1
    assert re.search(
        "^Error: .*: this code was edited after the run had begun: run again", process.said(), re.MULTILINE
    )
    assert "Traceback" not in process.said()
    (project / name).write_text(text)
    snakemake(*arguments, folder=folder, project=project)
    assert whole_files(folder).items() <= whole_files(digits).items()
