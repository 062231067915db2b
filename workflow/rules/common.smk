"""What the stages share: the checked configuration, the grid of runs, and what a job's results depend on."""

import os
import re
import shutil
import sys
from pathlib import Path

from snakemake.logging import logger

PROJECT = Path(str(workflow.current_basedir)).parents[1]
sys.path.insert(0, f"{PROJECT}/workflow/scripts")

from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.task import RUN_FILES, Run
from onelayer.io.code import code_of, for_jobs
from onelayer.io.errors import InputError

IS_MAIN = Path(workflow.basedir) == PROJECT  # and not imported by another workflow
if IS_MAIN:  # Snakemake puts a script's folder last: another onelayer on a user's PYTHONPATH would run in its place
    for_jobs(f"{PROJECT}/workflow/scripts")

try:
    CONFIGURATION = read_configuration(PROJECT, workflow.overwrite_configfiles if IS_MAIN else (), config)
except InputError as error:
    sys.exit(f"Error: {error}")

config = CONFIGURATION.values
DATASETS, DATASET = CONFIGURATION.datasets, CONFIGURATION.dataset
TASKS, SOURCE, ALL_RUNS = CONFIGURATION.tasks, CONFIGURATION.source, CONFIGURATION.runs
DIFFERING = SOURCE.differing(TASKS)
PLAIN_TASKS = {name: task.plain() for name, task in TASKS.items()}
SETUPS = {name: task.setup.plain() for name, task in TASKS.items()}
STYLE = "report/onelayer.mplstyle"
# On a SLURM cluster what follows the trainings is one job. Snakemake counts all that a group waits for whenever a job ends, a time that
# grows with the square of the runs: elsewhere, and of many runs, there is no group.
GROUP = "report" if (shutil.which("sbatch") or "SLURM_JOB_ID" in os.environ) and len(ALL_RUNS) <= 1000 else None


def run_files(runs, *names):
    """Files of each run, one name after the other."""
    return [f"results/runs/{run.folder}/{name}" for name in names for run in runs]


def images_of(tasks, *roles):
    """The stored images, by file, that tasks take their images of some roles from; of all roles if none is named."""
    sets = (images for name in tasks for role, images in TASKS[name].sets.items() if role in roles or not roles)
    files = {file for images in sets for file in images.files}
    return {file: f"results/data/{DATASET.name}/{file}.parquet" for file in sorted(files, reverse=True)}


def minimum_files(tasks):
    """The minima of tasks: a table and the weights of each."""
    return [f"results/optimum/{name}.{kind}" for name in tasks for kind in ("csv", "npz")]


def models_of(tasks):
    """The modules of the models of tasks, which scripts import by name."""
    return tuple(sorted({f"models/{TASKS[name].model}" for name in tasks}))


def modules_of(task):
    """The modules that a run of a task imports by name: its model, and its rule of stopping."""
    stop = TASKS[task].early_stop
    return (*models_of([task]), *([f"stopping/{stop['rule']}"] if stop else []))


def memory(images):
    """Megabytes for a job that holds `images` images: their bytes, and what evaluations and batches need besides."""
    return 600 + images * DATASET.shape[0] * DATASET.shape[1] * 4 // 10**6


def minutes(task):
    """Minutes for a training: several times what it takes, 4 to 10 seconds for 10^10 pixels trained on or evaluated."""
    evaluated = task.evaluations.per_epoch * sum(images.size for images in task.sets.values())
    return 2 + task.max_epochs * (task.train.size + evaluated) * DATASET.shape[0] * DATASET.shape[1] // 10**10


def table(name):
    """A CSV table; Snakemake's own report shows it."""
    return report(f"results/tables/{name}.csv", category="Tables", labels={"table": name})


wildcard_constraints:
    dataset="|".join(map(re.escape, DATASETS)),
    file="[^/]+",
    split="train|test",
    task="|".join(TASKS),
    lam="|".join(sorted({re.escape(run.lam) for run in ALL_RUNS})) or "none",
    shuffle="true|false",
    seed="[0-9]+",
