"""What a configuration may not say, and the one line that it gets; what it may say, and the tasks, runs and images that come of it."""

import os

import pytest

from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.images import Images
from onelayer.experiment.task import Run, tasks_of
from tests.conftest import COUNTS, ROOT
from tests.helpers import refusal

PUBLISHED = ("binary", "softmax", "softmax_figure_8", "softmax_figure_9")
# What would do harm in a path, a shell or LaTeX.
HOSTILE = ("$(touch owned)", "; touch owned", "`touch owned`", r"\input{/etc/passwd}", "../x", "/etc/x", "~/x", ".")
NO_COUNT = "0 -1 2.5 5.0 1e3 '8' true null [8] {a:8} .nan .inf"
# Values that a task may not have.
WRONG = {
    "learning_rate": "0 -0.1 1.0e-13 .inf -.inf fast 1e-2 '0.1' yes null [0.1] 1.0e+200",
    "lambdas": "[] null '0.2' {a:0} [null] [true] ['0.2','0.20'] ['0.1',0.1] ['2','2e0'] ['-1'] ['nan'] ['1e999'] [''] ['0,2'] [-1] [.nan]",
    "classes": "[] [1,1] [2] [2.0,3] ['2','3'] 2 null [true,2] [2,10] [-1,2]",
    "shuffle": "true ['true'] [1] [null] [true,true]",
    "train": "[] {file:other} {count:0} {count:-1} {count:2.0} {first:-1} {last:3} {count:60001}",
    "model": "deep ../x __init__ null",
    "seeds": "[] [1,1] [-1] [4294967296] [1.0] ['0'] [yes] 0 null",
    "dtype": "float16 null [float32]",
    "penalty": "l1 true [sum]",
    "batch_size": NO_COUNT,
    "max_epochs": NO_COUNT,
    "evaluations": "{per_epoch:0} {per_epoch:1.0} {at:middle} {train_loss:1} {every:2} 5",
    "permutations_before": "-1 1.0 true null {'2.0':-1}",
    "inputs": "{offset:0} {offset:0,scale:0} {offset:0,scale:-1} {offset:.inf,scale:1} {offset:'0',scale:1} 255",
    "bias": "1 null",
    "early_stop": "never {evaluations:3} {rule:3} {rule:../x,evaluations:3} {rule:__init__} {rule:patience} "
    "{rule:patience,evaluations:3,steps:3} {rule:patience,evaluations:0} {rule:patience,evaluations:true} "
    "{rule:patience,evaluations:5.0} {rule:growing_patience,steps:0,growth:3,threshold:0.9} "
    "{rule:growing_patience,steps:6,growth:0,threshold:0.9} {rule:growing_patience,steps:6,growth:.nan,threshold:0.9} "
    "{rule:growing_patience,steps:6,growth:3,threshold:0}",
}
# An overlay, and parts of the line that it must end in, with ... between them.
BAD = [
    *((text, "overlay.yaml: cannot be read as YAML") for text in ("training: [1\nseeds: 2", "a: b\n---\na: c\n", "dataset: 2026-13-45")),
    ("dataset: !!python/object/apply:os.system ['touch owned']\n", "overlay.yaml: cannot be read as YAML"),
    ("offline: true\noffline: false\n", "the key 'offline' stands twice in one mapping ... line 2"),
    ("tasks: {1: {}}", "the key '1' ... is no text and needs quotes"),
    # Snakemake would evaluate it.
    ("__use_yte__: true\ndataset: '?open(\"owned\", \"w\")'\n", "top level: unknown key '__use_yte__'"),
    # Unknown keys at each level, and missing ones.
    ("trainig: {}", "config: top level: unknown key 'trainig' (set in ... overlay.yaml). Did you mean training? Known here: source, dataset"),
    ("training: {cores: 8}", "config: training: unknown key 'cores' (set in ... overlay.yaml). Known here: batch_size"),
    ("tasks: {softmax: {momentum: 0.9}}", "config: tasks.softmax: unknown key 'momentum'"),
    ("datasets: {digits: {momentum: 1}}", "config: datasets: digits: unknown key 'momentum'"),
    ("datasets: {My data: {}}", "config: datasets: top level: ... lower-case letters"),
    ("learning_rate: 0.1", "unknown key 'learning_rate' ... Did you mean tasks.<name>.learning_rate? Known"),
    ("softmax: {learning_rate: 0.1}", "unknown key 'softmax' ... Did you mean tasks.softmax? Known"),
    ("tasks: {softmax: {shuffle: true}}", "config: tasks.softmax.shuffle: true is no list: write [true]"),
    ("tasks: {my task: null}", "config: tasks: 'my task' is not allowed ... A task's name has lower-case letters"),
    *((f"tasks: {{softmax: {{lambdas: [{text}]}}}}", f"'{text}' is no decimal number") for text in ("010", "0x10", "1_000", "1:30")),
    *((f"tasks: {{softmax: {{lambdas: ['{text}']}}}}", f"{text} changes nothing in double precision") for text in ("5e-324", "1e-999")),
    *((text, "overlay.yaml: holds ... but a mapping with keys of the configuration is needed") for text in ("", "- dataset: digits")),
    ("tasks: {mine: {model: softmax}}", "config: tasks.mine: 'classes' is a required property"),
    *((f"tasks: {tasks}", "config: tasks") for tasks in ("null", "{../x: null}", "{Mine: null}", f"{{{': null, '.join(PUBLISHED)}: null}}")),
    # What must fit together.
    ("dataset: letters", "config: dataset = 'letters': the known data sets are mnist, fashion-mnist, digits"),
    ("dataset: digits", "(set in config/sources/tdt4265_2022/source.yaml): the train images of this data set are 1297"),
    ("training: {batch_size: 20001}", "tasks.binary: batch_size = 20001 (set in ... overlay.yaml): more than the 20000 training images"),
    ("images: {test: {file: train, first: 19999, count: 1}}", "(set in ... overlay.yaml): shares images with train"),
    ("images: {test: {file: test, first: 9999, count: 1}}", "(set in ... overlay.yaml): shares images with validation"),
    ("images: {test: {count: 10}}", "(set in ... overlay.yaml): missing key 'file'"),
    ("tasks: {binary: {classes: [1, 2, 3]}}", "the model logistic takes 2 classes"),
    ("tasks: {binary: {lambdas: [20]}}", "at learning_rate 0.05 the penalty alone makes weights grow from 20 on"),
    ("tasks: {binary: {penalty: half_sum, lambdas: [40.0]}}", "the penalty alone makes weights grow from 40 on"),
    # Values.
    *((f"dataset: {some}", "config: dataset") for some in ("no", "{name: mnist}", "3", *map(repr, HOSTILE))),
    *((f"{key}: {some}", f"config: {key}: ") for some in ("maybe", "3", "null", "[]") for key in ("offline", "evidence", "training")),
    *((f"tasks: {{softmax: {{lambdas: ['{text}']}}}}", "config: tasks.softmax.lambdas.0: ") for text in (*HOSTILE, "0" * 300)),
    *((f"tasks: {{softmax: {{{key}: {value.replace(':', ': ')}}}}}", f"config: tasks.softmax ... {key}") for key, values in WRONG.items()
      for value in values.split()),
]  # fmt: skip
MINE = "tasks: {mine: {model: softmax, classes: [1, 2], learning_rate: 0.1, lambdas: [0], shuffle: [true]}}"
GOOD = [
    "tasks: {binary: null}\nimages: {test: {file: train, first: 20000, count: 10}}",
    "tasks: {binary: {validation: {file: train, first: 20000, count: 10}, test: {file: test, count: 10}}}",
    "tasks: {binary: {lambdas: [19.9]}}",
    "training: {batch_size: 20000, penalty: half_sum}\ntasks: {binary: {lambdas: [39.9]}}",
]


