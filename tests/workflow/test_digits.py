"""The real Snakefile on the embedded digits: what is made, what is made again, and what is not."""

import copy
import csv
import json
import os
import re
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml

from onelayer.metrics import COLUMNS
from tests.conftest import DIGITS, ROOT, copy_project, snakemake

FIGURES = [
    "binary_loss",
    "binary_accuracy",
    "shuffle_accuracy",
    "shuffle_loss",
    "softmax_loss",
    "softmax_accuracy",
    "weights",
    "l2_accuracy",
    "l2_norm",
]
LATEX = shutil.which("latexmk") is not None


def jobs(output):
    """Number of jobs by rule in a dry run's statistics."""
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", output, flags=re.MULTILINE)}


def test_everything_is_made(digits):
    results = digits[0] / "results"
    for figure in FIGURES:
        assert (results / f"fig/{figure}.png").stat().st_size > 5_000
        assert (results / f"fig/{figure}.pdf").read_bytes().startswith(b"%PDF")
    assert (results / "report/report.tex").exists()
    assert (results / "report/report.pdf").exists() == LATEX
    made = {path.relative_to(results).parts[0] for path in results.rglob("*") if path.is_file()}
    assert made == {"report", "fig", "tables", "runs", "data", "logs", "benchmarks", "provenance.json"}
    assert not list(digits[0].rglob("*.partial"))


def test_metrics_has_a_row_for_each_run_and_agrees_with_the_runs(digits):
    results = digits[0] / "results"
    metrics = pd.read_csv(results / "tables/metrics.csv", dtype={"lambda": str})
    assert list(metrics.columns) == COLUMNS
    assert len(metrics) == 7
    for _, row in metrics.iterrows():
        folder = (
            results
            / f"runs/task={row['task']}/lambda={row['lambda']}/shuffle={str(row['shuffle']).lower()}/seed={row['seed']}"
        )
        steps = pd.read_parquet(folder / "steps.parquet")
        evaluations = pd.read_parquet(folder / "evaluations.parquet")
        assert len(steps) == row["steps"]
        assert evaluations["validation_loss"].min() == row["best_validation_loss"]
        best = evaluations[evaluations["step"] == row["best_step"]].iloc[0]
        assert best["validation_accuracy"] == row["best_validation_accuracy"]
        with np.load(folder / "weights.npz", allow_pickle=False) as weights:
            assert weights["last"].shape == weights["best"].shape == (1 if row["task"] == "binary" else 10, 65)
            assert (weights["last"] ** 2).sum() == pytest.approx(row["weight_norm_squared"], rel=1e-14)
        summary = json.loads((folder / "summary.json").read_text())
        assert summary["train_loss"] == row["train_loss"]


def test_the_whole_sweep_reads_as_one_table(digits):
    runs = digits[0] / "results/runs"
    steps = pd.read_parquet(runs, ignore_prefixes=["evaluations", "weights", "summary"])
    metrics = pd.read_csv(digits[0] / "results/tables/metrics.csv")
    assert len(steps) == metrics["steps"].sum()
    assert {"step", "train_loss", "task", "lambda", "shuffle", "seed"} == set(steps.columns)
    assert sorted(steps["lambda"].unique()) == ["0.0", "0.002", "0.02", "0.2", "2.0"]


def test_gradients_are_right_for_both_tasks_with_and_without_penalty(digits):
    table = pd.read_csv(digits[0] / "results/tables/gradients.csv")
    assert table[["task", "lambda"]].values.tolist() == [["binary", 0], ["binary", 1], ["softmax", 0], ["softmax", 2]]
    assert table["derivatives"].tolist() == [65, 65, 650, 650]
    assert (table["largest_relative_error"] < 1e-6).all() and (table["largest_relative_error"] > 0).all()


def test_published_values_do_not_apply_and_the_report_says_so(digits):
    table = pd.read_csv(digits[0] / "results/tables/published.csv")
    assert (table["verdict"] == "does not apply").all() and table["rebuilt"].isna().all()
    tex = (digits[0] / "results/report/report.tex").read_text()
    assert "do not apply to this report" in tex
    assert "MNIST" not in tex.split(r"\begin{thebibliography}")[0]


def test_every_number_in_the_reports_tables_comes_from_a_table(digits):
    tex = (digits[0] / "results/report/report.tex").read_text()
    with open(digits[0] / "results/tables/metrics.csv") as file:
        for row in csv.DictReader(file):
            assert f"{float(row['validation_loss']):.5f}" in tex
    assert "<<" not in tex and "<%" not in tex and "nan" not in tex.lower().split()


def test_verify_fails_where_the_values_do_not_apply(digits):
    done = snakemake(*DIGITS, "--cores", 1, "verify", folder=digits[0], check=False)
    assert done.returncode != 0
    assert "the published values do not apply: the configuration differs in dataset, train_images" in done.stdout


def test_a_second_run_has_nothing_to_do(digits):
    assert "Nothing to be done" in snakemake(*DIGITS, "--cores", 2, folder=digits[0]).stdout


