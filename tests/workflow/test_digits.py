"""The real Snakefile on the embedded digits: what is made, that it agrees with itself, and what the terminal says."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest

from onelayer.experiment.task import Run
from tests.conftest import DIGITS, LATEX, planned, snakemake

OF_BINARY = ["binary_accuracy", "binary_loss", "shuffle_accuracy", "shuffle_loss"]
TASKS = ("binary", "softmax", "softmax_figure_8", "softmax_figure_9")
FIGURES = [*OF_BINARY, "softmax_loss", "softmax_accuracy", "weights", "l2_accuracy", "l2_norm"]


@pytest.fixture(scope="module")
def metrics(digits):
    return pd.read_csv(digits / "results/tables/metrics.csv", dtype={"lambda": str})


def test_everything_is_made_and_nothing_half(digits):
    results = digits / "results"
    for figure in FIGURES:
        assert (results / f"fig/{figure}.png").stat().st_size > 4_000
        assert (results / f"fig/{figure}.pdf").read_bytes().startswith(b"%PDF")
    assert len(list((results / "fig").iterdir())) == 2 * len(FIGURES)
    assert (results / "report/report.pdf").exists() == LATEX
    made = {path.relative_to(results).parts[0] for path in results.rglob("*") if path.is_file()}
    assert made == {"report", "fig", "tables", "runs", "data", "logs", "benchmarks", "provenance.json", "explorer.html"}
    assert not list(digits.rglob("*.partial"))


def test_metrics_and_curves_agree_with_the_files_of_each_run(digits, metrics):
    curves = pd.read_parquet(digits / "results/tables/curves.parquet").set_index(["task", "lambda", "shuffle"])
    assert len(metrics) == 12
    for row in metrics.to_dict("records"):
        folder = digits / "results/runs" / Run(row["task"], row["lambda"], row["shuffle"], row["seed"]).folder
        evaluations = pd.read_parquet(folder / "evaluations.parquet", partitioning=None)
        own = curves.loc[(row["task"], float(row["lambda"]), row["shuffle"])].reset_index(drop=True)
        pd.testing.assert_frame_equal(own[list(evaluations)], evaluations)
        assert evaluations["validation_loss"].min() == row["best_validation_loss"]
        with np.load(folder / "weights.npz", allow_pickle=False) as weights:
            assert (weights["last"] ** 2).sum() == pytest.approx(row["weight_norm_squared"], rel=1e-14)


def test_gradients_are_right_for_every_task_with_and_without_penalty(digits):
    table = pd.read_csv(digits / "results/tables/gradients.csv").set_index(["task", "lambda"])
    assert [*table.index] == [(task, lam) for task in TASKS for lam in (0, 1)]
    assert table["largest_relative_error"].between(0, 1e-6, inclusive="neither").all()


def test_the_report_has_the_numbers_of_the_tables_and_says_that_published_values_do_not_apply(digits, metrics):
    tex = (digits / "results/report/report.tex").read_text()
    assert all(f"{loss:.5f}" in tex for loss in metrics["validation_loss"])
    text = tex.split(r"\section{Source and protocol}")[1].split(r"\begin{thebibliography}")[0]
    assert "21 of tasks with other settings" in tex and "MNIST" not in text


def test_the_terminal_has_a_line_for_each_job_and_ends_with_what_was_reached_and_where_it_is(digits):
    said, end = (digits / "output.txt").read_text().split("\nFinished: ")
    begun = re.findall(r"^\[ *(\d+)/(\d+) +(\d+) %\] (.+)$", said, re.MULTILINE)
    numbers = [tuple(map(int, job[:3])) for job in begun]
    assert numbers == [(number, len(begun), 100 * number // len(begun)) for number in range(1, len(begun) + 1)]
    titles = [job[3] for job in begun]
    assert "Training softmax: lambda 2.0, shuffle true, seed 0" in titles and titles[-1] == "Done" and len(titles) > 20
    assert said.count("\n") <= len(begun) + 10 and not re.search(r"input:|output:|jobid|resources:", said)
    assert end.startswith(f"{len(begun)} jobs in ")
    assert "values: 0 of 21 met; 21 do not apply, their tasks differ in dataset, batch_size, train, validation\n" in end
    assert "\nClaims: none is decided here: these are not the data or settings of the source\n" in end
    assert str(digits.resolve() / "results") in end and ("report/report.pdf" in end) == LATEX


def test_a_run_that_makes_nothing_or_one_artefact_ends_without_a_summary(digits, tmp_path):
    work = shutil.copytree(digits, tmp_path / "work")
    said = snakemake(*DIGITS, "--cores", 2, folder=work).stdout
    assert "Nothing to be done" in said and "Finished" not in said
    (work / "results/tables/claims.csv").unlink()
    said = snakemake(*DIGITS, "--cores", 1, "results/tables/claims.csv", folder=work).stdout
    assert "[1/1 100 %] Deciding the claims of the source" in said and "Finished" not in said


def test_one_figure_needs_only_its_own_runs(tmp_path):
    made = planned(*DIGITS, "--", "results/fig/weights.png", folder=tmp_path)
    assert made == {"fetch": 4, "prepare": 2, "train": 2, "plot_softmax_weights": 1}
