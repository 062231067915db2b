import numpy as np
import pandas as pd
import pytest

from onelayer import findings, tables
from onelayer.grid import Run
from onelayer.smoothness import neighbour_correlation
from tests.unit.helpers import evaluations, run, summary

TASK = {
    "name": "softmax", "lambdas": ["0.5", "0"], "shuffle": [True, False], "seeds": [1, 2], "penalty": "half_sum",
    "learning_rate": 0.1,
}  # fmt: skip


def test_metrics_has_a_row_a_run_with_words_for_truth_and_empty_cells_without_a_test_set():
    table = tables.metrics_table([summary(), summary(task="b", diverged=True, test_accuracy=0.5)])
    assert list(table.columns) == tables.COLUMNS
    assert table["shuffle"].tolist() == ["true", "true"] and table["diverged"].tolist() == ["false", "true"]
    assert table["classes"].tolist() == ["0 1 2"] * 2
    assert table["test_accuracy"].isna().tolist() == [True, False]


def test_curves_have_real_types_and_every_evaluation():
    runs = {Run("a", "0.50", True, 3): run((0.9, 0.8)), Run("b", "0", False, 0): run((0.7,), model="hinge")}
    table = tables.curves_table(runs)
    assert table["task"].tolist() == ["a", "a", "b"] and table["model"].tolist() == ["softmax", "softmax", "hinge"]
    assert table["lambda"].tolist() == [0.5, 0.5, 0.0] and table["lambda"].dtype == float
    assert table["shuffle"].dtype == bool and table["seed"].dtype == np.int64 and table["step"].dtype == np.int32
    assert table["validation_loss"].tolist() == [0.9, 0.8, 0.7]


def test_the_sweep_averages_over_seeds_from_the_smallest_lambda():
    rows = [
        summary(**{"lambda": lam, "seed": seed, "validation_accuracy": accuracy, "diverged": lam == "0"})
        for lam, seed, accuracy in (("0.5", 1, 0.7), ("0.5", 2, 0.9), ("0", 1, 0.6))
    ]
    sweep = tables.sweep_table(tables.metrics_table(rows), {"softmax": TASK})
    assert sweep["lambda"].tolist() == ["0", "0.5"] and sweep["runs"].tolist() == [1, 2]
    assert sweep["validation_accuracy"].tolist() == pytest.approx([0.6, 0.8])
    assert np.isnan(sweep["validation_accuracy_sd"][0])
    assert sweep["validation_accuracy_sd"][1] == pytest.approx(np.std([0.7, 0.9], ddof=1))
    assert sweep["weight_decay_factor"].tolist() == pytest.approx([1, 1 - 2 * 0.5 * 0.1 * 0.5])
    assert sweep["diverged"].tolist() == [1, 0]


@pytest.mark.parametrize(
    ("train", "validation", "parting"),
    [
        ([0.5, 0.6, 0.7], [0.5, 0.5, 0.6], 5),
        ([0.6, 0.6, 0.7], [0.5, 0.5, 0.6], 0),
        ([0.6, 0.6, 0.6], [0.5, 0.5, 0.6], None),
    ],
)
def test_accuracies_part_where_training_stays_above(train, validation, parting):
    found = findings.curve_findings(evaluations([3, 2, 1], train, validation))
    assert found["parting_step"] == parting and found["last_step"] == 10
    assert found["last_gap"] == pytest.approx(train[-1] - validation[-1])


@pytest.mark.parametrize(
    ("losses", "risen"),
    [
        (np.linspace(1, 0.5, 50), False),
        (np.concatenate([np.linspace(1, 0.5, 20), np.linspace(0.5, 0.7, 900)]), True),
        (0.5 + 0.1 * np.resize([0, 1, 0, -1], 60), False),
        ([0.5], None),
    ],
)
def test_overfitting_is_judged_from_the_curve_and_not_from_patience(losses, risen):
    """900 evaluations past the lowest loss are a rise however patient the run, and wavering is none."""
    assert findings.curve_findings(evaluations(losses))["risen"] is risen


def test_orders_are_compared_over_the_same_steps():
    runs = {
        Run("softmax", "0", True, 1): run(validation_loss=0.3, stop_epoch=3),
        Run("softmax", "0", True, 2): run(validation_loss=0.2, stop_epoch=4),
        Run("softmax", "0", False, 0): run(validation_loss=0.4),
    }
    runs[Run("softmax", "0", False, 0)].evaluations = evaluations(range(9), validation=[0, 9, 9, 1, 1, 0.5, 1, 7, 7])
    runs[Run("softmax", "0", True, 1)].evaluations = evaluations(range(7), validation=[0, 9, 1, 1, 1, 1, 1.5])
    found = findings.order_findings(TASK, runs)
    assert (found["first_step"], found["last_step"]) == (7, 30)
    assert found["file_order"]["mean_change"] == pytest.approx((8 + 0 + 0.5 + 0.5) / 4)
    assert found["file_order"]["largest_drop"] == 8 and found["shuffled"]["largest_drop"] == 0
    assert found["shuffled_stop_epochs"] == [3, 4] and found["shuffled_losses"] == [0.3, 0.2]


def test_a_correlation_is_near_one_for_a_ramp_and_none_where_it_is_not_defined():
    ramp = np.append(np.arange(12.0), 99)[None]
    assert neighbour_correlation(ramp, (4, 3)) == pytest.approx(
        np.corrcoef(
            [0, 1, 3, 4, 6, 7, 9, 10, 0, 1, 2, 3, 4, 5, 6, 7, 8],
            [1, 2, 4, 5, 7, 8, 10, 11, 3, 4, 5, 6, 7, 8, 9, 10, 11],
        )[0, 1]
    )
    assert neighbour_correlation(np.ones((2, 13)), (4, 3)) is None
    assert neighbour_correlation(np.ones((2, 2)), (1, 1)) is None


@pytest.mark.parametrize(("norms", "falls"), [((4.0, 1.0), True), ((4.0, 4.0), False), ((1.0, 4.0), False)])
def test_the_sweep_says_whether_norm_and_accuracy_fall(norms, falls):
    rows = [
        summary(**{"lambda": lam, "weight_norm_squared": norm, "validation_accuracy": norm / 10})
        for lam, norm in zip(("0", "0.5"), norms, strict=True)
    ]
    found = findings.sweep_findings(TASK, tables.sweep_table(tables.metrics_table(rows), {"softmax": TASK}))
    assert found["norm_falls"] is falls and found["accuracy_falls"] is falls
    assert found["lambdas"] == ["0", "0.5"] and found["low"]["lambda"] == "0"
    assert found["low"]["validation_accuracy_sd"] is None and isinstance(found["low"]["runs"], int)
    assert pd.isna(found["norm_ratio"]) or found["norm_ratio"] == norms[0] / norms[1]
