"""One folder, one experiment: the words that say from what results were made, if that is another configuration."""

import json
import shutil

import pytest

from onelayer.io.files import write_json
from onelayer.results.earlier import made_from
from onelayer.training.runs import identity
from tests.conftest import published_config
from tests.helpers import task

TASKS = {"one": task(name="one", lambdas=["0.10", "0"]), "other": task(name="other", seeds=[4])}
MINE = {"source": None, "dataset": "digits", "tasks": {"a": {"classes": [0, 1]}, "b": None}}
# What is changed in a task, and whether its run in the folder is of another configuration.
CHANGES = [
    ({}, False),
    ({"lambdas": ["0.1"]}, False),  # the same number, and fewer runs
    ({"seeds": [4, 0]}, False),
    ({"lambdas": ["0"]}, True),
    ({"seeds": [1]}, True),
    ({"shuffle": [False]}, True),
    ({"classes": [4, 3, 2, 1, 0]}, True),
    ({"dataset": "mnist"}, True),
    ({"learning_rate": 0.2}, True),
    ({"early_stop": None}, True),
]


def with_runs(results, *names):
    """Results in which a run of each named task has ended, the one of lambda 0.1 of the first."""
    for own in (TASKS[name] for name in names):
        run = own.runs[0]
        write_json(results / "runs" / run.folder / "summary.json", {"run": identity(own.settings(run), "summary.json")})
    return results


def with_provenance(results, configuration):
    write_json(results / "provenance.json", {"configuration": configuration})
    return results


def test_the_provenance_says_what_was_there_and_nothing_is_said_of_the_same_configuration_or_of_no_results(tmp_path):
    own = published_config()
    assert made_from(tmp_path / "none", own, TASKS) is None
    assert made_from(with_provenance(tmp_path, own), own, {}) is None
    changed = own | {"training": own["training"] | {"batch_size": 64}}
    said = "source tdt4265_2022, data set mnist, tasks binary, softmax, softmax_figure_8, softmax_figure_9"
    assert made_from(tmp_path, changed, {}) == said
    assert made_from(with_provenance(tmp_path, MINE), own, {}) == "source null, data set digits, tasks a"


@pytest.mark.parametrize(("changes", "other"), CHANGES)
def test_without_a_provenance_a_run_of_each_task_says_it(tmp_path, changes, other):
    results = with_runs(tmp_path, "one", "other")
    changed = {"one": task(**{"name": "one", "lambdas": ["0.10", "0"]} | changes), "other": TASKS["other"]}
    assert made_from(results, {}, changed) == ("task one with other settings" if other else None)


def test_a_task_that_is_no_more_is_named_and_a_damaged_file_says_nothing(tmp_path):
    results = with_runs(tmp_path, "one", "other")
    assert made_from(results, {}, {"one": TASKS["one"]}) == "task other, data set digits"
    for text in ("", "{", "{}", '{"run": "{"}', '{"run": null}', '{"configuration": null}'):
        for path in (*results.glob("runs/*/*/*/*/summary.json"), results / "provenance.json"):
            path.write_text(text)
        assert made_from(results, {}, {}) is None, text
    shutil.rmtree(with_provenance(results, MINE) / "runs")
    assert made_from(results, json.loads(json.dumps(MINE)), {}) is None
