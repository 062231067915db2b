"""The report of many configurations: each compiles, no cell is empty by accident, and no sentence is false."""

import logging
import re
import shutil
import subprocess
from types import SimpleNamespace

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest

import check_gradients
import decide_claims
import make_tables
import train
from onelayer.config import read_yaml
from onelayer.context import context_of
from onelayer.data.store import ImageSet, write_images, write_json
from onelayer.grid import Settings, differences, runs_of, tasks_of
from onelayer.models import MODELS
from onelayer.report import render
from onelayer.runs import RunFiles
from onelayer.selection import figure_files
from onelayer.typesetting import COMMAND
from tests.conftest import ROOT

PUBLISHED = read_yaml(ROOT / "config/published.yaml")
LOG = logging.getLogger("test")
VERSIONS = dict.fromkeys(["python", "numpy", "pandas", "pyarrow", "matplotlib", "snakemake"], "1.0")
TASK = {
    "model": "softmax",
    "classes": [0, 1, 2],
    "learning_rate": 0.1,
    "lambdas": ["0.0", "0.1"],
    "shuffle": [False, True],
}
BASE = {
    "dataset": "mine",
    "images": {"train": {"file": "train", "count": 120}, "validation": {"file": "test", "count": 60}},
    "training": {
        "batch_size": 8, "max_epochs": 6, "evaluations_per_epoch": 5, "patience": 10, "dtype": "float64", "penalty": "sum",
        "seeds": [0],
    },
    "tasks": {"one": TASK},
}  # fmt: skip


def images(classes=3, shape=(4, 5), constant=False):
    """Noisy pictures of `classes` stripes; or all of them the same."""
    random = np.random.RandomState(7)
    labels = random.randint(0, classes, 200).astype(np.uint8)
    pixels = random.randint(0, 120, (200, *shape))
    rows = np.arange(200)
    pixels.reshape(200, -1)[rows, labels % (shape[0] * shape[1])] += 130
    return np.full((200, *shape), 9, np.uint8) if constant else pixels.astype(np.uint8), labels


def task(**changes):
    return BASE | {"tasks": {"one": TASK | changes}}


CONFIGURATIONS = {
    "plain": (BASE, {}),
    "several_seeds": (task(seeds=[3, 5, 8]), {}),
    "one_lambda_one_order": (task(lambdas=["0.0"], shuffle=[True]), {}),
    "file_order_only": (task(shuffle=[False]), {}),
    "patience_1": (task(patience=1), {}),
    "patience_a_million": (task(patience=1_000_000, max_epochs=60), {}),
    "one_evaluation": (task(max_epochs=1, evaluations_per_epoch=1), {}),
    "batch_of_the_whole_set": (task(batch_size=120), {}),
    "one_pixel": (BASE, {"shape": (1, 1)}),
    "constant_images": (BASE, {"constant": True}),
    "diverging": (task(learning_rate=20000.0, lambdas=["0.0", "0.00001"]), {}),
    "two_classes": (task(model="logistic", classes=[1, 0]), {"classes": 2}),
    "twenty_classes": (task(classes=list(range(20))), {"classes": 20}),
    "float32_half_sum": (task(dtype="float32", penalty="half_sum"), {}),
    "hinge": (task(model="hinge"), {}),
    "least_squares": (task(model="least_squares", learning_rate=0.01), {}),
    "test_set": (task(train={"count": 80}, test={"file": "train", "first": 80, "count": 40}), {}),
    "twelve_lambdas_and_tasks": (
        BASE | {"tasks": {f"a_name_of_20_letter{n}": TASK | {"lambdas": [f"0.0{m}" for m in range(10, 22)]} for n in range(3)}}, {},
    ),
}  # fmt: skip
# What was once printed and false, or may never be printed.
NEVER = [r"\bnan\b", r"\bNone\b", r"\binf\b", "overfitting has not begun", "still improves on images", "no batch", "1 evaluations", "1 steps", "1 epochs"]  # fmt: skip


