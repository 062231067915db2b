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
    assert made == {"report", "fig", "tables", "runs", "data", "logs", "benchmarks", "provenance.json"}
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


def test_a_second_run_has_nothing_to_do(digits):
    assert "Nothing to be done" in snakemake(*DIGITS, "--cores", 2, folder=digits).stdout


@pytest.mark.parametrize(
    ("target", "trains"),
    [("fig/weights.png", 2), ("fig/binary_loss.png", 1), ("fig/shuffle_loss.png", 2), ("fig/l2_norm.png", 5)],
)
def test_one_figure_needs_only_its_own_runs(tmp_path, target, trains):
    counts = jobs(snakemake(*DIGITS, "--dry-run", "--cores", 1, f"results/{target}", folder=tmp_path).stdout)
    drawn = counts.pop(next(rule for rule in counts if rule.startswith("plot_")))
    assert (drawn, counts) == (1, {"fetch": 4, "prepare": 2, "train": trains, "total": 7 + trains})
