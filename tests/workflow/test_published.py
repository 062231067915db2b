"""verify: the published values beside the rebuilt ones, by the real Snakefile."""

import json
import shutil

import pandas as pd
import pytest
import yaml

from onelayer.experiment.config import read_yaml
from tests.conftest import DIGITS, copy_project, errors_of, snakemake

OTHER = "tasks: {binary: {classes: [4, 9], max_epochs: 1}}"
MORE = "tasks: {more: {model: logistic, classes: [4, 9], learning_rate: 0.05, lambdas: [0.5], shuffle: [false]}}"


@pytest.fixture(scope="module")
def project(digits, tmp_path_factory):
    """A copy of the project whose published values are those of the digits."""
    copy = copy_project(tmp_path_factory.mktemp("published") / "project", "tests", "docs")
    published, own = read_yaml(copy / "config/published.yaml"), read_yaml(DIGITS[1])
    published["experiment"] |= {"dataset": own["dataset"]}
    published["experiment"]["training"] |= own["training"]
    for role, images in own["images"].items():
        published["experiment"]["images"][role] |= images
    metrics = pd.read_csv(digits / "results/tables/metrics.csv").set_index(["task", "lambda", "shuffle"])
    for value in published["values"]:
        run = value["run"]
        value["published"] = metrics.loc[(run["task"], float(run["lambda"]), run["shuffle"]), value["column"]].item()
    (copy / "config/published.yaml").write_text(yaml.safe_dump(published))
    return copy


@pytest.mark.parametrize(
    ("overlay", "factor", "met", "error"),
    [
        (MORE, 1, 21, ""),
        (OTHER, 1, 11, "10 does not apply; tasks.binary differs in max_epochs, classes"),
        ("{}", 1 + 1e-7, 20, "1 missed"),
    ],
)
def test_verify_fails_unless_all_values_are_met(digits, tmp_path, project, overlay, factor, met, error):
    work = shutil.copytree(digits, tmp_path / "work")
    path = work / "results/runs/task=binary/lambda=0.0/shuffle=false/seed=0/summary.json"
    summary = json.loads(path.read_text())
    path.write_text(json.dumps(summary | {"validation_loss": factor * summary["validation_loss"]}))
    (project / "more.yaml").write_text(overlay)
    arguments = (*DIGITS, project / "more.yaml", "--cores", 2, "--", "verify")
    done = snakemake(*arguments, folder=work, project=project, check=False)
    assert f"verify: {met} of 21 published values are met" in done.stdout and done.returncode == bool(error)
    assert errors_of(done) == [f"Error: verify: of 21 published values {error}"] * bool(error)
