import pytest

from onelayer.errors import InputError
from onelayer.grid import Run
from onelayer.selection import FIGURES, contrast_runs, figure_files, figures_of, order_runs, shown_runs, sweep_runs

TASK = {"name": "t", "lambdas": ["0.1", "0.02", "3"], "shuffle": [True, False], "seeds": [7, 8]}
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
    assert figures_of(TASK) == list(FIGURES) and figures_of(ONE) == ["loss", "accuracy", "weights"]
    assert figures_of(TASK, "run") + figures_of(TASK, "comparison") == list(FIGURES)


def test_figures_are_called_by_their_task_or_as_in_the_source():
    renamed = {"t_weights": {"name": "weights"}, "t_loss": {"limits": [0, 1]}}
    files = figure_files({"t": ONE}, renamed)
    assert files == {("t", "loss"): "t_loss", ("t", "accuracy"): "t_accuracy", ("t", "weights"): "weights"}


def test_two_figures_of_one_name_are_refused():
    tasks = {"a": TASK | {"name": "a"}, "shuffle": ONE | {"name": "shuffle"}}
    with pytest.raises(InputError, match=r"tasks\.shuffle: its figure shuffle_loss has the name of another"):
        figure_files(tasks, {"a_shuffle_loss": {"name": "shuffle_loss"}})
