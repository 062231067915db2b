"""Sources: those that ship are whole, and what is wrong in one is a line that names its file and key."""

import pytest

from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.source import FILES
from onelayer.experiment.task import Run
from tests.conftest import ROOT
from tests.helpers import refusal

SOURCES = sorted(path.name for path in (ROOT / "config/sources").iterdir())
MINE = {
    "source": """
title: A report
author: N. N.
date: "2020"
address: https://example.org
experiment:
  dataset: digits
  images:
    train: {file: train, count: 1000}
    validation: {file: train, first: 1000}
  training: {evaluations: {at: last}, inputs: {offset: 0, scale: 16}, max_epochs: 4}
  tasks:
    one: {model: softmax, classes: [0, 1], learning_rate: 0.1, lambdas: ["0.0", "0.10"], shuffle: [false, true], seeds: [3, 4]}
    two: {model: hinge, classes: [2, 3], learning_rate: 0.1, lambdas: [0.1], shuffle: [true]}
sections: {one: Task 1}
figures: {one: {loss: {name: figure_1, limits: [0.0, 0.2]}}}
""",
    "published": """
values:
  - {quantity: loss, place: Table 1, of: train_loss, published: "0.50", run: {task: one, lambda: "0.1", shuffle: true}}
  - {quantity: error, place: Table 1, of: validation_error, at: {epoch: [0, 3]}, unit: percent, published: ["7", "5.0"], run: {task: two}}
  - {quantity: decided, place: Table 2, of: train_confusion, published: [["9", "1"], ["2", "8"]], run: {task: two, seed: 0}}
  - {quantity: norm, place: Figure 1, of: weight_norm_squared, at: minimum, read_off: "7.3", fineness: 0.05, run: {task: one, lambda: "0.1"}}
""",
    "text": "introduction: In {one.classes}, at most {one.max_epochs} epochs.\n",
    "claims": """
claims:
  - {id: mine, origin: own, place: here, claim: It is so., quantity: It, rule: {below: 0.5}, why: "{two.max_epochs} epochs.",
     measure: {of: validation_loss, orders: true, tasks: [one], at: stop, over: seeds}}
""",
}
# A file, what of it is replaced by what, and parts of the line that says so, with ... between them.
WRONG = [
    ("source", "sections: {one", "sections: {three", "sections.three: no such task; its tasks: one, two"),
    ("source", "scale: 16", "scale: 0", "config: training.inputs.scale: 0 is less than ... (set in mine/source.yaml). What the rest"),
    ("source", "first: 1000", "first: 999", "one: validation = ... yaml): shares images with train"),
    ("source", "first: 1000", "first: 1297", "one: validation = ... yaml): no image is left from 1297 on"),
    ("source", "count: 1000", "count: 1000, drawn: 1001", "train = ... yaml): drawn: more than the 1000 images"),
    ("source", "count: 1000", "count: 1000, part: [900, 101]", "train = ... yaml): part: the place of the first"),
    ("source", "count: 1000", "drawn: 9, part: [0, 9]", "train = ... yaml): part and drawn do not go together"),
    ("source", "training: {", "training: {early_stop: {rule: never}, ", "early_stop = ... yaml): no rule 'never'; the rules are"),
    ("text", "{one.classes}", "{one.momentum}", "{one.momentum} ... write settings as {task.key}"),
    ("text", "{one.classes}", "{three.classes}", "{three.classes} ... write settings as {task.key}"),
    ("claims", "tasks: [one]", "tasks: [three]", "mine: measure.tasks: no task three; the source has one, two"),
    ("published", "run: {task: two}", "run: {task: three}", "values.1 (error): run: ... no task 'three'; its tasks: one, two"),
    ("published", 'lambda: "0.1", shuffle', 'lambda: "0.2", shuffle', "values.0 (loss): run = ... the task one trains no such run"),
    ("published", ", shuffle: true", "", "values.0 (loss): ... has several such runs: name lambda and shuffle"),
    ("published", "shuffle: true", "shuffle: true, seed: 5", "values.0 (loss): run = ... the task one trains no such run"),
    ("published", '"0.1", shuffle', "two, shuffle", "values.0.run.lambda: 'two' is not allowed ... a number in quotes"),
    *(("published", '"0.50"', f'"{text}"', "values.0.published: ... The number exactly") for text in ("half", "0,5", "", "nan", "inf")),
    ("published", '"0.50"', "0.50", "values.0.published: 0.5 is not of type"),
    ("published", '"5.0"]', '"about 5"]', "values.1.published.1: 'about 5' is not allowed"),
    ("published", '["9", "1"]', '["9", "one"]', "values.2.published.0.1: 'one' is not allowed"),
    ("published", "epoch: [0, 3]", "epoch: [3, 3]", "error ... stands there twice, for the same run and epoch 3"),
    ("published", ', "5.0"]', "]", "values.1 (error): 1 values for 2 steps or epochs: give one for each"),
    ("published", "epoch: [0, 3]", "epoch: [0, 4]", "values.1 (error): at = epoch: the task two has 4 epochs, from 0"),
    ("published", "of: train_loss", "of: test_loss", "values.0 (loss): of = 'test_loss': the task one has no test images"),
    ("published", "validation_error, at", "train_loss, at", "values.1 (error): ... set evaluations.train_loss of the task two"),
    ("published", "validation_error, at", "stop_epoch, at", "values.1 (error): of = 'stop_epoch' is unknown at epoch; known"),
    ("published", '"8"]]', '"8"], ["0", "0"]]', "values.2 (decided): ... for a confusion matrix of this task 2 lists of 2 numbers"),
    ("published", 'task: one, lambda: "0.1"}', "task: two}", "values.3 (norm): at = minimum: ... of hinge with lambda 0.1 can"),
    ("published", 'task: one, lambda: "0.1"}', 'task: one, lambda: "0.0"}', "values.3 (norm): at = minimum: ... of softmax with lambda 0.0"),
    ("published", ', fineness: 0.05', "", "values.3: "),
]  # fmt: skip