def dry_run(folder, *arguments):
    return jobs(snakemake(*DIGITS, "--dry-run", "--cores", 1, *arguments, folder=folder).stdout)


def test_one_figure_needs_only_its_own_runs(tmp_path):
    counts = dry_run(tmp_path, "results/fig/weights.png")
    assert counts == {"fetch": 4, "prepare": 2, "train": 2, "plot_softmax": 1, "total": 9}
    counts = dry_run(tmp_path, "results/fig/binary_loss.png")
    assert counts == {"fetch": 4, "prepare": 2, "train": 2, "plot_binary": 1, "total": 9}


def test_an_overlay_changes_the_grid_and_nothing_else(digits, tmp_path):
    more = tmp_path / "more.yaml"
    more.write_text("tasks: {softmax: {lambdas: ['0.0', '2.0', '0.2', '0.02', '0.002', '0.5']}}\n")
    counts = dry_run(digits[0], "--configfile", ROOT / "config/digits.yaml", more)
    assert counts["train"] == 1
    assert "plot_l2" in counts and "plot_binary" not in counts and "plot_softmax" not in counts


def test_a_changed_training_value_trains_again(digits, tmp_path):
    patient = tmp_path / "patient.yaml"
    patient.write_text("training: {patience: 4}\n")
    counts = dry_run(digits[0], "--configfile", ROOT / "config/digits.yaml", patient)
    assert counts["train"] == 7 and "fetch" not in counts and "prepare" not in counts


def test_editing_a_module_reruns_what_imports_it(digits, tmp_path):
    """A copy of the project, results included: an edit of the figures' code draws, and trains nothing."""
    project, work = tmp_path / "project", tmp_path / "work"
    copy_project(project)
    work.mkdir()
    arguments = ("--snakefile", project / "Snakefile", "--cores", 2)
    snakemake(*DIGITS, *arguments, "results/fig/weights.png", "results/tables/gradients.csv", folder=work)
    for name, expected in (("figures", {"plot_softmax"}), ("gradcheck", {"check_gradients"})):
        module = project / f"workflow/scripts/onelayer/{name}.py"
        module.write_text(module.read_text() + "\n# edited\n")
        counts = dry_run(work, *arguments, "results/fig/weights.png", "results/tables/gradients.csv")
        assert set(counts) - {"total"} == expected
        snakemake(*DIGITS, *arguments, "results/fig/weights.png", "results/tables/gradients.csv", folder=work)


def test_another_grid_and_free_text_reach_figures_and_report(tmp_path):
    """Two seeds, one order, three classes, float32, the other penalty, hostile strings: all of it is built."""
    project = tmp_path / "project"
    copy_project(project)
    datasets = yaml.safe_load((project / "config/datasets.yaml").read_text())
    datasets["mine"] = copy.deepcopy(datasets["digits"])
    datasets["mine"] |= {"title": r"50% of \input{/etc/passwd} & {more}_$", "licence": r"\write18{touch owned}"}
    (project / "config/datasets.yaml").write_text(yaml.safe_dump(datasets))
    overlay = {
        "dataset": "mine",
        "train_images": 600,
        "validation_images": 200,
        "tasks": {
            "binary": {"classes": [4, 9], "shuffle": [True]},
            "softmax": {"classes": [7, 1, 5], "lambdas": ["1.0"], "shuffle": [False]},
        },
        "training": {"max_epochs": 4, "seeds": [3, 5], "dtype": "float32", "penalty": "half_sum", "batch_size": 16},
    }
    (tmp_path / "overlay.yaml").write_text(yaml.safe_dump(overlay))
    work = tmp_path / "work"
    work.mkdir()
    snakemake(
        "--snakefile", project / "Snakefile", "--configfile", tmp_path / "overlay.yaml", "--cores", 2, folder=work
    )
    metrics = pd.read_csv(work / "results/tables/metrics.csv")
    assert sorted(map(tuple, metrics[["task", "seed"]].values)) == [
        ("binary", 3),
        ("binary", 5),
        ("softmax", 3),
        ("softmax", 5),
    ]
    tex = (work / "results/report/report.tex").read_text()
    assert r"50\% of \textbackslash{}input\{/etc/passwd\} \& \{more\}\_\$" in tex
    assert "Values are means over 2 seeds" in tex and r"R=\frac12\sum w^2" in tex
    assert (work / "results/report/report.pdf").exists() == LATEX
    assert not list(work.rglob("owned"))


@pytest.mark.parametrize(
    ("argument", "says"),
    [
        ("dataset=letters", "config: dataset = 'letters' is not allowed. Known data sets: mnist, digits."),
        ("train_images=1298", "config: train_images = 1298 is not allowed."),
        ("cores=8", "config: unknown key 'cores'; allowed here: dataset, train_images"),
    ],
)
def test_a_bad_value_ends_in_one_line_and_makes_nothing(tmp_path, argument, says):
    done = snakemake(*DIGITS, "--cores", 1, "--config", argument, folder=tmp_path, check=False)
    errors = [line for line in done.stdout.splitlines() if line.startswith("Error:")]
    assert done.returncode == 1 and len(errors) == 1 and says in errors[0]
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "results").exists() and not (tmp_path / "resources").exists()


