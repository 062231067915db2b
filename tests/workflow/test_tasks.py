"""Other tasks, models and data, by configuration alone: all figures, rows and sections of each."""

import re
import shutil

import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from onelayer.data.describe import main as describe
from onelayer.latex import escape, typewriter
from tests.conftest import DIGITS, ROOT, copy_project, errors_of, snakemake

LATEX = shutil.which("latexmk") is not None
TASK = {"learning_rate": 0.05, "lambdas": [0], "shuffle": [True], "max_epochs": 4, "patience": 5}
TASKS = {
    "binary": None,
    "softmax": {"max_epochs": 1, "evaluations_per_epoch": 1},  # a curve of one point has no change: a claim is not defined
    "four_nine": TASK | {"model": "logistic", "classes": [4, 9], "shuffle": [False, True], "seeds": [3, 5]},
    "vector_machine": TASK | {"model": "hinge", "classes": [7, 1, 5], "lambdas": [0.0, "0.10"], "penalty": "half_sum"},
    "linear": TASK | {"model": "least_squares", "classes": [0, 1], "learning_rate": 0.01, "dtype": "float32"},
    "held_out": TASK
    | {
        "model": "softmax",
        "classes": [0, 1, 2],
        "train": {"count": 1000},
        "validation": {"file": "train", "first": 1000, "count": 297},
        "test": {"file": "test", "count": 500},
    },
    "wild": TASK | {"model": "softmax", "classes": [3, 8], "learning_rate": 900.0, "lambdas": [0.0, 0.0001]},
    # Diverges to finite numbers that no float32 holds.
    "huge": TASK | {"model": "least_squares", "classes": list(range(10)), "learning_rate": 5.0, "max_epochs": 1},
}


@pytest.fixture(scope="module")
def several(tmp_path_factory):
    """A folder in which five tasks beside the published softmax have run, on data with hostile names."""
    folder = tmp_path_factory.mktemp("several")
    hostile = {"title": r"50% of \input{/etc/passwd} & {more}_$", "licence": r"\write18{touch owned}"}
    overlay = {"tasks": TASKS, "datasets": {"digits": hostile}}
    (folder / "overlay.yaml").write_text(yaml.safe_dump(overlay, sort_keys=False))
    snakemake(*DIGITS, folder / "overlay.yaml", "--cores", 2, folder=folder / "work")
    return folder / "work"


def test_every_task_has_its_rows(several):
    metrics = pd.read_csv(several / "results/tables/metrics.csv", dtype={"lambda": str})
    assert metrics["task"].tolist() == (
        ["softmax"] * 5 + ["four_nine"] * 3 + ["vector_machine"] * 2 + ["linear", "held_out", "wild", "wild", "huge"]
    )
    own = metrics.set_index("task")
    assert own.loc["four_nine", "seed"].tolist() == [0, 3, 5]
    assert own.loc["vector_machine", "lambda"].tolist() == ["0.0", "0.10"]
    assert own.loc["linear", ["model", "classes"]].tolist() == ["least_squares", "0 1"]
    assert (
        own.loc["linear", "validation_accuracy"] > 0.9
        and (own.loc["vector_machine", "validation_accuracy"] > 0.9).all()
    )


def test_a_test_set_is_evaluated_where_there_is_one(several):
    metrics = pd.read_csv(several / "results/tables/metrics.csv").set_index("task")
    columns = ["test_loss", "test_accuracy", "best_test_accuracy"]
    assert metrics.loc["held_out", columns].notna().all() and metrics.drop("held_out")[columns].isna().all().all()
    assert metrics.loc["held_out", "test_accuracy"] > 0.8


def test_runs_that_diverge_are_marked_and_explain_nothing(several):
    metrics = pd.read_csv(several / "results/tables/metrics.csv").set_index("task")
    assert metrics.loc["wild", "diverged"].all() and metrics.loc["huge", "diverged"]
    assert metrics.loc["huge", "train_loss"] > 1e100 and not metrics.drop(["wild", "huge"])["diverged"].any()
    tex = (several / "results/report/report.tex").read_text()
    section = tex.split(r"\section{\texttt{wild}}")[1].split(r"\section")[0]
    assert "2 of its 2 runs diverged" in section
    for word in ("underfitting", "smoother", "overfit", "has not risen", "falls with each larger"):
        assert word not in section


def test_a_measure_that_is_not_defined_decides_nothing(several):
    claims = pd.read_csv(several / "results/tables/claims.csv").set_index("id")
    row = claims.loc["fluctuates_wildly"]
    assert row["verdict"] == "undecided" and np.isnan(row["value"]) and "is not defined" in row["reason"]


def test_every_task_has_its_figures(several):
    made = {path.stem for path in (several / "results/fig").glob("*.png")}
    every = {f"{task}_{figure}" for task in TASKS if task not in ("binary", "softmax") for figure in ("loss", "accuracy", "weights")}
    shuffle = {"four_nine_shuffle_loss", "four_nine_shuffle_accuracy"}
    sweep = {f"{task}_l2_{figure}" for task in ("vector_machine", "wild") for figure in ("accuracy", "norm")}
    source = {"softmax_loss", "softmax_accuracy", "weights", "l2_accuracy", "l2_norm"}
    assert made == every | shuffle | sweep | source


