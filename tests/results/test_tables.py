"""Tables of runs and of what they predict, and what report and terminal say of them, on numbers few enough to count by hand."""

import numpy as np
import pandas as pd
import pytest

from onelayer.data.store import write_images
from onelayer.experiment.task import Images
from onelayer.io.files import write_json, write_text
from onelayer.results.findings import curve_findings, findings_of
from onelayer.results.predictions import predictions_of
from onelayer.results.tables import metrics_table, sweep_table
from onelayer.results.terminal_lines import closing_lines, made_from
from onelayer.training.summarise import neighbour_correlation
from tests.helpers import evaluations, run, summary, task

GRID = task(lambdas=["0.5", "0"], shuffle=[True, False], seeds=[1, 2], penalty="half_sum")
# Losses, whether they have risen, and by how much.
RISES = [
    (np.concatenate([np.linspace(1, 0.5, 20), np.linspace(0.5, 0.7, 900)]), True, 0.352),
    ([1, 0.5, 0.5049], False, 0.0098),
    ([1, 0.5, 0.5051], True, 0.0102),
    (0.5 + 0.1 * np.resize([0, 1, 0, -1], 62), False, 0.069),
]


def swept(*rows):
    """The sweep of runs of GRID, given as (lambda, seed, validation accuracy, squared norm)."""
    columns = ("lambda", "seed", "validation_accuracy", "weight_norm_squared")
    summaries = [summary(**dict(zip(columns, row, strict=True)), diverged=row[0] == "0") for row in rows]
    return sweep_table(metrics_table(summaries), {"softmax": GRID})


def test_the_sweep_averages_over_seeds_from_the_smallest_lambda():
    table = swept(("0.5", 1, 0.7, 4), ("0.5", 2, 0.9, 8), ("0", 1, 0.6, 4))
    assert table[["lambda", "runs", "diverged"]].to_numpy().tolist() == [["0", 1, 1], ["0.5", 2, 0]]
    assert table["validation_accuracy"].tolist() == pytest.approx([0.6, 0.8])
    deviations = table[["validation_accuracy_sd", "weight_norm_squared_sd"]].to_numpy().ravel().tolist()
    assert deviations == pytest.approx([np.nan, np.nan, np.sqrt(0.02), np.sqrt(8)], nan_ok=True)
    assert table["weight_decay_factor"].tolist() == pytest.approx([1, 1 - 2 * 0.5 * GRID.learning_rate * 0.5])


@pytest.mark.parametrize(("norms", "falls"), [((4.0, 1.0), True), ((4.0, 4.0), False), ((1.0, 4.0), False)])
def test_what_is_found_compares_lambdas_in_the_first_order_and_orders_over_the_end_of_the_shorter_run(norms, falls):
    accuracies = {True: [0, 9, 1, 1, 1, 1, 1.5], False: [0, 9, 9, 1, 1, 0.5, 1, 7, 7]}
    runs = {one: run(np.ones(len(accuracies[one.shuffle])), validation_loss=one.seed) for one in GRID.runs}
    for one, files in runs.items():
        files.evaluations["validation_accuracy"] = np.array(accuracies[one.shuffle])
        files.summary |= {"run": "", "best_step": 20, "lambda": one.lam, "diverged": not one.shuffle}
        files.summary["neighbour_correlation"] = one.seed
    found = findings_of(GRID, runs, swept(("0", 1, norms[0] / 10, norms[0]), ("0.5", 1, norms[1] / 10, norms[1])))
    assert found["runs"] == 6 and found["diverged"] == [one.folder for one in GRID.runs if not one.shuffle]
    assert (found["references"][0]["lambda"], found["references"][0]["validation_loss"]) == ("0", 1)
    assert [own["evaluations_since_best"] for own in found["references"]] == [2, 2]
    best = {"best_lambda": "0" if norms[0] == 4 else "0.5", "best_accuracy": 0.4}
    assert found["sweep"] == {"runs": 1, "norm_falls": falls, "accuracy_falls": falls, "diverged": 1, **best}
    assert found["weights"] == {"lambdas": ["0", "0.5"], "correlations": [1, 1]} and "run" not in found["references"][0]
    ordered, shuffled = (found["orders"].pop(order) for order in ("file_order", "shuffled"))
    assert found["orders"] == {"first_step": 7, "last_step": 30} and shuffled["largest_drop"] == 0
    assert (ordered["runs"], shuffled["runs"], shuffled["validation_loss"]) == (1, 2, 1.5)
    assert (ordered["largest_drop"], ordered["mean_change"]) == (8, pytest.approx((8 + 0 + 0.5 + 0.5) / 4))


@pytest.mark.parametrize(("losses", "risen", "rise"), RISES)
def test_overfitting_is_a_rise_of_the_loss_of_more_than_1_percent_and_than_its_wavering(losses, risen, rise):
    found = curve_findings(evaluations(losses, train=np.arange(len(losses))))
    assert found["risen"] is risen and found["level_rise"] == pytest.approx(rise, abs=1e-3)
    assert found["train_gain"] == len(losses) - 1 - found["lowest_level_step"] / 5


