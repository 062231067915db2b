import numpy as np
import pytest

from onelayer.config import check_schema, read_yaml
from onelayer.grid import differences, tasks_of
from onelayer.published import is_met, published_table
from onelayer.tables import metrics_table
from tests.conftest import ROOT
from tests.unit.helpers import summary

PUBLISHED = read_yaml(ROOT / "config/published.yaml")
VALUE = {
    "quantity": "training loss", "place": "Task 2", "column": "train_loss", "published": 0.5, "tolerance": 1e-9,
    "run": {"task": "softmax", "lambda": "0.0", "shuffle": True, "seed": 0},
}  # fmt: skip


def verdict(value, differing=None, **run):
    table = published_table(
        [value], metrics_table([summary(**run)]), {"softmax": []} if differing is None else differing
    )
    return table.iloc[0]


@pytest.mark.parametrize(
    ("rebuilt", "said"),
    [
        (0.5, "met"),
        (0.5 + 4e-10, "met"),
        (0.5 - 4e-10, "met"),
        (0.5 + 6e-10, "missed"),
        (0.4, "missed"),
        (np.nan, "missed"),
    ],
)
def test_a_value_is_met_within_its_tolerance(rebuilt, said):
    row = verdict(VALUE, train_loss=rebuilt)
    assert row["verdict"] == said
    assert row["difference"] == rebuilt - 0.5 or np.isnan(rebuilt)


def test_a_tolerance_of_zero_asks_for_the_same_number():
    assert is_met(33, 33, 0) and not is_met(33, 34, 0) and not is_met(0.5, np.nextafter(0.5, 1), 0)


@pytest.mark.parametrize("run", [{"task": "other"}, {"lambda": "0.1"}, {"shuffle": False}, {"seed": 1}])
def test_without_its_run_a_value_is_not_run(run):
    assert verdict(VALUE, **run)["verdict"] == "not run"


def test_a_lambda_is_compared_as_a_number():
    assert verdict(VALUE, **{"lambda": "0"})["verdict"] == "met"


def test_other_settings_of_its_task_decide_and_those_of_others_do_not():
    assert verdict(VALUE, {"softmax": ["classes"]})["verdict"] == "does not apply"
    assert verdict(VALUE, {"softmax": [], "binary": ["classes"]})["verdict"] == "met"
    assert verdict(VALUE, {"binary": []})["verdict"] == "not run"


def test_the_published_settings_are_those_of_the_configuration(config):
    check_schema(PUBLISHED, read_yaml(ROOT / "workflow/schemas/published.schema.yaml"), "published")
    published, tasks = tasks_of(PUBLISHED["experiment"]), tasks_of(config)
    assert {name: differences(tasks[name], task) for name, task in published.items()} == {"binary": [], "softmax": []}
    # Every setting is compared, but for the grid.
    assert set(tasks["binary"]) - set(published["binary"]) == {"lambdas", "shuffle", "seeds"}
    for value in PUBLISHED["values"]:
        run, task = value["run"], tasks[value["run"]["task"]]
        assert run["lambda"] in task["lambdas"] and run["shuffle"] in task["shuffle"] and run["seed"] == 0
