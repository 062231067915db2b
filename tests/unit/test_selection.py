import pytest

from onelayer.errors import InputError
from onelayer.grid import Run
from onelayer.models import MODELS
from onelayer.selection import (
    DIAGNOSTICS,
    FIGURES,
    contrast_runs,
    diagnostics_of,
    figure_files,
    figures_of,
    first_runs,
    is_smooth,
    optimum_runs,
    order_runs,
    shown_runs,
    sweep_runs,
)

TASK = {
    "name": "t",
    "classes": [3, 5, 8],
    "model": "softmax",
    "lambdas": ["0.1", "0.02", "3"],
    "shuffle": [True, False],
    "seeds": [7, 8],
}
ONE = TASK | {"lambdas": ["0.1"], "shuffle": [False]}


def test_the_smallest_lambda_and_the_first_order_speak_for_a_task():
    assert shown_runs(TASK) == [Run("t", "0.02", True, 7), Run("t", "0.02", True, 8)]
    assert shown_runs(ONE) == [Run("t", "0.1", False, 0)]


def test_weights_contrast_the_smallest_with_the_largest_lambda_at_the_first_seed():
    assert contrast_runs(TASK) == [Run("t", "0.02", True, 7), Run("t", "3", True, 7)]
    assert contrast_runs(ONE) == [Run("t", "0.1", False, 0)]


def test_comparisons_need_something_to_compare():
    assert order_runs(TASK) == [Run("t", "0.02", False, 0), Run("t", "0.02", True, 7), Run("t", "0.02", True, 8)]
    assert [(run.lam, run.seed) for run in sweep_runs(TASK)] == [
        (lam, seed) for lam in ("0.02", "0.1", "3") for seed in (7, 8)
    ]
    assert order_runs(ONE) == sweep_runs(ONE) == []
    assert figures_of(TASK, "run", "comparison", "optimum") == list(FIGURES)
    assert figures_of(TASK, "run") + figures_of(TASK, "comparison") + figures_of(TASK, "optimum") == list(FIGURES)
    assert figures_of(ONE, "run", "comparison") == ["loss", "accuracy", "weights"]


def test_a_minimum_is_shown_for_each_lambda_above_zero_of_a_smooth_model(monkeypatch):
    with_zero = TASK | {"lambdas": ["0.1", "0.0", "3"]}
    runs = [Run("t", lam, True, 7) for lam in ("0.0", "0.1", "3")]
    assert first_runs(with_zero) == runs and optimum_runs(with_zero) == runs[1:]
    assert optimum_runs(TASK | {"lambdas": ["0.0"]}) == [] == optimum_runs(TASK | {"model": "hinge"})
    assert [name for name in MODELS if not is_smooth({"model": name})] == ["hinge"]
    monkeypatch.setitem(MODELS, "own", object())
    assert not is_smooth({"model": "own"})


def test_figures_are_called_by_their_task_or_as_in_the_source():
    renamed = {"t_weights": {"name": "weights"}, "t_loss": {"limits": [0, 1]}}
    files = figure_files({"t": ONE}, renamed)
    assert files == {("t", "loss"): "t_loss", ("t", "accuracy"): "t_accuracy", ("t", "weights"): "weights"}
    assert figure_files({"t": ONE}, renamed, evidence=True) == files | {
        ("t", figure): f"t_{figure}" for figure in ("optimum", "examples", "confusion", "mistakes", "reliability")
    }


def test_two_figures_of_one_name_are_refused():
    tasks = {"a": TASK | {"name": "a"}, "shuffle": ONE | {"name": "shuffle"}}
    with pytest.raises(InputError, match=r"tasks\.shuffle: its figure shuffle_loss has the name of another"):
        figure_files(tasks, {"a_shuffle_loss": {"name": "shuffle_loss"}})


def test_figures_of_predictions_ask_what_the_model_gives():
    two = ONE | {"classes": [3, 5]}
    assert diagnostics_of(ONE) == ["examples", "confusion", "mistakes", "reliability"]
    assert diagnostics_of(two) == diagnostics_of(two | {"model": "logistic"}) == list(DIAGNOSTICS)
    assert diagnostics_of(two | {"model": "hinge"}) == ["examples", "confusion", "mistakes"]


def test_a_figure_of_predictions_may_have_a_name_of_its_own_and_not_that_of_another():
    renamed = {"t_mistakes": {"name": "gallery"}}
    assert figure_files({"t": ONE}, renamed, evidence=True)["t", "mistakes"] == "gallery"
    with pytest.raises(InputError, match=r"tasks\.t: its figure t_loss has the name of another"):
        figure_files({"t": ONE}, {"t_confusion": {"name": "t_loss"}}, evidence=True)