def test_a_correlation_is_of_pixels_that_touch_and_empty_without_neighbours():
    ramp = np.append(np.arange(12.0), 99)[None]  # 4 rows of 3 pixels, and the bias
    pairs = [(n, n + 1) for n in range(12) if n % 3 < 2] + [(n, n + 3) for n in range(9)]
    assert neighbour_correlation(ramp, (4, 3)) == pytest.approx(np.corrcoef(np.transpose(pairs))[0, 1])
    assert neighbour_correlation(np.ones((2, 13)), (4, 3)) is neighbour_correlation(np.ones((2, 2)), (1, 1)) is None


@pytest.mark.parametrize(("name", "classes"), [("logistic", [3, 1]), ("softmax", [4, 0, 2])])
def test_last_weights_predict_the_validation_images_of_their_task(name, classes, images, tmp_path):
    write_images(tmp_path / "test.parquet", images)
    setup = task(model=name, classes=classes, validation=Images("test", 20, 30))
    weights = np.random.RandomState(5).normal(size=(1 if name == "logistic" else 3, 13))
    one = predictions_of(setup, weights, "validation", 0, {"test": tmp_path / "test.parquet"})
    numbers = [number for number in range(20, 50) if images.labels[number] in classes]
    logits = np.column_stack([images.images[numbers].reshape(-1, 12) / 8.0 - 1, np.ones(len(numbers))]) @ weights.T
    assert one.label.tolist() == images.labels[numbers].tolist()
    decided = (logits[:, 0] <= 0).astype(int) if name == "logistic" else logits.argmax(axis=1)
    assert one.predicted.tolist() == [classes[place] for place in decided]
    np.testing.assert_array_equal(one.confidence, one.probabilities.max(axis=1))


RUNS = [
    summary(task="long_name", validation_images=1000, shuffle=False),
    summary(task="long_name", validation_images=1000, validation_accuracy=0.912, diverged=True, **{"lambda": "2.0"}),
    summary(task="b", shuffle=False, stopped_early=False),
    summary(task="b"),
]
PUBLISHED = [("long_name", "met"), ("long_name", "missed"), ("a", "does not apply"), ("b", "not run")]
# A claim over data has a row for each part.
CLAIMS = [("a", "not run"), ("b", "supported"), ("b", "supported"), ("c", "undecided"), ("d", "supported")]


def test_a_run_of_everything_ends_with_what_was_found_and_what_to_open(tmp_path):
    published = pd.DataFrame(PUBLISHED, columns=["task", "verdict"]).assign(quantity="loss", place="Task 2")
    claims = pd.DataFrame(CLAIMS, columns=["id", "verdict"])
    for name, table in {"metrics": metrics_table(RUNS), "published": published, "claims": claims}.items():
        write_text(tmp_path / f"tables/{name}.csv", table.to_csv(index=False))
    said = closing_lines(tmp_path, {"a": ["dataset", "train"], "long_name": ["model"]}, 12, 119.6)
    for line in (
        "Finished: 12 jobs in 2 min 0 s",
        "  long_name   91.20 % of 1,000  lambda 2.0, shuffled, seed 0; 2 of 2 stopped early, 1 diverged: a lower",
        "  b           80.00 % of 30  lambda 0.0, file order, seed 0; 1 of 2 stopped early",  # of equals the first
        "values: 1 of 4 met; 1 missed: loss (Task 2); 1 do not apply, their tasks differ in dataset, train; 1 of runs that",
        "Claims: 2 supported, 1 undecided, 1 not run; make evidence trains what decides more",
    ):
        assert line in said
    for path in (tmp_path / "tables").iterdir():  # of a source that has none of it nothing is said
        path.write_text("task\n")
    said = " ".join(closing_lines(tmp_path, {}, 1, 42).split())
    assert said == f"Finished: 1 jobs in 42 s In {tmp_path.resolve()} tables every number"


def test_what_is_left_of_a_task_tells_of_another_configuration_if_it_can_be_read(tmp_path):
    folder = tmp_path / "runs/task=gone/lambda=0.0/shuffle=true/seed=0"
    folder.mkdir(parents=True)
    assert made_from(tmp_path, {}, {}) is None  # an interrupted run leaves an empty folder
    write_text(folder / "summary.json", "{")
    assert made_from(tmp_path, {}, {}) is None
    write_json(folder / "summary.json", {"run": '{"dataset": "digits"}'})
    assert made_from(tmp_path, {}, {}) == "task gone, data set digits"
    # Of a task that was taken out before the last run, its runs are left, and nothing is to be said.
    write_json(tmp_path / "provenance.json", {"configuration": {"tasks": {"a": 1}}})
    assert made_from(tmp_path, {"tasks": {"a": 1}}, {}) is None
    assert made_from(tmp_path, {"tasks": {"a": 2}}, {}) == "source null, data set None, tasks a"
