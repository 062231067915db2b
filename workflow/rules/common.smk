"""What the stages share: the checked configuration, the grid of runs, and where things are."""

import os
import re
import shutil
import subprocess
import sys
import threading

from snakemake.logging import logger

sys.path.insert(0, f"{workflow.basedir}/workflow/scripts")

from onelayer.config import (
    TASKS,
    Run,
    check_config,
    check_schema,
    differing_keys,
    file_of,
    read_overlay,
    read_yaml,
    runs_of,
    truth,
)
from onelayer.errors import InputError
from onelayer.locks import hold_folder

TABLES = ["metrics", "sweep", "published", "gradients", "findings", "experiment", "data"]
FIGURES = [
    "binary_loss",
    "binary_accuracy",
    "shuffle_loss",
    "shuffle_accuracy",
    "softmax_loss",
    "softmax_accuracy",
    "weights",
    "l2_accuracy",
    "l2_norm",
]


def project(path):
    """A file of the project, relative to the working folder."""
    return os.path.relpath(f"{workflow.basedir}/{path}")


def modules(*names):
    """Modules of onelayer, as inputs, because Snakemake does not see what a script imports."""
    return [project(f"workflow/scripts/onelayer/{name}.py") for name in names]


def described(*keys):
    """A rule's parameter: these keys of the description of its data set."""
    return lambda wildcards: {key: DATASETS[wildcards.dataset][key] for key in keys}


def checked():
    """The descriptions of all data sets and the published values, after checking them and the config."""
    # Read again as plain YAML: where the profile was left out, Snakemake alone has read these files until now.
    for path in (project("config/config.yaml"), *workflow.overwrite_configfiles):
        read_overlay(path)
    schemas = {
        name: read_yaml(project(f"workflow/schemas/{name}.schema.yaml")) for name in ("config", "datasets", "published")
    }
    datasets = read_yaml(project("config/datasets.yaml"))
    check_schema(datasets, schemas["datasets"], "config/datasets.yaml")
    published = read_yaml(project("config/published.yaml"))
    check_schema(published, schemas["published"], "config/published.yaml")
    if "offline" in config:
        config["offline"] = truth(config["offline"])
    check_config(config, datasets, schemas["config"])
    return datasets, published


try:
    DATASETS, PUBLISHED = checked()
except InputError as error:
    sys.exit(f"Error: {error}")

DATASET = config["dataset"]
# The configuration without what changes no result.
EXPERIMENT = {key: value for key, value in config.items() if key != "offline"}
DIFFERING = differing_keys(config, PUBLISHED["experiment"])
RUNS = {task: runs_of(config, task) for task in TASKS}


def shown_run(task, lam=None, shuffle=None):
    """The run of a task that speaks for it: the smallest lambda, the first shuffle and the first seed."""
    settings = config["tasks"][task]
    lam = min(settings["lambdas"], key=float) if lam is None else lam
    shuffle = settings["shuffle"][0] if shuffle is None else shuffle
    return Run(task, lam, shuffle, config["training"]["seeds"][0])


def run_file(run, name):
    """One of a run's files."""
    return f"results/runs/{run.folder}/{name}"


def run_files(runs, name):
    """The same file of several runs."""
    return [run_file(run, name) for run in runs]


def shuffle_runs():
    """The binary runs at the smallest lambda, with and without shuffling, all seeds; shown_run("binary") comes first."""
    return [run for run in RUNS["binary"] if run.lam == shown_run("binary").lam]


def sweep_runs():
    """The softmax runs of every lambda, all seeds."""
    return [run for run in RUNS["softmax"] if run.shuffle == shown_run("softmax").shuffle]


def contrast_runs():
    """The softmax runs at the smallest and the largest lambda; one if they are the same."""
    lambdas = config["tasks"]["softmax"]["lambdas"]
    ends = dict.fromkeys([min(lambdas, key=float), max(lambdas, key=float)])
    return [shown_run("softmax", lam=lam) for lam in ends]


def source_hashes(split):
    """SHA-256 of the two source files of a split."""
    return {holds: file_of(DATASETS[DATASET], split, holds)[1]["sha256"] for holds in ("images", "labels")}


def train_settings(wildcards):
    """What onelayer.training.Settings is made of, in plain values."""
    task = config["tasks"][wildcards.task]
    shared = {key: value for key, value in config["training"].items() if key != "seeds"}
    return {
        "task": wildcards.task,
        "classes": task["classes"],
        "lam": float(wildcards.lam),
        "shuffle": wildcards.shuffle == "true",
        "seed": int(wildcards.seed),
        "learning_rate": task["learning_rate"],
        **shared,
    }


def figure_files(figure):
    """Both files of a figure."""
    return [f"results/fig/{figure}.png", f"results/fig/{figure}.pdf"]


def axis_limits(*figures):
    """By figure, the published limits of its vertical axis, or None to let the data decide."""
    return {figure: None if DIFFERING else PUBLISHED["axis_limits"].get(figure) for figure in figures}


def project_state():
    """The project's commit, and whether its tracked files are those of that commit; None where git does not know."""

    def git(*arguments):
        command = ["git", "-C", workflow.basedir, *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    if not shutil.which("git") or git("rev-parse", "--show-prefix") != "":
        return {"commit": None, "clean": None}
    return {"commit": git("rev-parse", "HEAD"), "clean": git("status", "--porcelain", "--untracked-files=no") == ""}


def stop_timers():
    """Let Snakemake exit at once: the last timer with which it limits the rate of jobs has nothing left to start."""
    for thread in threading.enumerate():
        if isinstance(thread, threading.Timer):
            thread.cancel()


def report_targets():
    """The report as PDF, or as LaTeX source where there is nothing to typeset it with."""
    if all(map(shutil.which, ("latexmk", "pdflatex"))):
        return ["results/report/report.pdf"]
    logger.warning(
        "No PDF: latexmk and pdflatex are missing. On Debian or Ubuntu install latexmk, "
        "texlive-latex-recommended and lmodern. Everything else is built."
    )
    return ["results/report/report.tex"]


# A training job may draw a bar where no other job writes to the terminal.
os.environ.update(ONELAYER_BAR="yes" if workflow.cores == 1 else "no")


# In the process of the run alone, before its first job; not in a dry run, and not in its jobs.
onstart:
    try:
        hold_folder(logger.warning)
    except InputError as error:
        sys.exit(f"Error: {error}")


# The run is over in both.
onsuccess:
    stop_timers()


onerror:
    stop_timers()


wildcard_constraints:
    dataset="|".join(DATASETS),
    file="|".join(re.escape(name) for dataset in DATASETS.values() for name in dataset["files"]),
    split="train|test",
    task="|".join(TASKS),
    lam="|".join(re.escape(lam) for task in config["tasks"].values() for lam in task["lambdas"]),
    shuffle="true|false",
    seed="|".join(str(seed) for seed in config["training"]["seeds"]),
