"""Other tasks, models and data, by configuration and one file of code: all rows, figures and sections of each."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from onelayer.data.describe import main as describe
from onelayer.report.latex import escape, typewriter
from tests.conftest import DIGITS, LATEX, ROOT, copy_project, refusal_of, snakemake

MODEL, OVERLAY = (
    re.search(rf"```{kind}\n(.*?)```", (ROOT / "docs/another-model.md").read_text(), flags=re.DOTALL)[1]
    for kind in ("python", "yaml")
)
# Over the overlay of that page. The curve of softmax has one point. `huge` diverges to
# finite numbers that no float32 holds.
TASKS = r"""
datasets:
  digits: {title: '50% of \input{/etc/passwd} & {more}_$', licence: '\write18{touch owned}'}
training: {max_epochs: 4, early_stop: {rule: patience, evaluations: 5}}
claims:
  - {id: mine, origin: own, place: a question, claim: "Shuffling helps on {four_nine.classes}.", quantity: The loss, rule: {below: 0}, why: So.,
    measure: {of: validation_loss, orders: true, tasks: [four_nine], at: stop, over: images}}
tasks:
  binary: null
  softmax: {max_epochs: 1, evaluations: {per_epoch: 1}}
  softmax_figure_8: {max_epochs: 1}
  softmax_figure_9: null
  four_nine: {model: logistic, classes: [4, 9], learning_rate: 0.05, lambdas: [0], shuffle: [false, true], seeds: [3, 5]}
  vector_machine: {model: hinge, classes: [7, 1, 5], learning_rate: 0.05, lambdas: [0.0, "0.10"], shuffle: [true], penalty: half_sum}
  linear: {model: least_squares, classes: [0, 1], learning_rate: 0.01, lambdas: [0], shuffle: [true], dtype: float32}
  held_out:
    {model: softmax, classes: [0, 1, 2], learning_rate: 0.05, lambdas: [0], shuffle: [true], train: {count: 1000},
    validation: {file: train, first: 1000, count: 297}, test: {file: test, count: 500}}
  wild: {model: softmax, classes: [3, 8], learning_rate: 900.0, lambdas: [0.0, 0.0001], shuffle: [true]}
  huge: {model: least_squares, classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], learning_rate: 5.0, lambdas: [0], shuffle: [true], max_epochs: 1}
