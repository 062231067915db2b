import copy

import pandas as pd
import pytest

from onelayer.config import differing_keys
from onelayer.published import COLUMNS, published_table

RUN = {"task": "binary", "lambda": "0.0", "shuffle": True, "seed": 0}
METRICS = pd.DataFrame(
    [("binary", "0.0", "true", 0, 16, 0.5), ("binary", "0.0", "false", 0, 33, 0.7)],
    columns=["task", "lambda", "shuffle", "seed", "stop_epoch", "train_loss"],
)


def value(column, published, tolerance, **run):
    return {
        "quantity": "q",
        "place": "p",
        "column": column,
        "published": published,
        "tolerance": tolerance,
        "run": RUN | run,
    }


@pytest.mark.parametrize(
    ("published", "tolerance", "verdict"),
    [(0.5, 0, "met"), (0.5000001, 0, "missed"), (0.50000001, 1e-6, "met"), (0.6, 0.1, "missed"), (0.55, 0.1, "met")],
)
def test_verdict_is_by_relative_tolerance(published, tolerance, verdict):
    table = published_table([value("train_loss", published, tolerance)], METRICS, [])
    assert list(table.columns) == COLUMNS
    assert table["verdict"].tolist() == [verdict]
    assert table["difference"][0] == 0.5 - published


def test_each_row_looks_at_its_own_run_and_integers_stay_integers():
    table = published_table([value("stop_epoch", 16, 0), value("stop_epoch", 16, 0, shuffle=False)], METRICS, [])
    assert table["verdict"].tolist() == ["met", "missed"]
    assert table["rebuilt"].tolist() == [16, 33]
    assert "16,16,0,0" in table.to_csv(index=False)


def test_a_lambda_is_the_same_however_it_is_spelled():
    table = published_table([value("train_loss", 0.5, 0, **{"lambda": "0"})], METRICS, [])
    assert table["verdict"].tolist() == ["met"]


def test_a_run_outside_the_grid_is_not_met():
    table = published_table([value("train_loss", 0.5, 1, seed=9)], METRICS, [])
    assert table["verdict"].tolist() == ["not run"] and table["rebuilt"].isna().all()


def test_nothing_applies_to_another_experiment():
    table = published_table([value("train_loss", 0.5, 1)], METRICS, ["dataset"])
    assert table["verdict"].tolist() == ["does not apply"] and table["rebuilt"].isna().all()


def test_differing_keys_are_found_at_any_depth_and_the_grid_is_free():
    experiment = {"dataset": "mnist", "tasks": {"binary": {"classes": [2, 3]}}, "training": {"batch_size": 128}}
    config = copy.deepcopy(experiment)
    config["tasks"]["binary"]["lambdas"] = ["9"]
    config["training"]["seeds"] = [5]
    assert differing_keys(config, experiment) == []
    config["tasks"]["binary"]["classes"] = [3, 2]
    config["training"]["batch_size"] = 64
    assert differing_keys(config, experiment) == ["tasks.binary.classes", "training.batch_size"]
