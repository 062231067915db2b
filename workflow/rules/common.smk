"""What the stages share: the checked configuration, the grid of runs, and what a job's results depend on."""

import dataclasses
import fcntl
import functools
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from snakemake.logging import logger

sys.path.insert(0, f"{workflow.basedir}/workflow/scripts")

from onelayer.closure import code_hash, content_hash, files_under
from onelayer.config import check_config, check_schema, read_overlay, read_yaml
from onelayer.context import context_of
from onelayer.data.description import check_datasets
from onelayer.errors import InputError
from onelayer.grid import ROLES, RUN_FILES, Run, Settings, class_names, differences, runs_of, tasks_of, without_grid
from onelayer.selection import (
    EVIDENCE,
    FIGURES,
    axis_limits,
    diagnostics_of,
    figure_files,
    figures_of,
    first_runs,
    is_smooth,
    page_candidates,
)

PACKAGES = [
    "snakemake",
    "numpy",
    "scipy",
    "scikit-learn",
    "pandas",
    "pyarrow",
    "matplotlib",
    "jinja2",
    "jsonschema",
    "pyyaml",
]


def project(path):
    """A file of the project, relative to the working folder."""
    return os.path.relpath(f"{workflow.basedir}/{path}")


def checked_config():
    """The published values and the claims, after checking them and the configuration."""
    names = ("config", "datasets", "published", "claims")
    schemas = {name: read_yaml(project(f"workflow/schemas/{name}.schema.yaml")) for name in names}
    # Read again, as plain YAML: what Snakemake acts on in such a file is refused.
    paths = [project("config/config.yaml"), project("config/datasets.yaml"), *workflow.overwrite_configfiles]
    files = {str(path): read_overlay(path) for path in paths}
    # The command line gives true and false as text.
    for key in ("offline", "evidence"):
        config[key] = {"true": True, "false": False}.get(config[key], config[key])
    check_schema(config, schemas["config"], "config")
    check_schema(config["datasets"], schemas["datasets"], "config: datasets")
    check_datasets(config["datasets"])
    check_config(config, files)
    # The project's own tasks first: Snakemake puts those of an overlay before them.
    own = read_yaml(project("config/config.yaml"))["tasks"]
    config["tasks"] = {name: config["tasks"][name] for name in dict.fromkeys([*own, *config["tasks"]])}
    published = read_yaml(project("config/published.yaml"))
    check_schema(published, schemas["published"], "config/published.yaml")
    claims = read_yaml(project("config/claims.yaml"))
    check_schema(claims, schemas["claims"], "config/claims.yaml")
    return published, claims["claims"]


try:
    PUBLISHED, CLAIMS = checked_config()
    TASKS = tasks_of(config)
    FIGURE_NAMES = figure_files(TASKS, PUBLISHED["figures"], config["evidence"])
except InputError as error:
    sys.exit(f"Error: {error}")

DATASET = config["dataset"]
DESCRIPTION = config["datasets"][DATASET]
RUNS = {name: runs_of(task) for name, task in TASKS.items()}
# What the provenance records: without what changes no result, and data sets that are not used.
EXPERIMENT = {key: value for key, value in config.items() if key not in ("offline", "evidence", "datasets")}
# By task of this configuration that is one of the source's: the keys in which it differs from it.
DIFFERING = {
    name: differences(TASKS[name], published)
    for name, published in tasks_of(PUBLISHED["experiment"]).items()
    if name in TASKS
}


@functools.cache
def code_of(script, *packages, modules=(), files=()):
    """A parameter: what a script's results depend on beside its inputs, by content.

    The script with all that it imports from this project and `modules` that it imports by name; other files of the project that
    it reads; versions of packages. With it, and without Snakemake's own trigger `code` (profiles/default), content decides what
    runs again and not the clock, and a file of the project is no input, which may lie elsewhere tomorrow.
    """
    folder = Path(workflow.basedir, "workflow")
    scripts = [folder / "scripts" / script, *(folder / "scripts/onelayer" / module for module in modules)]
    code = {"code": code_hash(scripts)} | {package: version(package) for package in packages}
    return code | ({"files": content_hash([folder / file for file in files])} if files else {})


def versions():
    """What the report and the provenance print: the versions of Python and of the packages."""
    return {"python": platform.python_version()} | {package: version(package) for package in PACKAGES}