def test_the_report_has_a_section_a_task_and_a_derivation_a_model(several):
    tex = (several / "results/report/report.tex").read_text()
    for heading in ("vector\\_\\allowbreak{}machine", "four\\_\\allowbreak{}nine", "linear"):
        assert rf"\section{{\texttt{{{heading}}}}}" in tex
    for derivation in ("Logistic regression", "Softmax regression", "The multiclass hinge loss", "Least squares"):
        assert tex.count(rf"\subsection{{{derivation}}}") == 1
    assert r"50\% of \textbackslash{}input\{/etc/passwd\} \& \{more\}\_\$" in tex
    assert (several / "results/report/report.pdf").exists() == LATEX
    assert not list(several.parent.rglob("owned"))


FIFTH, LINE = re.findall(r"```python\n(.*?)```", (ROOT / "docs/another-model.md").read_text(), flags=re.DOTALL)
(OVERLAY,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/another-model.md").read_text(), flags=re.DOTALL)


def test_a_fifth_model_is_its_own_file_and_a_line_in_the_registry(tmp_path):
    """docs/another-model.md, step by step: trained, checked, drawn and reported by the real workflow."""
    project = copy_project(tmp_path / "project")
    models = project / "workflow/scripts/onelayer/models"
    (models / "one_versus_rest.py").write_text(FIFTH)
    registry = (models / "__init__.py").read_text()
    last = '    "least_squares": LeastSquares(),\n'
    assert last in registry
    registry = registry.replace(last, last + LINE)
    (models / "__init__.py").write_text(f"from onelayer.models.one_versus_rest import OneVersusRest\n{registry}")
    (tmp_path / "fifth.yaml").write_text(OVERLAY)
    snakemake(*DIGITS, tmp_path / "fifth.yaml", "--cores", 2, folder=tmp_path / "work", project=project)
    (row,) = pd.read_csv(tmp_path / "work/results/tables/metrics.csv").to_dict("records")
    assert (
        row["diverged"] in (False, "false") and row["model"] == "one_versus_rest" and row["validation_accuracy"] > 0.9
    )
    tex = (tmp_path / "work/results/report/report.tex").read_text()
    assert escape("one-versus-rest logistic regression") in tex and f"The model {typewriter('one_versus_rest')}" in tex


def test_a_data_set_of_ones_own_is_described_and_runs_as_it_is(tmp_path, monkeypatch, capsys):
    """40 pictures of light and dark squares, in class folders without train and test."""
    random = np.random.RandomState(0)
    for name, mean in (("dark", 60), ("light", 190)):
        (tmp_path / "mine" / name).mkdir(parents=True)
        for number, picture in enumerate(np.clip(random.normal(mean, 20, (20, 6, 5)), 0, 255).astype(np.uint8)):
            Image.fromarray(picture).save(tmp_path / f"mine/{name}/{number}.png")
    monkeypatch.chdir(tmp_path)
    describe([str(tmp_path / "mine"), "mine"])
    assert "snakemake --configfile mine.yaml --directory mine" in capsys.readouterr().out
    targets = ("results/tables/metrics.csv", "results/fig/mine_weights.png")
    snakemake("--configfile", tmp_path / "mine.yaml", "--cores", 2, *targets, folder=tmp_path / "work")
    (row,) = pd.read_csv(tmp_path / "work/results/tables/metrics.csv").to_dict("records")
    assert row["dataset"] == "mine" and row["validation_accuracy"] == 1


def test_a_run_whose_loss_is_not_finite_is_one_error_and_no_table(tmp_path):
    """A learning rate of 1e6 in the type that overflows first."""
    overlay = {
        "training": {"dtype": "float32"},
        "tasks": {
            "binary": None,
            "softmax": None,
            "fast": TASK | {"model": "least_squares", "classes": [1, 2], "learning_rate": 1e6},
        },
    }
    (tmp_path / "fast.yaml").write_text(yaml.safe_dump(overlay))
    done = snakemake(
        *DIGITS,
        tmp_path / "fast.yaml",
        "--cores",
        2,
        "results/tables/metrics.csv",
        folder=tmp_path / "work",
        check=False,
    )
    (error,) = errors_of(done)
    assert (
        "fast, lambda 0: the training loss at step" in error
        and "lower tasks.fast.learning_rate (1e+06) or tasks.fast.lambdas (0)" in error
    )
    assert "Traceback" not in done.stdout and "RuntimeWarning" not in done.stdout
    log = "results/logs/train/task=fast/lambda=0/shuffle=true/seed=0.log"
    assert f"Failed: Training fast: lambda 0, shuffle true, seed 0\n  {log}:\n" in done.stdout
    assert "input:" not in done.stdout and "The same command goes on" in done.stdout and "Finished" not in done.stdout
    assert not list((tmp_path / "work/results").glob("runs/**/*.*")) and not (tmp_path / "work/results/tables").exists()
