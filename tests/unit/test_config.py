import copy
import re

import pytest

from onelayer.config import Run, check_config, check_schema, differing_keys, read_yaml, runs_of, truth
from onelayer.errors import InputError
from tests.conftest import ROOT

CONFIG = read_yaml(ROOT / "config/config.yaml")
DATASETS = read_yaml(ROOT / "config/datasets.yaml")
PUBLISHED = read_yaml(ROOT / "config/published.yaml")
SCHEMAS = {
    name: read_yaml(ROOT / f"workflow/schemas/{name}.schema.yaml") for name in ("config", "datasets", "published")
}


def test_the_files_of_the_project_are_valid():
    check_config(CONFIG, DATASETS, SCHEMAS["config"])
    check_schema(DATASETS, SCHEMAS["datasets"], "datasets")
    check_schema(PUBLISHED, SCHEMAS["published"], "published")


def test_the_default_configuration_is_the_published_experiment_and_runs_every_published_value():
    assert differing_keys(CONFIG, PUBLISHED["experiment"]) == []
    grid = {run for task in CONFIG["tasks"] for run in runs_of(CONFIG, task)}
    for value in PUBLISHED["values"]:
        run = value["run"]
        assert Run(run["task"], run["lambda"], run["shuffle"], run["seed"]) in grid


def changed(key, value):
    config = copy.deepcopy(CONFIG)
    *parents, last = key.split(".")
    node = config
    for parent in parents:
        node = node[parent]
    if value is None:
        del node[last]
    else:
        node[last] = value
    return config


BAD = [
    ("dataset", "fashion", "fashion"),
    ("dataset", 3, "3"),
    ("dataset", "../mnist", "../mnist"),
    ("train_images", 0, "0"),
    ("train_images", 60_001, "1 to 60000"),
    ("train_images", "many", "many"),
    ("train_images", True, "True"),
    ("validation_images", 10_001, "1 to 10000"),
    ("validation_images", -1, "-1"),
    ("offline", "yes", "true or false"),
    ("offline", 1, "true or false"),
    ("learning_rate", 0.1, "unknown key 'learning_rate'"),
    ("tasks.ternary", {}, "unknown key 'tasks.ternary'"),
    ("tasks.binary.momentum", 0.9, "unknown key 'tasks.binary.momentum'"),
    ("tasks.binary.classes", [2], "[2]"),
    ("tasks.binary.classes", [2, 2], "[2, 2]"),
    ("tasks.binary.classes", [2, 3, 4], "[2, 3, 4]"),
    ("tasks.binary.classes", [2, 10], "10"),
    ("tasks.softmax.classes", [], "[]"),
    ("tasks.softmax.learning_rate", 0, "above 0"),
    ("tasks.softmax.learning_rate", -0.1, "-0.1"),
    ("tasks.softmax.learning_rate", float("nan"), "nan"),
    ("tasks.softmax.learning_rate", float("inf"), "inf"),
    ("tasks.softmax.learning_rate", "fast", "fast"),
    ("tasks.softmax.learning_rate", 10**400, "above 0"),
    ("tasks.softmax.lambdas", [], "[]"),
    ("tasks.softmax.lambdas", [0.2], "in quotes"),
    ("tasks.softmax.lambdas", ["0.2", "0.2"], "0.2"),
    ("tasks.softmax.lambdas", ["0.2", "0.20"], "0.20"),
    ("tasks.softmax.lambdas", ["-1"], "-1"),
    ("tasks.softmax.lambdas", ["../../x"], "../../x"),
    ("tasks.softmax.lambdas", ["1\n"], r"1\n"),
    ("tasks.softmax.lambdas", ["1e999"], "1e999"),
    ("tasks.softmax.lambdas", ["nan"], "nan"),
    ("tasks.softmax.lambdas", ["0.0", "100.0"], "below 100"),
    ("training.max_epochs", 5.0, "5.0"),
    ("training.seeds", [1.0], "1.0"),
    ("tasks.binary.classes", [2.0, 3], "2.0"),
    ("tasks.softmax.learning_rate", "1e-2", "YAML takes 1e-2 for text"),
    ("tasks.softmax.shuffle", [], "[]"),
    ("tasks.softmax.shuffle", ["true"], "true"),
    ("tasks.softmax.shuffle", [True, True], "True"),
    ("training.batch_size", 0, "0"),
    ("training.batch_size", 20_001, "20000"),
    ("training.batch_size", 12.5, "12.5"),
    ("training.max_epochs", 0, "0"),
    ("training.evaluations_per_epoch", 0, "0"),
    ("training.patience", 0, "0"),
    ("training.dtype", "float16", "float64 or float32"),
    ("training.seeds", [], "[]"),
    ("training.seeds", [1, 1], "[1, 1]"),
    ("training.seeds", [-1], "-1"),
    ("training.seeds", [2**32], str(2**32)),
    ("training.penalty", "l1", "sum or half_sum"),
    ("training.cores", 8, "unknown key 'training.cores'"),
    ("training", [], "[]"),
    ("training.penalty", None, "missing key 'training.penalty'"),
    ("tasks.binary", None, "missing key 'tasks.binary'"),
]