def run_files(runs, name):
    """One of the files of each run."""
    return [f"results/runs/{run.folder}/{name}" for run in runs]


def stored_images(*files):
    """The stored images of the data set: train, test or both."""
    return [f"results/data/{DATASET}/{file}.parquet" for file in dict.fromkeys(files)]


def memory(images):
    """Megabytes for a job that holds so many images: its bytes, and what evaluations and batches need besides."""
    height, width = DESCRIPTION["shape"]
    return 600 + images * height * width * 4 // 10**6


def described(wildcards):
    """The description of the data set that a wildcard names."""
    return config["datasets"][wildcards.dataset]


def run_of(wildcards):
    """The run that wildcards spell."""
    return Run(wildcards.task, wildcards.lam, wildcards.shuffle == "true", int(wildcards.seed))


def roles_of(wildcards):
    """The images of each role that the task has."""
    return {role: TASKS[wildcards.task][role] for role in ROLES if role in TASKS[wildcards.task]}


def runs_shown(task, names):
    """The runs that figures of a task show, each once."""
    return list(dict.fromkeys(run for name in names for run in FIGURES[name].runs(task)))


def outputs_of(task, figure):
    """The files of a figure of a task; the PNG goes into Snakemake's own report."""
    file = f"results/fig/{FIGURE_NAMES[task['name'], figure]}"
    shown = report(
        f"{file}.png",
        caption=f"../report/captions/figures/{figure}.rst",
        category="Figures",
        subcategory=task["name"],
        labels={"figure": figure.replace("_", " ")},
    )
    return [shown, f"{file}.pdf"]


def project_state():
    """The project's version, its commit, and whether its tracked files are those of that commit; None where git does not know."""
    number = tomllib.loads(Path(project("pyproject.toml")).read_text())["project"]["version"]

    def git(*arguments):
        command = ["git", "-C", workflow.basedir, *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else None

    if not shutil.which("git") or git("rev-parse", "--show-prefix") != "":
        return {"version": number, "commit": None, "clean": None}
    clean = git("status", "--porcelain", "--untracked-files=no") == ""
    return {"version": number, "commit": git("rev-parse", "HEAD"), "clean": clean}


# What LaTeX needs beside latexmk and pdflatex to make fonts of: without it, the source alone is built.
LATEX_FONTS = "lmodern.sty"


def report_targets():
    """The report as PDF, or as LaTeX source where there is nothing to typeset it with."""
    if all(map(shutil.which, ("latexmk", "pdflatex", "kpsewhich"))):
        found = subprocess.run(["kpsewhich", LATEX_FONTS], capture_output=True, text=True)
        if found.stdout.strip():
            return ["results/report/report.pdf"]
    logger.warning(
        "No PDF: LaTeX is missing or has no lmodern. On Debian or Ubuntu install latexmk, "
        "texlive-latex-recommended and lmodern. Everything else is built."
    )
    return ["results/report/report.tex"]


def warn_of_lost_records():
    """Say so where results are of another configuration and Snakemake cannot know: its records of them are gone."""
    provenance = Path("results/provenance.json")
    if provenance.exists() and not any(Path(".snakemake/metadata").glob("*")):
        if json.loads(provenance.read_text())["configuration"] != json.loads(json.dumps(EXPERIMENT)):
            logger.warning(
                "These results were made from another configuration, and the records of Snakemake in .snakemake are gone: "
                "delete results, or make all of it again with --forceall."
            )


# One run at a time in a folder: a lock that the system holds for this process, and that is gone with it.
onstart:
    # Snakemake runs this block as a function: the file must outlive it, for the lock goes with the file.
    global LOCK
    LOCK = open(".snakemake/run.lock", "a")
    try:
        fcntl.flock(LOCK, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        sys.exit(f"Error: {Path.cwd()}: another run is at work in this folder; wait for it to end")
    except OSError as error:
        logger.warning(
            f"No locks on this file system ({error}): see to it that no other run is at work in this folder."
        )


wildcard_constraints:
    dataset="|".join(map(re.escape, config["datasets"])),
    split="train|test",
    task="|".join(TASKS),
    lam="|".join(sorted({re.escape(run.lam) for runs in RUNS.values() for run in runs})),
    shuffle="true|false",
    seed="[0-9]+",


warn_of_lost_records()