def made(folder, config, data):
    """The LaTeX source of the report of a configuration, made by the scripts of the workflow without Snakemake."""
    pixels, labels = images(**data)
    paths = {file: str(folder / f"{file}.parquet") for file in ("train", "test")}
    for file, path in paths.items():
        write_images(path, ImageSet(pixels, labels, {"pixel_max": 255, "split": file, "sources": []}))
    tasks, runs = tasks_of(config), {}
    for one in tasks.values():
        roles = {role: one[role] for role in ("train", "validation", "test") if role in one}
        for run in runs_of(one):
            settings = Settings.of(one, run)
            train.main(
                {role: paths[r["file"]] for role, r in roles.items()},
                run.lam,
                settings,
                folder / run.folder,
                LOG,
            )
            runs[run] = RunFiles(folder / run.folder, settings)
    names = ["metrics.csv", "sweep.csv", "published.csv", "findings.json", "curves.parquet"]
    outputs = {name.partition(".")[0]: str(folder / name) for name in names}
    make_tables.main(runs, tasks, PUBLISHED["values"], {}, SimpleNamespace(**outputs))
    check_gradients.main(tasks, paths, str(folder / "gradients.csv"))
    claims = read_yaml(ROOT / "config/claims.yaml")["claims"]
    tables = outputs | {"gradients": str(folder / "gradients.csv"), "claims": str(folder / "claims.json")}
    decide_claims.main(tables, claims, SimpleNamespace(csv=folder / "claims.csv", json=folder / "claims.json"))
    write_json(
        folder / "provenance.json",
        {"project": {"commit": None}, "configuration": config, "configuration_sha256": "0" * 64, "data": []},
    )
    description = {"title": "Mine", "shape": list(pixels.shape[1:]), "classes": list(range(20))}
    published = {name: task for name, task in tasks_of(PUBLISHED["experiment"]).items() if name in tasks}
    differing = {name: differences(tasks[name], other) for name, other in published.items()}
    context = context_of(tasks, description, PUBLISHED, differing, figure_files(tasks, PUBLISHED["figures"]))
    return render(ROOT / "workflow/report", tables, folder / "provenance.json", versions=VERSIONS, **context), context


@pytest.mark.parametrize("name", CONFIGURATIONS)
@np.errstate(all="ignore")
def test_the_report_of_a_configuration(tmp_path, name):
    config, data = CONFIGURATIONS[name]
    tex, context = made(tmp_path, config, data)
    for pattern in NEVER:
        assert not re.search(pattern, tex), (pattern, re.search(f".*{pattern}.*", tex)[0])
    if name == "diverging":
        assert pd.read_csv(tmp_path / "metrics.csv")["diverged"][0]
        section = tex.split(r"\subsection{Loss and accuracy}")[1].split(r"\section")[0]
        for word in ("smoother", "underfitting", "overfit"):
            assert word not in section
    for row in re.findall(r"^[^&\n]+&.*\\\\\*?$", tex, flags=re.MULTILINE):
        assert all(cell.strip(" \\*") for cell in row.split("&")), row
    if shutil.which("latexmk"):
        assert overfull(tmp_path, tex, context) == []


def overfull(folder, tex, context):
    """Lines that are more than 5 points too wide, and pages that are too full, once the report is typeset.

    The figures are drawn elsewhere; here one of their usual size stands for each.
    """
    for file in {file for own in context["figures"].values() for file in own.values()}:
        matplotlib.figure.Figure(figsize=(4.5, 2.8)).savefig(folder / f"{file}.pdf")
    (folder / "report.tex").write_text(tex)
    done = subprocess.run([*COMMAND, "report.tex"], cwd=folder, capture_output=True, text=True, errors="replace")
    log = (folder / "report.log").read_text(errors="replace")
    assert done.returncode == 0 and "undefined" not in log, done.stdout[-3000:]
    return [
        line
        for line in log.splitlines()
        if float((re.match(r"Overfull .[hv]box \(([0-9.]+)pt", line) or [0, 0])[1]) > 5
    ]


def test_the_configurations_use_every_model():
    assert {own["model"] for config, _ in CONFIGURATIONS.values() for own in config["tasks"].values()} == set(MODELS)