@pytest.fixture
def mine(tmp_path, monkeypatch):
    """A function that writes a source to the folder mine, changed, and reads the configuration with it."""
    (tmp_path / "mine").mkdir()
    monkeypatch.chdir(tmp_path)

    def read(file="source", old="", new="", **given):
        assert old in MINE[file]
        for name, text in (MINE | {file: MINE[file].replace(old, new)}).items():
            (tmp_path / f"mine/{name}.yaml").write_text(text)
        return read_configuration(ROOT, [], {"source": "mine", **given})

    return read


@pytest.mark.parametrize("evidence", [False, True])
@pytest.mark.parametrize("name", SOURCES)
def test_every_source_that_ships_is_read_and_its_values_are_of_runs_that_are_trained(name, evidence):
    found = read_configuration(ROOT, [], {"source": name, "evidence": evidence})
    source = found.source
    assert {path.stem for path in (ROOT / "config/sources" / name).iterdir()} <= set(FILES)
    assert source.values and all(source.details.values())
    assert set(source.sections) == set(source.own) <= set(found.tasks)
    assert all(value.when == "minimum" or value.run in found.runs for value in source.values)
    assert source.differing(found.tasks) == {task: [] for task in found.tasks}
    assert bool(source.claims) == bool(source.introduction) == (name == "tdt4265_2022")
    if not evidence:
        assert set(found.tasks) == set(source.own)


def test_a_source_of_ones_own_is_read_with_its_values_its_limits_and_its_text(mine):
    source = mine().source
    run, two = Run("one", "0.10", True, 3), Run("two", "0.1", True, 0)  # the first seed, as its folder spells it
    found = [(value.column, value.moment, value.cell, value.published, value.run) for value in source.values]
    assert found == [
        ("train_loss", "last", None, "0.50", run),
        *(("validation_error", f"epoch {epoch}", None, text, two) for epoch, text in ((0, "7"), (3, "5.0"))),
        *(("train_confusion", "last", (n // 2, n % 2), text, two) for n, text in enumerate("9128")),
        ("weight_norm_squared", "minimum", None, "7.3", Run("one", "0.10", False, 0)),
    ]
    assert (source.limits("one", "loss"), source.limits("two", "loss")) == ([0.0, 0.2], None)
    assert source.introduction == "In 0 and 1, at most 4 epochs."
    assert (source.claims[0].why, source.claims[0].ours) == ("4 epochs.", True)  # a limit that is not 0


@pytest.mark.parametrize(("file", "old", "new", "says"), WRONG)
def test_what_is_wrong_in_a_source_is_one_line_with_its_file_and_key(mine, file, old, new, says):
    message = refusal(mine, file, old, new)
    assert f"mine/{file}.yaml" in message
    assert all(part in message for part in says.split(" ... ")) and "\n" not in message and len(message) < 600


def test_a_source_that_is_not_there_is_named_with_those_that_are_and_null_needs_tasks(mine):
    for name in ("letters", "../x", "mine/source.yaml", 2022):
        said = refusal(mine, source=name)
        assert f"source = '{name}': no such source. There are {', '.join(SOURCES)}, or the" in said
    for null in (None, "null"):
        assert "'dataset' is a required property" in refusal(mine, source=null)
    experiment = {"dataset": "digits", "images": {"train": {"file": "train"}, "validation": {"file": "test"}}}
    assert "'tasks' is a required property" in refusal(mine, source=None, **experiment)