@pytest.mark.parametrize(("key", "value", "says"), BAD, ids=[f"{key}={value!r}"[:50] for key, value, _ in BAD])
def test_a_bad_value_gets_one_line_with_key_value_and_what_is_allowed(key, value, says):
    with pytest.raises(InputError) as raised:
        check_config(changed(key, value), DATASETS, SCHEMAS["config"])
    message = str(raised.value)
    assert "\n" not in message and message.startswith("config: ")
    assert key in message and says in message
    assert len(message) < 400 and re.search(r"allowed|missing key", message)


def test_the_command_line_may_spell_true_and_false():
    assert [truth(value) for value in ("true", "false", True, False, "yes", [], None)] == [
        True,
        False,
        True,
        False,
        "yes",
        [],
        None,
    ]


@pytest.mark.parametrize("document", [None, [], "text", 3])
def test_a_configuration_that_is_no_mapping(document):
    with pytest.raises(InputError, match="config: the whole"):
        check_config(document, DATASETS, SCHEMAS["config"])


def test_a_data_set_with_a_bad_name_or_hash_is_refused():
    with pytest.raises(InputError, match=r"unknown key '\.\./x'"):
        check_schema({"../x": DATASETS["mnist"]}, SCHEMAS["datasets"], "datasets")
    datasets = copy.deepcopy(DATASETS)
    datasets["mnist"]["files"]["t10k-labels-idx1-ubyte"]["sha256"] = "abc"
    with pytest.raises(InputError, match=r"mnist\.files\.t10k-labels-idx1-ubyte\.sha256 = 'abc'.*64 lower-case"):
        check_schema(datasets, SCHEMAS["datasets"], "datasets")


def test_a_data_set_whose_files_do_not_add_up_is_refused():
    datasets = copy.deepcopy(DATASETS)
    datasets["digits"]["files"]["test-labels-idx1-ubyte"]["split"] = "train"
    with pytest.raises(InputError, match="no file is described as split: test, holds: labels"):
        check_config(CONFIG, datasets, SCHEMAS["config"])


@pytest.mark.parametrize(
    "source",
    [
        "http://example.org/mnist/",
        "HTTP://example.org/mnist/",
        " http://example.org/",
        "ftp://example.org/",
        "/etc",
        "../up",
        "a/../../b",
        "",
    ],
)
def test_a_source_is_https_or_a_folder_of_the_project(source):
    datasets = copy.deepcopy(DATASETS)
    datasets["mnist"]["sources"] = [source]
    with pytest.raises(InputError, match=r"mnist\.sources"):
        check_schema(datasets, SCHEMAS["datasets"], "datasets")


def test_yaml_errors_name_the_file(tmp_path):
    (tmp_path / "bad.yaml").write_text("a: [1\nb: 2")
    with pytest.raises(InputError, match=r"bad\.yaml: not valid YAML"):
        read_yaml(tmp_path / "bad.yaml")
    with pytest.raises(InputError, match=r"none\.yaml: cannot be read"):
        read_yaml(tmp_path / "none.yaml")


def test_runs_are_the_grid_in_order():
    config = {
        "tasks": {"softmax": {"lambdas": ["0.0", "0.10"], "shuffle": [True]}},
        "training": {"seeds": [3, 1]},
    }
    assert [run.folder for run in runs_of(config, "softmax")] == [
        "task=softmax/lambda=0.0/shuffle=true/seed=3",
        "task=softmax/lambda=0.0/shuffle=true/seed=1",
        "task=softmax/lambda=0.10/shuffle=true/seed=3",
        "task=softmax/lambda=0.10/shuffle=true/seed=1",
    ]
