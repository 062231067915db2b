"""verify: passes where all values are met, and fails with the reasons where they are not."""

import shutil

import pandas as pd
import pytest
import yaml

from onelayer.config import read_yaml
from tests.conftest import DIGITS, copy_project, errors_of, snakemake


@pytest.fixture(scope="module")
def own(digits, tmp_path_factory):
    """A copy of the project whose published values are those of the digits, and a folder with their results."""
    folder = tmp_path_factory.mktemp("published")
    project, work = copy_project(folder / "project"), folder / "work"
    shutil.copytree(digits, work)
    metrics = pd.read_csv(work / "results/tables/metrics.csv")
    path = project / "config/published.yaml"
    published = read_yaml(path)
    published["experiment"] |= {"dataset": "digits"}
    published["experiment"]["training"]["batch_size"] = 32
    published["experiment"]["images"] = {
        "train": {"file": "train", "count": 1297},
        "validation": {"file": "test", "count": 500},
    }
    for value in published["values"]:
        run = value["run"]
        row = metrics[
            (metrics["task"] == run["task"])
            & (metrics["lambda"] == float(run["lambda"]))
            & (metrics["shuffle"] == run["shuffle"])
        ]
        value["published"] = row[value["column"]].item()
    path.write_text(yaml.safe_dump(published))
    return project, work


def verify(own, *overlays):
    project, work = own
    return snakemake(*DIGITS, *overlays, "--cores", 2, "verify", folder=work, project=project, check=False)


def test_all_values_are_met_also_beside_other_tasks(own, tmp_path):
    done = verify(own)
    assert done.returncode == 0 and "verify: 21 of 21 published values are met" in done.stdout, done.stdout
    more = {
        "four_nine": {
            "model": "logistic",
            "classes": [4, 9],
            "learning_rate": 0.05,
            "lambdas": [0.5],
            "shuffle": [False],
        }
    }
    (tmp_path / "more.yaml").write_text(yaml.safe_dump({"tasks": more, "training": {"max_epochs": 50}}))
    done = verify(own, tmp_path / "more.yaml")
    assert done.returncode == 0 and "verify: 21 of 21 published values are met" in done.stdout, done.stdout


def test_other_classes_of_one_task_leave_the_values_of_the_other(own, tmp_path):
    (tmp_path / "other.yaml").write_text("tasks: {binary: {classes: [4, 9], max_epochs: 1}}\n")
    done = verify((own[0], shutil.copytree(own[1], tmp_path / "work")), tmp_path / "other.yaml")
    assert done.returncode == 1 and "verify: 11 of 21 published values are met" in done.stdout
    (error,) = errors_of(done)
    assert (
        error == "Error: verify: of 21 published values 10 does not apply; tasks.binary differs in classes, max_epochs"
        or ("10 does not apply" in error and "tasks.binary differs in" in error and "softmax" not in error)
    )


def test_a_wrong_digit_is_missed_whatever_the_table_of_verdicts_says(own, tmp_path):
    work = shutil.copytree(own[1], tmp_path / "work")
    metrics = work / "results/tables/metrics.csv"
    value = str(pd.read_csv(metrics)["train_loss"][0])
    wrong = value[:8] + str((int(value[8]) + 1) % 10) + value[9:]
    assert value in metrics.read_text()
    metrics.write_text(metrics.read_text().replace(value, wrong))
    table = work / "results/tables/published.csv"
    table.write_text(table.read_text().replace("does not apply", "met"))
    done = snakemake(
        *DIGITS, "--cores", 1, "verify", "--allowed-rules", "verify", folder=work, project=own[0], check=False
    )
    assert done.returncode == 1 and "verify: 20 of 21 published values are met" in done.stdout, done.stdout
    assert errors_of(done) == ["Error: verify: of 21 published values 1 missed"]
