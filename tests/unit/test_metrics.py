import json

import numpy as np
import pandas as pd
import pytest

from onelayer import metrics

SUMMARY = {
    "dataset": "mnist", "task": "softmax", "lambda": "0.10", "shuffle": True, "seed": 0, "stopped_early": False,
    "stop_epoch": 49, "steps": 100, "train_loss": 0.1234567890123456, "validation_loss": 1 / 3, "train_accuracy": 0.9,
    "validation_accuracy": 0.8, "weight_norm_squared": 4.0, "best_step": 90, "best_validation_loss": 0.3,
    "best_validation_accuracy": 0.81, "train_images": 10, "validation_images": 5,
}  # fmt: skip


def write(tmp_path, **changes):
    path = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
    path.write_text(json.dumps(SUMMARY | changes))
    return path


def test_metrics_has_the_promised_columns_and_all_digits(tmp_path):
    table = metrics.metrics_table([write(tmp_path), write(tmp_path, shuffle=False, seed=3)])
    table.to_csv(tmp_path / "metrics.csv", index=False)
    header, first, second = (tmp_path / "metrics.csv").read_text().splitlines()
    assert header == (
        "dataset,task,lambda,shuffle,seed,stopped_early,stop_epoch,steps,train_loss,validation_loss,train_accuracy,"
        "validation_accuracy,weight_norm_squared,best_step,best_validation_loss,best_validation_accuracy"
    )
    assert (
        first == "mnist,softmax,0.10,true,0,false,49,100,0.1234567890123456,0.3333333333333333,0.9,0.8,4.0,90,0.3,0.81"
    )
    assert second.startswith("mnist,softmax,0.10,false,3,")


def test_sweep_averages_over_seeds_and_sorts_by_lambda(tmp_path):
    rows = [("2.0", 0, 1.0), ("2.0", 1, 3.0), ("0.0", 0, 8.0), ("0.0", 1, 8.0)]
    paths = [write(tmp_path, **{"lambda": lam, "seed": seed, "weight_norm_squared": norm}) for lam, seed, norm in rows]
    table = metrics.metrics_table([*paths, write(tmp_path, shuffle=False), write(tmp_path, task="binary")])
    sweep = metrics.sweep_table(table, learning_rate=0.01, penalty_factor=1.0, shuffle="true")
    assert sweep["lambda"].tolist() == ["0.0", "2.0"]
    assert sweep["runs"].tolist() == [2, 2]
    assert sweep["weight_norm_squared"].tolist() == [8.0, 2.0]
    assert sweep["weight_norm_squared_sd"].tolist() == [0.0, pytest.approx(np.sqrt(2))]
    assert sweep["step_factor"].tolist() == [1.0, 0.96]


def sweep_of(norms, accuracies):
    lambdas = [str(float(i)) for i in range(len(norms))]
    return pd.DataFrame({"lambda": lambdas, "weight_norm_squared": norms, "validation_accuracy": accuracies})


def test_sweep_findings_say_what_the_rows_say():
    falling = metrics.sweep_findings(sweep_of([4.0, 2.0, 1.0], [0.9, 0.8, 0.7]))
    assert (falling["sweep.norm_falls"], falling["sweep.accuracy_falls"]) == ("yes", "yes")
    assert (falling["sweep.best_lambda"], falling["sweep.norm_ratio"]) == ("0.0", 4.0)
    mixed = metrics.sweep_findings(sweep_of([4.0, 4.0, 1.0], [0.7, 0.9, 0.8]))
    assert (mixed["sweep.norm_falls"], mixed["sweep.accuracy_falls"]) == ("no", "no")
    assert (mixed["sweep.best_lambda"], mixed["sweep.best_accuracy"]) == ("1.0", 0.9)


def evaluations(train, validation, loss):
    return {
        "step": np.arange(len(train)) * 10,
        "train_accuracy": np.array(train),
        "validation_accuracy": np.array(validation),
        "validation_loss": np.array(loss),
    }


def test_accuracies_part_after_their_last_crossing():
    curve = evaluations([0.5, 0.7, 0.7, 0.8, 0.9], [0.6, 0.6, 0.7, 0.7, 0.75], [5, 4, 1, 2, 3.0])
    found = metrics.curve_findings("x", curve, patience=2)
    assert (found["x.parted"], found["x.parting_step"]) == ("yes", 30)
    assert found["x.parting_gap"] == pytest.approx(0.1)
    assert (found["x.largest_gap_step"], found["x.last_gap"]) == (40, pytest.approx(0.15))
    assert (found["x.evaluations_since_best"], found["x.loss_rises"]) == (2, "yes")
    assert found["x.loss_above_best"] == 2
    assert metrics.curve_findings("x", curve, patience=3)["x.loss_rises"] == "no"


def test_accuracies_that_do_not_part():
    found = metrics.curve_findings("x", evaluations([0.5, 0.9, 0.7], [0.6, 0.6, 0.7], [3, 2, 1.0]), patience=1)
    assert (found["x.parted"], found["x.parting_step"], found["x.evaluations_since_best"]) == ("no", "", 0)


def test_smoothness_compares_the_same_steps_after_the_start():
    rough = evaluations([0] * 9, [0.0, 0.9, 0.8, 0.9, 0.8, 0.9, 0.1, 0.9, 0.1], [1.0] * 9)
    smooth = evaluations([0] * 5, [0.0, 0.9, 0.9, 0.9, 0.89], [1.0] * 5)
    found = metrics.smoothness_findings({"in_order": rough, "shuffled": smooth})
    assert (found["smoothness.first_step"], found["smoothness.last_step"]) == (10, 40)
    assert found["in_order.mean_change"] == pytest.approx(0.1)
    assert found["in_order.largest_drop"] == pytest.approx(0.1)
    assert found["shuffled.mean_change"] == pytest.approx(0.01 / 3)


def test_smoothness_is_silent_where_there_is_nothing_to_compare():
    short = evaluations([0], [0.5], [1.0])
    assert (
        metrics.smoothness_findings({"in_order": short, "shuffled": evaluations([0] * 5, [0.5] * 5, [1.0] * 5)}) == {}
    )


def test_neighbour_correlation_is_high_for_smooth_images_and_low_for_noise():
    rows, columns = np.mgrid[0:12, 0:12]
    bias = np.full((2, 1), 1e6)
    smooth = np.stack([np.sin(rows / 3) + columns / 10, rows * columns / 100]).reshape(2, -1)
    noise = np.random.RandomState(0).normal(size=(2, 144))
    assert metrics.neighbour_correlation(np.hstack([smooth, bias]), (12, 12)) > 0.9
    assert abs(metrics.neighbour_correlation(np.hstack([noise, bias]), (12, 12))) < 0.15
