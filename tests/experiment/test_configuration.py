"""What a configuration may not say, and the one line that it gets; what it may say, and the tasks and runs that come of it."""

import os

import pytest

from onelayer.experiment.config import read_yaml
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.images import Images
from onelayer.experiment.task import Run, Settings, Setup, tasks_of
from tests.conftest import COUNTS, ROOT
from tests.experiment.configurations import BAD, PUBLISHED
from tests.helpers import refusal

MINE = "tasks: {mine: {model: softmax, classes: [1, 2], learning_rate: 0.1, lambdas: [0], shuffle: [true]}}"
GOOD = [
    MINE,
    "tasks: {binary: null}\nimages: {test: {file: train, first: 20000, count: 10}}",
    "tasks: {binary: {validation: {file: train, first: 20000, count: 10}, test: {file: test, count: 10}}}",
    "dataset: digits\nimages: {train: {count: 1297}, validation: {count: 500}}",
    "tasks: {binary: {lambdas: [19.9]}}",
    "tasks: {softmax: {shuffle: []}}",
    "training: {batch_size: 20000, penalty: half_sum}\ntasks: {binary: {lambdas: [39.9]}}",
]


@pytest.mark.parametrize(("overlay", "says"), [*BAD, *((text, "") for text in GOOD)])
def test_what_cannot_be_is_one_line_that_says_what_and_where_and_what_can_be_is_accepted(tmp_path, overlay, says):
    path = tmp_path / "overlay.yaml"
    path.write_text(overlay)
    if says:
        message = refusal(read_configuration, ROOT, [path], {})
        assert all(part in message for part in says.split(" ... ")) and "\n" not in message and len(message) < 600
    else:
        assert read_configuration(ROOT, [path], {}).runs


def test_overlays_and_the_command_line_are_merged_in_order_and_a_list_replaces_a_list(tmp_path):
    for name, text in (
        ("a", "training: {early_stop: {evaluations: 3}, seeds: [4, 5]}"),
        ("b", f"training: {{max_epochs: 4}}\n{MINE}"),
    ):
        (tmp_path / name).write_text(text)
    given = {"training": {"seeds": [7]}, "offline": "true", "evidence": "false", "images_to_predict": "x.png"}
    found = read_configuration(ROOT, [tmp_path / "a", tmp_path / "b"], given)
    mine = found.tasks["mine"]
    assert (mine.early_stop, mine.seeds, mine.max_epochs) == ({"rule": "patience", "evaluations": 3}, (7,), 4)
    assert (found.values["offline"], found.values["evidence"], found.dataset.name) == (True, False, "mnist")
    assert set(found.experiment) == {"source", "dataset", "images", "training", "tasks"}
    assert ("training.seeds", "7") in found.shown["configuration"] and found.shown["names"]["mine"] == ["1", "2"]
    assert found.source.differing(found.tasks) == {name: ["max_epochs", "early_stop"] for name in PUBLISHED}
    growing = {"rule": "growing_patience", "steps": 9, "growth": 2, "threshold": 0.9}  # replaces the rule
    assert read_configuration(ROOT, [], {"training": {"early_stop": growing}}).tasks["binary"].early_stop == growing


def test_what_cannot_be_read_or_used_is_named_and_yaml_may_have_merge_keys(tmp_path, monkeypatch):
    (tmp_path / "merge.yaml").write_text("base: &base {a: 1, b: 2}\nother: {<<: *base, b: 3}\n")
    assert read_yaml(tmp_path / "merge.yaml")["other"] == {"a": 1, "b": 3}
    assert "absent.yaml: cannot be read: No such file" in refusal(read_yaml, tmp_path / "absent.yaml")
    assert "Snakemake takes braces in the project's path" in refusal(read_configuration, tmp_path / "a{b}", [], {})
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert f"{os.getcwd()}: this folder cannot be written" in refusal(read_configuration, ROOT, [], {})


def test_a_task_inherits_images_and_training_overrides_any_key_and_only_what_is_published_can_differ(config):
    published = tasks_of(config, COUNTS)["softmax"]
    config["images"]["test"] = {"file": "test", "count": 7}
    config["tasks"]["long"] = config["tasks"]["softmax"] | {"max_epochs": 500, "train": {"first": 20000}, "seeds": [4]}
    config["tasks"]["binary"] = None
    config["tasks"] |= {"softmax_figure_8": None, "softmax_figure_9": None}
    tasks = tasks_of(config, COUNTS)
    assert list(tasks) == ["softmax", "long"] and (tasks["long"].max_epochs, tasks["softmax"].max_epochs) == (500, 50)
    assert tasks["long"].train == Images("train", 20000, 20000) and tasks["long"].test == Images("test", 0, 7)
    assert tasks["long"].differences(published) == ["max_epochs", "train", "test"]
    settings = tasks["long"].settings(Run("long", "0.02", True, 3))
    assert (settings.lam, settings.shuffle, settings.seed, settings.batch_size) == (0.02, True, 3, 128)
    assert Settings.of(settings.plain()) == settings and Setup.of(published.setup.plain()) == published.setup
    before = [tasks["long"].settings(Run("long", lam, True, 3)).permutations_before for lam in ("2.0", "2e0", "0.02")]
    assert before == [50, 50, 0]  # by what a lambda means, however it is spelled


def test_the_grid_spans_lambda_shuffle_and_seed_and_file_order_is_trained_once(config):
    config["tasks"]["binary"] |= {"lambdas": ["0.10", 0.0, "2", 5e-5], "seeds": [5, 6]}
    task = tasks_of(config, COUNTS)["binary"]
    spelled, orders = ("0.10", "0.0", "2", "5e-05"), ((False, 0), (True, 5), (True, 6))
    assert task.runs == [Run("binary", lam, shuffle, seed) for lam in spelled for shuffle, seed in orders]
    assert task.runs[0].folder == "task=binary/lambda=0.10/shuffle=false/seed=0"
    by_lambda = [Run("binary", lam, False, 0) for lam in ("0.0", "5e-05", "0.10", "2")]
    assert task.first_runs == task.sweep_runs == by_lambda
    assert (task.reference_runs, task.extreme_runs) == (by_lambda[:1], [by_lambda[0], by_lambda[3]])
    assert task.order_runs == [Run("binary", "0.0", *order) for order in orders]
    assert task.sampled_runs(2) == [by_lambda[0], by_lambda[3], task.order_runs[1]]
