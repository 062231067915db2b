import pytest

from onelayer.grid import Run, Settings, class_names, differences, runs_of, tasks_of


def test_a_task_inherits_images_and_training_and_overrides_any_key(config):
    config["images"]["test"] = {"file": "test", "count": 7}
    config["tasks"]["long"] = config["tasks"]["softmax"] | {"max_epochs": 500, "train": {"first": 20000}, "seeds": [4]}
    config["tasks"]["binary"] = None
    tasks = tasks_of(config)
    assert list(tasks) == ["softmax", "long"]
    assert tasks["long"]["max_epochs"] == 500 and tasks["softmax"]["max_epochs"] == 50
    assert tasks["long"]["train"] == {"file": "train", "first": 20000, "count": 20000}
    assert tasks["long"]["test"] == {"file": "test", "first": 0, "count": 7}
    assert tasks["long"]["seeds"] == [4] and tasks["long"]["name"] == "long"


def test_the_grid_spans_lambda_shuffle_and_seed_and_file_order_is_trained_once(tasks):
    task = tasks["binary"] | {"lambdas": ["0.1", "0.0"], "seeds": [5, 6]}
    assert runs_of(task) == [
        Run("binary", lam, shuffle, seed)
        for lam in ("0.1", "0.0")
        for shuffle, seed in ((False, 0), (True, 5), (True, 6))
    ]
    assert runs_of(task)[0].folder == "task=binary/lambda=0.1/shuffle=false/seed=0"


@pytest.mark.parametrize(
    ("given", "spelled"), [("0.02", "0.02"), (0.02, "0.02"), (2, "2"), (2.0, "2.0"), (1e-5, "1e-05"), ("1e-5", "1e-5")]
)
def test_a_number_is_spelled_as_python_does_and_text_as_it_stands(config, given, spelled):
    config["tasks"]["softmax"]["lambdas"] = [given]
    assert tasks_of(config)["softmax"]["lambdas"] == [spelled]


def test_settings_hold_all_that_decides_a_run(tasks):
    settings = Settings.of(tasks["softmax"], Run("softmax", "0.02", True, 3))
    assert (settings.lam, settings.shuffle, settings.seed, settings.task) == (0.02, True, 3, "softmax")
    assert (settings.model, settings.learning_rate, settings.batch_size, settings.penalty) == (
        "softmax",
        0.01,
        128,
        "sum",
    )


def test_only_what_the_published_task_says_can_differ(config):
    published = tasks_of(config)["softmax"]
    config["training"] |= {"seeds": [9], "patience": 11}
    config["images"]["test"] = {"file": "test", "first": 0, "count": 5}
    config["tasks"]["softmax"] |= {"lambdas": [1], "shuffle": [False], "classes": [1, 2]}
    assert differences(tasks_of(config)["softmax"], published) == ["patience", "classes"]


def test_classes_are_called_by_their_names_where_there_are_any():
    assert class_names({"classes": [3, 5], "class_names": ["coat", "bag"]}, [5, 3]) == ["bag", "coat"]
    assert class_names({"classes": [3, 5]}, [5]) == ["5"]
