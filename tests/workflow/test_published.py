"""Sources of one's own, held to their values by the real Snakefile: one outside the project, and a collection (make sources)."""

import json
import os
import re
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
import yaml

from tests.conftest import copy_project, errors_of, snakemake

SOURCE = """
title: Three models
author: Somebody
date: "2024"
address: https://example.org
experiment:
  dataset: digits
  images: {train: {file: train}, validation: {file: test}}
  training: {batch_size: 32, max_epochs: 4}
  tasks:
    pair: {model: logistic, classes: [2, 3], learning_rate: 0.05, lambdas: [0], shuffle: [false, true]}
    ten:
      {model: softmax, classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], learning_rate: 0.01, lambdas: ["0.0", "0.02"], shuffle: [true],
      evaluations: {at: last, train_loss: true}}
    best: {model: softmax, classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], learning_rate: 0.01, lambdas: [0.1], shuffle: []}
"""
PAIR, TEN, BEST = {"task": "pair", "shuffle": False}, {"task": "ten", "lambda": "0.02"}, {"task": "best"}
# What is published, when, of which run: of steps, of epochs, of the minimum, and of a run's end.
VALUES = [
    *(("batch_loss", {"step": step}, PAIR) for step in (0, 9)),
    ("validation_error", {"step": 12}, PAIR),
    *(("train_loss", {"epoch": epoch}, TEN) for epoch in (0, 3)),
    *((column, "minimum", BEST) for column in ("objective", "weight_norm_squared", "validation_accuracy")),
    *((column, "last", TEN) for column in ("steps", "validation_loss")),
]
MORE = "tasks: {more: {model: logistic, classes: [4, 9], learning_rate: 0.05, lambdas: [0.5], shuffle: [false]}}"
OTHER = "tasks: {pair: {classes: [4, 9], max_epochs: 2}}"
AGAIN = "snakemake verify --forcerun results/runs"


def write(folder, printed):
    """The source, with these printed values."""
    values = [
        {"quantity": column.replace("_", " "), "place": f"line {number}", "of": column, "at": at, "run": run, "published": text}
        for number, ((column, at, run), text) in enumerate(zip(VALUES, printed, strict=True))
    ]  # fmt: skip
    folder.mkdir(exist_ok=True)
    (folder / "source.yaml").write_text(SOURCE)
    (folder / "published.yaml").write_text(yaml.safe_dump({"values": values}))


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A source that prints four decimals of what a first run gave, those values, and the folder of that run."""
    folder = tmp_path_factory.mktemp("source")
    write(folder / "mine", ["0"] * len(VALUES))
    table = "results/tables/published.csv"
    snakemake(table, "--cores", 2, "--config", f"source={folder / 'mine'}", folder=folder / "work")
    rebuilt = pd.read_csv(folder / "work" / table, dtype=str)["rebuilt"]
    printed = [f"{Decimal(value):.4f}" if "." in value else value for value in rebuilt]
    write(folder / "mine", printed)
    return folder / "mine", printed, folder / "work"


def test_a_source_of_ones_own_is_checked_and_says_what_it_would_compare(finished, tmp_path):
    mine, printed, _ = finished
    assert len(set(printed)) == len(VALUES) and printed[0] == "0.6931"  # ln 2: the loss before the first update
    shutil.copytree(mine, tmp_path / "work/own")
    for source in (mine, "own/"):
        said = snakemake("--dry-run", "--config", f"source={source}", folder=tmp_path / "work").stdout
        assert "10 of 10 published values belong to runs with these settings." in said


@pytest.mark.parametrize(
    ("overlay", "wrong", "factor", "met", "error"),
    [
        (MORE, [], 1, 10, ""),
        (OTHER, [], 1, 7, "3 does not apply; tasks.pair differs in classes, max_epochs"),
        ("{}", [1, 4, 5], 1, 7, f"3 missed; {AGAIN}/task=pair/lambda=0/shuffle=false/seed=0/summary.json"),
        ("{}", [9], 1.001, 9, f"1 missed; {AGAIN}/task=ten/lambda=0.02/shuffle=true/seed=0/summary.json"),
    ],
)
def test_verify_fails_unless_all_values_are_met(finished, tmp_path, overlay, wrong, factor, met, error):
    """After new tasks, other settings, another last digit in printed values, or an edit in a run's file; not in a table."""
    _, printed, work = finished
    work, texts = shutil.copytree(work, tmp_path / "work"), [*printed]
    (work / "results/tables/metrics.csv").write_text("edited\n")
    path = work / "results/runs/task=ten/lambda=0.02/shuffle=true/seed=0/summary.json"
    summary = json.loads(path.read_text())
    path.write_text(json.dumps(summary | {"validation_loss": factor * summary["validation_loss"]}))
    for number in wrong if factor == 1 else []:
        texts[number] = str(Decimal(texts[number]) + Decimal("0.0001"))
    write(tmp_path / "mine", texts)
    (tmp_path / "more.yaml").write_text(overlay)
    arguments = ("--configfile", tmp_path / "more.yaml", "--cores", 2, "verify", "--config", f"source={tmp_path}/mine")
    done = snakemake(*arguments, folder=work, check=False)
    assert f"verify: {met} of 10 published values are met" in done.stdout and done.returncode == bool(error)
    assert errors_of(done) == [f"Error: verify: of 10 published values {error}"] * bool(error)
    missed = [line.split()[:2] for line in done.stdout.splitlines() if line.endswith(" missed")]
    assert missed == [["line", str(number)] for number in wrong]


def rebuilt(project):
    """The status of tools/sources.py, its last error, and the rows of its table, which it prints too, without the seconds."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, project / "tools/sources.py"]
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    table = (project / "rebuilt/sources.md").read_text()
    assert done.stdout.endswith(f"\n{table}")
    rows = re.findall(r"^\| (\w+ \| .+) \| \d+ \|$", table, re.MULTILINE)
    return done.returncode, done.stderr.splitlines()[-1:], rows


@pytest.mark.long
def test_a_source_that_fails_stops_no_other_and_the_table_and_the_status_tell(finished, tmp_path):
    project, (_, printed, _) = copy_project(tmp_path / "project", "tests", "docs"), finished
    sources = project / "config/sources"
    sources.rename(tmp_path / "away")
    sources.mkdir()
    for name, loss in (("broken", "no number"), ("missed", "0.6932"), ("right", "0.6931")):
        write(sources / name, [loss, *printed[1:]])
    counts = {"broken": "0 | 0 | 0", "missed": "10 | 9 | 4", "right": "10 | 10 | 4"}
    rows = [f"{name} | 2024 | logistic, softmax | {own}" for name, own in counts.items()]
    assert rebuilt(project) == (1, ["Error: not rebuilt: broken, missed"], rows)
    assert (project / "rebuilt/right/results/report/report.tex").exists()
    assert (project / "rebuilt/right/resources").resolve() == project / "rebuilt/resources"
    for name in ("broken", "missed"):
        shutil.rmtree(sources / name)
    assert rebuilt(project)[::2] == (0, rows[2:])
