"""The real Snakefile on the embedded digits: what is made, and that it agrees with itself."""

import csv
import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest

from onelayer.tables import COLUMNS
from tests.conftest import DIGITS, snakemake

PUBLISHED_FIGURES = [
    "binary_loss", "binary_accuracy", "shuffle_accuracy", "shuffle_loss", "softmax_loss", "softmax_accuracy", "weights",
    "l2_accuracy", "l2_norm",
]  # fmt: skip
LATEX = shutil.which("latexmk") is not None


def jobs(output):
    """Number of jobs by rule in a dry run's statistics."""
    return {rule: int(count) for rule, count in re.findall(r"^(\w+) +(\d+)$", output, flags=re.MULTILINE)}


def test_everything_is_made(digits):
    results = digits / "results"
    for figure in [*PUBLISHED_FIGURES, "binary_weights"]:
        assert (results / f"fig/{figure}.png").stat().st_size > 4_000
        assert (results / f"fig/{figure}.pdf").read_bytes().startswith(b"%PDF")
    assert len(list((results / "fig").iterdir())) == 20
    assert (results / "report/report.pdf").exists() == LATEX
    made = {path.relative_to(results).parts[0] for path in results.rglob("*") if path.is_file()}
    assert made == {"report", "fig", "tables", "runs", "data", "logs", "benchmarks", "provenance.json", "explorer.html"}
    assert not list(digits.rglob("*.partial"))


def test_metrics_has_a_row_for_each_run_and_agrees_with_the_runs(digits):
    metrics = pd.read_csv(digits / "results/tables/metrics.csv", dtype={"lambda": str, "shuffle": str})
    assert list(metrics.columns) == COLUMNS and len(metrics) == 7
    curves = pd.read_parquet(digits / "results/tables/curves.parquet")
    for _, row in metrics.iterrows():
        folder = (
            digits
            / f"results/runs/task={row['task']}/lambda={row['lambda']}/shuffle={row['shuffle']}/seed={row['seed']}"
        )
        assert len(pd.read_parquet(folder / "steps.parquet")) == row["steps"]
        own = curves[
            (curves["task"] == row["task"])
            & (curves["lambda"] == float(row["lambda"]))
            & (curves["shuffle"] == (row["shuffle"] == "true"))
        ]
        pd.testing.assert_frame_equal(
            own[["step", "epoch", "validation_loss", "validation_accuracy", "train_accuracy"]].reset_index(drop=True),
            pd.read_parquet(folder / "evaluations.parquet", partitioning=None),
        )
        assert own["validation_loss"].min() == row["best_validation_loss"]
        with np.load(folder / "weights.npz", allow_pickle=False) as weights:
            assert weights["last"].shape == weights["best"].shape == (1 if row["task"] == "binary" else 10, 65)
            assert (weights["last"] ** 2).sum() == pytest.approx(row["weight_norm_squared"], rel=1e-14)
        assert json.loads((folder / "summary.json").read_text())["train_loss"] == row["train_loss"]
    assert len(curves) == sum(len(pd.read_parquet(path)) for path in digits.rglob("evaluations.parquet"))


def test_gradients_are_right_for_every_task_with_and_without_penalty(digits):
    table = pd.read_csv(digits / "results/tables/gradients.csv")
    assert table[["task", "lambda"]].values.tolist() == [["binary", 0], ["binary", 1], ["softmax", 0], ["softmax", 1]]
    assert table["derivatives"].tolist() == [65, 65, 650, 650]
    assert (table["largest_relative_error"] < 1e-6).all() and (table["largest_relative_error"] > 0).all()


def test_published_values_do_not_apply_and_the_report_says_so(digits):
    table = pd.read_csv(digits / "results/tables/published.csv")
    assert (table["verdict"] == "does not apply").all() and table["rebuilt"].isna().all()
    tex = (digits / "results/report/report.tex").read_text()
    text = tex.split(r"\section{Data and protocol}")[1].split(r"\begin{thebibliography}")[0]
    assert "21 do not apply" in tex and "MNIST" not in text


def test_every_number_in_the_reports_table_of_runs_comes_from_a_table(digits):
    tex = (digits / "results/report/report.tex").read_text()
    with open(digits / "results/tables/metrics.csv") as file:
        for row in csv.DictReader(file):
            assert f"{float(row['validation_loss']):.5f}" in tex
    assert "<<" not in tex and "<%" not in tex and "nan" not in tex.lower().split()


def test_a_second_run_has_nothing_to_do_and_tells_no_old_results(digits):
    said = snakemake(*DIGITS, "--cores", 2, folder=digits).stdout
    assert "Nothing to be done" in said and "Finished" not in said


def test_the_terminal_has_a_line_for_each_job_with_how_far_the_whole_is(digits):
    lines = (digits / "output.txt").read_text().splitlines()
    jobs = [re.fullmatch(r"\[ *(\d+)/(\d+) +(\d+) %\] (.+)", line) for line in lines if line.startswith("[")]
    numbers = [tuple(int(part) for part in job.groups()[:3]) for job in jobs]
    assert numbers == [(number, len(jobs), 100 * number // len(jobs)) for number in range(1, len(jobs) + 1)]
    said = [job.group(4) for job in jobs]
    assert "Training softmax: lambda 0.02, shuffle true, seed 0" in said and said[-1] == "All is made"
    assert sum(text.startswith("Training") for text in said) == 7
    assert len(lines) <= len(jobs) + 25 and not any(
        re.search(r"input:|output:|jobid|resources:", line) for line in lines
    )


def test_the_terminal_ends_with_the_numbers_of_the_tables(digits):
    _, end = (digits / "output.txt").read_text().split("\nFinished: ")
    metrics = pd.read_csv(digits / "results/tables/metrics.csv", dtype={"lambda": str})
    for task, runs in metrics.groupby("task"):
        best = runs.loc[runs["validation_accuracy"].idxmax()]
        (line,) = [line for line in end.splitlines() if line.startswith(f"  {task} ")]
        assert f" {100 * best['validation_accuracy']:.2f} %  lambda {best['lambda']}" in line
        stops = runs["stopped_early"].sum()
        assert f"{stops} of {len(runs)} stopped early" in line if stops else "no early stop" in line
    assert "Published values: 21 do not apply: binary and softmax differ in dataset, " in end
    for verdict, count in pd.read_csv(digits / "results/tables/claims.csv")["verdict"].value_counts().items():
        assert f"{count} {verdict}" in end
    assert str(digits.resolve() / "results") in end and ("report/report.pdf" in end) == LATEX


def test_one_artefact_ends_without_a_summary(digits, tmp_path):
    work = shutil.copytree(digits, tmp_path / "work")
    (work / "results/tables/claims.csv").unlink()
    said = snakemake(*DIGITS, "--cores", 1, "results/tables/claims.csv", folder=work).stdout
    assert "[1/1 100 %] Deciding the claims of the source" in said and "Finished" not in said


@pytest.mark.parametrize(
    ("target", "trains"),
    [("fig/weights.png", 2), ("fig/binary_loss.png", 1), ("fig/shuffle_loss.png", 2), ("fig/l2_norm.png", 5)],
)
def test_one_figure_needs_only_its_own_runs(tmp_path, target, trains):
    counts = jobs(snakemake(*DIGITS, "--dry-run", "--cores", 1, f"results/{target}", folder=tmp_path).stdout)
    drawn = counts.pop(next(rule for rule in counts if rule.startswith("plot_")))
    assert (drawn, counts) == (1, {"fetch": 4, "prepare": 2, "train": trains, "total": 7 + trains})
