"""What the stages share: the checked configuration, the grid of runs, and what a job's results depend on."""

import dataclasses
import functools
import json
import os
import platform
import re
import shutil
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from snakemake.logging import logger
from snakemake.utils import update_config


def project_folder():
    """The folder of the project, wherever the workflow is read from.

    Of a project on a code host Snakemake reads single files: those in workflow/files.txt are put into its source cache, where
    they lie as they do in the project, and scripts of the cache import what lies beside them.
    """
    here = Path(str(workflow.current_basedir))
    if here.is_dir():
        return str(here.parents[1])
    listed = Path(workflow.source_path("../files.txt"))
    if listed.name != "files.txt":
        sys.exit(f"Error: {here}: nothing can be imported from git+file: name workflow/Snakefile of a clone instead")
    for path in listed.read_text(encoding="utf-8").split():
        workflow.source_path(f"../../{path}")
    return str(listed.parents[1])


PROJECT = project_folder()
sys.path.insert(0, f"{PROJECT}/workflow/scripts")

from onelayer.closure import content_hash, files_under, planned_code
from onelayer.config import check_config, check_schema, read_overlay, read_yaml
from onelayer.context import context_of, shown_description
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
from onelayer.tools import output_of

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
    return os.path.relpath(f"{PROJECT}/{path}")


def config_documents():
    """Contents of the files that the configuration is merged from, by path: what stands in a later one counts.

    Read as plain YAML: what Snakemake acts on in such a file is refused. Files of a workflow that imports this one are left to it.
    """
    paths = [project("config/config.yaml"), project("config/datasets.yaml")]
    if workflow.basedir in (PROJECT, f"{PROJECT}/workflow"):
        paths += [path for path in ("config/config.yaml",) if os.path.exists(path)]
        paths += map(str, workflow.overwrite_configfiles)
    return {path: read_overlay(path) for path in paths}


def merged_config(documents):
    """The configuration: the files, and over them what the command line or the importing workflow gives."""
    merged = {}
    for document in [*documents.values(), config]:
        update_config(merged, document)
    # The command line gives true and false as text.
    for key in ("offline", "evidence"):
        merged[key] = {"true": True, "false": False}.get(merged[key], merged[key])
    return merged


def check(documents):
    """Check the configuration. Gives the published values and the claims, checked too."""
    names = ("config", "datasets", "published", "claims")
    schemas = {name: read_yaml(project(f"workflow/schemas/{name}.schema.yaml")) for name in names}
    check_schema(config, schemas["config"], "config")
    check_schema(config["datasets"], schemas["datasets"], "config: datasets")
    check_datasets(config["datasets"])
    check_config(config, documents)
    published = read_yaml(project("config/published.yaml"))
    check_schema(published, schemas["published"], "config/published.yaml")
    claims = read_yaml(project("config/claims.yaml"))
    check_schema(claims, schemas["claims"], "config/claims.yaml")
    return published, claims["claims"]


if set("{}") & set(PROJECT):
    sys.exit(f"Error: {PROJECT}: Snakemake takes braces in the project's path for wildcards: move it elsewhere")
if not os.access(".", os.W_OK | os.X_OK):
    sys.exit(
        f"Error: {Path.cwd()}: this folder cannot be written: make it writable, or choose another with --directory"
    )
try:
    DOCUMENTS = config_documents()
    config = merged_config(DOCUMENTS)
    PUBLISHED, CLAIMS = check(DOCUMENTS)
    TASKS = tasks_of(config)
    FIGURE_NAMES = figure_files(TASKS, PUBLISHED["figures"], config["evidence"])
except InputError as error:
    sys.exit(f"Error: {error}")

DATASET = config["dataset"]
DESCRIPTION = config["datasets"][DATASET]
RUNS = {name: runs_of(task) for name, task in TASKS.items()}
# What the provenance records: without what changes no result, and data sets that are not used.
EXPERIMENT = {
    key: value for key, value in config.items() if key not in ("offline", "evidence", "images_to_predict", "datasets")
}
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
    runs again and not the clock, and a file of the project is no input, which may lie elsewhere tomorrow. The job holds itself to
    it when it starts (onelayer.log.job): an edit in the middle of a run ends the run.
    """
    scripts = [script, *(f"onelayer/{module}" for module in modules)]
    return planned_code(scripts, files) | {package: version(package) for package in packages}


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


def minutes(task):
    """Minutes for a training: several times what it takes, 4 to 10 seconds for 10^10 pixels trained on or evaluated."""
    height, width = DESCRIPTION["shape"]
    train, validation = task["train"]["count"], task["validation"]["count"]
    images = task["max_epochs"] * (train + task["evaluations_per_epoch"] * (train + validation))
    return 2 + images * height * width // 10**10


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
    """The project's version, its commit, and whether its tracked files are those of that commit; None where git does not know.

    Of a project on a code host the commit is what the importing workflow names: a tag, a commit or a branch.
    """
    here = str(workflow.current_basedir)
    if not os.path.isdir(here):
        return {"version": None, "commit": here.rpartition("@")[2], "clean": True}
    number = tomllib.loads(Path(project("pyproject.toml")).read_text())["project"]["version"]

    def git(*arguments):
        return output_of(["git", "-C", PROJECT, *arguments])

    inside = git("rev-parse", "--show-prefix") == ""
    commit = git("rev-parse", "HEAD") if inside else None
    if not re.fullmatch("[0-9a-f]{40,64}", commit or ""):
        return {"version": number, "commit": None, "clean": None}
    return {"version": number, "commit": commit, "clean": git("status", "--porcelain", "--untracked-files=no") == ""}


# What LaTeX needs beside latexmk and pdflatex to make fonts of: without it, the source alone is built.
LATEX_FONTS = "lmodern.sty"


def report_targets():
    """The report as PDF, or as LaTeX source where there is nothing to typeset it with."""
    if all(map(shutil.which, ("latexmk", "pdflatex"))) and output_of(["kpsewhich", LATEX_FONTS]):
        return ["results/report/report.pdf"]
    logger.warning(
        "No PDF: LaTeX is missing or has no lmodern. On Debian or Ubuntu install latexmk, "
        "texlive-latex-recommended and lmodern. Everything else is built."
    )
    return ["results/report/report.tex"]


def everything_made(wildcards):
    """What a whole run makes; asked for when all stages have been read."""
    return [
        *run_files(ALL_RUNS, "summary.json"),
        *TABLES,
        *FIGURE_FILES,
        *EVIDENCE_FILES,
        *DIAGNOSTIC_TABLES,
        *TABLE_PAGES,
        "results/provenance.json",
        "results/explorer.html",
        *report_targets(),
    ]


wildcard_constraints:
    dataset="|".join(map(re.escape, config["datasets"])),
    split="train|test",
    task="|".join(TASKS),
    lam="|".join(sorted({re.escape(run.lam) for runs in RUNS.values() for run in runs})),
    shuffle="true|false",
    seed="[0-9]+",