"""
OWN = ("sixth", "four_nine", "vector_machine", "linear", "held_out", "wild", "huge")


@pytest.mark.long
def test_every_task_has_its_rows_figures_and_section_and_every_model_its_derivation(tmp_path):
    """With a model of docs/another-model.md, on data with hostile names."""
    project, work = copy_project(tmp_path / "project", "tests", "docs"), tmp_path / "work"
    first, without_source = OVERLAY.split("\n", 1)
    assert first.startswith("source: null")
    (project / "workflow/scripts/onelayer/models/squared_hinge.py").write_text(MODEL)
    (project / "sixth.yaml").write_text(without_source)
    (project / "more.yaml").write_text(TASKS)
    (work / "results/fig").mkdir(parents=True)
    (work / "results/fig/old.png").write_text("")
    done = snakemake(*DIGITS, project / "sixth.yaml", project / "more.yaml", "--cores", 2, folder=work, project=project)
    assert "Of an earlier configuration, and not made by this one: rm results/fig/old.png\n" in done.stdout
    (work / "results/fig/old.png").unlink()
    metrics = pd.read_csv(work / "results/tables/metrics.csv").set_index("task")
    rows = dict(zip(("softmax", "softmax_figure_8", *OWN), (2, 4, 1, 3, 2, 1, 1, 2, 1), strict=True))
    assert metrics.index.value_counts(sort=False).to_dict() == rows
    assert (metrics.loc[["linear", "vector_machine", "sixth"], "validation_accuracy"] > 0.9).all()
    assert metrics.loc["held_out", "test_accuracy"] > 0.8 and metrics.drop("held_out")["test_accuracy"].isna().all()
    assert metrics.index[metrics["diverged"]].tolist() == ["wild", "wild", "huge"]
    claims = pd.read_csv(work / "results/tables/claims.csv").set_index("id")[["claim", "verdict", "runs", "reason"]]
    assert [*claims.loc["mine"]][:3] == ["Shuffling helps on 4 and 9.", "too few runs", 2]
    assert claims.loc["fluctuates_wildly", "verdict"] == "does not apply"
    assert "Task softmax differs from the source's in dataset" in claims.loc["fluctuates_wildly", "reason"]
    own = {f"{task}_{figure}" for task in OWN for figure in ("loss", "accuracy", "weights")}
    pairs = {f"four_nine_shuffle_{figure}" for figure in ("loss", "accuracy")}
    sweep = {f"{task}l2_{figure}" for task in ("vector_machine_", "wild_") for figure in ("accuracy", "norm")}
    made = {path.stem for path in (work / "results/fig").glob("*.png")}
    assert made == own | pairs | sweep | {"softmax_loss", "softmax_accuracy", "weights", "l2_accuracy"}
    tex = (work / "results/report/report.tex").read_text()
    assert all(rf"\paragraph{{\texttt{{{escape(task)}}}}}" in tex.replace(r"\allowbreak{}", "") for task in OWN)
    for derivation in ("Logistic regression", "Softmax regression", "The multiclass hinge loss", "Least squares"):
        assert tex.count(rf"\subsection{{{derivation}}}") == 1
    assert escape("a linear support vector machine with squared hinges") in tex
    assert f"The model {typewriter('squared_hinge')}" in tex
    assert r"50\% of \textbackslash{}input\{/etc/passwd\} \& \{more\}\_\$" in tex
    assert (work / "results/report/report.pdf").exists() == LATEX and not list(tmp_path.rglob("owned"))


def test_a_data_set_of_your_own_is_described_and_runs_as_it_is(tmp_path, monkeypatch, capsys):
    """40 pictures of light and dark squares, in class folders without train and test."""
    for name, mean in (("dark", 60), ("light", 190)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for number, pixels in enumerate(np.random.RandomState(0).randint(mean - 60, mean + 60, (20, 6, 5))):
            Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"mine/{name}/{number}.png")
    monkeypatch.chdir(tmp_path)
    describe([str(tmp_path / "mine"), "mine"])
    assert "snakemake --configfile mine.yaml --directory mine" in capsys.readouterr().out
    table = "results/tables/metrics.csv"
    snakemake("--configfile", tmp_path / "mine.yaml", "--cores", 2, table, folder=tmp_path / "work")
    (row,) = pd.read_csv(tmp_path / "work" / table).to_dict("records")
    assert row["dataset"] == "mine" and row["validation_accuracy"] == 1


def test_a_run_whose_loss_is_not_finite_is_one_error_and_no_figure(digits, tmp_path):
    """A learning rate of 1e6 in the type that overflows first."""
    rest = "learning_rate: 1000000.0, lambdas: [0], shuffle: [true], dtype: float32"
    (tmp_path / "fast.yaml").write_text(f"tasks: {{fast: {{model: least_squares, classes: [1, 2], {rest}}}}}")
    arguments = (*DIGITS, tmp_path / "fast.yaml", "--cores", 2, "--", "results/fig/fast_loss.png")
    folder = shutil.copytree(digits, tmp_path / "work")
    done = snakemake(*arguments, folder=folder, check=False)
    assert "lower tasks.fast.learning_rate (1e+06) or tasks.fast.lambdas (0)" in refusal_of(done)
    failed = r"^Failed: Training fast: lambda 0, shuffle true, seed 0: .+ \(results/logs/train/task=fast/.+\.log\)$"
    assert re.search(failed, done.stdout, re.MULTILINE)
    assert "goes on from here" in done.stdout and not re.search("RuntimeWarning|input:|Finished", done.stdout)
    assert not list(folder.glob("results/runs/task=fast/**/*.*")) and not list(folder.glob("results/fig/fast*"))