def test_a_failed_job_says_why_and_leaves_nothing_half_written(tmp_path):
    """More images in a batch than the two classes have: only the data can tell."""
    large = tmp_path / "large.yaml"
    large.write_text("training: {batch_size: 600}\n")
    overlays = ("--configfile", ROOT / "config/digits.yaml", large)
    done = snakemake("results/fig/binary_loss.png", *overlays, "--cores", 1, folder=tmp_path, check=False)
    assert done.returncode == 1
    assert "config: training.batch_size = 600 is not allowed for tasks.binary" in done.stdout
    assert "Traceback" not in done.stdout
    assert not list((tmp_path / "results").rglob("*.parquet.partial"))
    assert not (tmp_path / "results/runs/task=binary/lambda=0.0/shuffle=false/seed=0/steps.parquet").exists()


def test_data_that_nobody_has_is_one_error_with_the_ways_out(tmp_path):
    mirror = tmp_path / "mirror"
    (mirror / "digits").mkdir(parents=True)
    (mirror / "digits/train-labels-idx1-ubyte").write_bytes(b"\0" * 1305)
    project = tmp_path / "project"
    copy_project(project, "*.gz")
    target = "resources/digits/train-labels-idx1-ubyte.gz"
    done = snakemake(
        "--snakefile",
        project / "Snakefile",
        "--cores",
        1,
        target,
        folder=tmp_path,
        check=False,
        ONELAYER_MIRROR=str(mirror),
    )
    assert done.returncode == 1 and "Traceback" not in done.stdout
    for part in ("no source has this file", str(mirror), "expected SHA-256", "workflow/data/digits", "Ways out"):
        assert part in done.stdout
    assert not (tmp_path / target).exists()


def test_a_raw_file_put_there_by_hand_is_used_and_never_deleted(tmp_path):
    folder = tmp_path / "resources/digits"
    folder.mkdir(parents=True)
    for path in (ROOT / "workflow/data/digits").glob("test-*.gz"):
        shutil.copy(path, folder)
        os.utime(folder / path.name, (1_600_000_000, 1_600_000_000))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    project = tmp_path / "project"
    copy_project(project, "*.gz")
    target = ("results/data/digits/test.parquet", "--snakefile", project / "Snakefile", "--cores", 1)
    snakemake(*target, folder=tmp_path)
    (folder / "test-labels-idx1-ubyte.gz").write_bytes(b"damaged")
    done = snakemake(*target, "--forcerun", "fetch", folder=tmp_path, check=False)
    assert done.returncode == 1 and "no source has this file" in done.stdout
    assert (folder / "test-images-idx3-ubyte.gz").read_bytes() == before["test-images-idx3-ubyte.gz"]


def test_a_very_short_run_still_makes_a_true_report(tmp_path):
    """One epoch with one evaluation, and hardly any images of the two classes: little to compare, nothing to break."""
    short = tmp_path / "short.yaml"
    short.write_text("train_images: 100\ntraining: {max_epochs: 1, evaluations_per_epoch: 1, batch_size: 8}\n")
    overlays = ("--configfile", ROOT / "config/digits.yaml", short)
    snakemake("results/report/report.tex", *overlays, "--cores", 2, folder=tmp_path)
    tex = (tmp_path / "results/report/report.tex").read_text()
    assert "in one order only" not in tex and "compare the two orders" in tex


def test_a_wrong_count_in_the_description_is_noticed(tmp_path):
    project = tmp_path / "project"
    copy_project(project)
    path = project / "config/datasets.yaml"
    path.write_text(path.read_text().replace("count: 500", "count: 499"))
    arguments = ("--snakefile", project / "Snakefile", "--cores", 1, "results/data/digits/test.parquet")
    done = snakemake(*arguments, folder=tmp_path, check=False)
    assert done.returncode == 1 and "holds 500 images, but config/datasets.yaml says count: 499" in done.stdout


def test_a_damaged_raw_file_is_reported_and_fetched_anew_before_it_is_used(digits, tmp_path):
    shutil.copytree(digits[0] / "resources", tmp_path / "resources")
    damaged = tmp_path / "resources/digits/test-labels-idx1-ubyte.gz"
    right = damaged.read_bytes()
    damaged.write_bytes(right[:-20])
    target = ("--cores", 1, "results/data/digits/test.parquet")
    done = snakemake(*DIGITS, *target, folder=tmp_path)
    report = "resources/digits/test-labels-idx1-ubyte.gz: damaged gzip file"
    assert f"Warning: {report}" in done.stdout
    assert report in (tmp_path / "results/logs/prepare/digits/test.log").read_text()
    assert damaged.read_bytes() == right
    assert "Nothing to be done" in snakemake(*DIGITS, *target, folder=tmp_path).stdout