@pytest.mark.parametrize(("overlay", "says"), BAD)
def test_what_cannot_be_is_one_line_that_says_what_and_where(tmp_path, overlay, says):
    (tmp_path / "overlay.yaml").write_text(overlay)
    message = refusal(read_configuration, ROOT, [tmp_path / "overlay.yaml"], {})
    assert all(part in message for part in says.split(" ... ")) and "\n" not in message and len(message) < 600


@pytest.mark.parametrize("overlay", GOOD)
def test_what_can_be_is_accepted(tmp_path, overlay):
    (tmp_path / "overlay.yaml").write_text(overlay)
    assert read_configuration(ROOT, [tmp_path / "overlay.yaml"], {}).runs


def test_overlays_and_the_command_line_are_merged_in_order_and_a_list_replaces_a_list(tmp_path):
    (tmp_path / "a").write_text("training: {early_stop: {evaluations: 3}, seeds: [4, 5]}")
    (tmp_path / "b").write_text(f"training: {{max_epochs: 4}}\n{MINE}")
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


def test_a_folder_that_cannot_be_used_is_named(tmp_path, monkeypatch):
    assert "Snakemake takes braces in the project's path" in refusal(read_configuration, tmp_path / "a{b}", [], {})
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert f"{os.getcwd()}: this folder cannot be written" in refusal(read_configuration, ROOT, [], {})


def test_runs_are_ordered_by_what_a_lambda_means_and_drawn_images_differ_by_seed_in_file_order_too(config):
    own = {"lambdas": ["0.10", 0.0, "2", 5e-5], "seeds": [5, 6], "permutations_before": {"2.0": 7}}
    config["tasks"]["binary"] |= own
    task = tasks_of(config, COUNTS)["binary"]
    assert [run.lam for run in task.first_runs] == ["0.0", "5e-05", "0.10", "2"]
    assert [task.settings(run).permutations_before for run in task.first_runs] == [0, 0, 0, 7]
    assert task.sampled_runs(2) == [*task.extreme_runs, Run("binary", "0.0", True, 5)]
    config["tasks"]["binary"]["validation"] = {"drawn": 3}
    assert [run[2:] for run in tasks_of(config, COUNTS)["binary"].runs[:2]] == [(False, 5), (False, 6)]


HALVES = [{"permuted": 3, "part": (0, 6)}, {"permuted": 3, "part": (6, 4)}]
OVERLAPS = [
    ({}, {"first": 14, "count": 1}, True), ({}, {"first": 15}, False), ({}, {"first": 0, "count": 5}, False),
    ({}, {"file": "test"}, False), ({}, {"file": "both", "first": 0, "count": 99}, True), ({"file": "test"}, {"file": "both"}, True),
    (*HALVES, False), (HALVES[0], {"permuted": 3, "part": (5, 5)}, True), (HALVES[0], {"permuted": 4, "part": (6, 4)}, True),
    (HALVES[0], {"permuted": 3, "part": (6, 4), "count": 11}, True), (HALVES[0], {"permuted": 3}, True), ({"drawn": 2}, {"drawn": 2}, True),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "shared"), OVERLAPS)
def test_images_overlap_by_their_ranges_or_by_their_parts_of_one_permuted_range(one, other, shared):
    one, other = (Images(**{"file": "train", "first": 5, "count": 10} | changes) for changes in (one, other))
    assert one.overlaps(other) is shared is other.overlaps(one)
