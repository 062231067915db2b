"""verify: a source of one's own, outside the project, held to its values by the real Snakefile."""

import json
import shutil
from decimal import Decimal

import pandas as pd
import pytest
import yaml

from tests.conftest import errors_of, snakemake

DIGITS = list(range(10))
EXPERIMENT = {
    "dataset": "digits",
    "images": {"train": {"file": "train"}, "validation": {"file": "test"}},
    "training": {"batch_size": 32, "max_epochs": 4},
    "tasks": {
        "pair": {"model": "logistic", "classes": [2, 3], "learning_rate": 0.05, "lambdas": [0], "shuffle": [False, True]},
        "ten": {
            "model": "softmax", "classes": DIGITS, "learning_rate": 0.01, "lambdas": ["0.0", "0.02"], "shuffle": [True],
            "evaluations": {"at": "last", "train_loss": True},
        },
        "best": {"model": "softmax", "classes": DIGITS, "learning_rate": 0.01, "lambdas": [0.1], "shuffle": []},
    },
}  # fmt: skip
DETAILS = {"title": "Three models", "author": "Somebody", "date": "2024", "address": "https://example.org"}
PAIR, TEN, BEST = {"task": "pair", "shuffle": False}, {"task": "ten", "lambda": "0.02"}, {"task": "best"}
# What is published, when, of which run: of steps, of epochs, of the minimum, and of a run's end.
VALUES = [
    *(("batch_loss", {"step": step}, PAIR) for step in (0, 9)),
    ("validation_error", {"step": 12}, PAIR),
    *(("train_loss", {"epoch": epoch}, TEN) for epoch in (0, 3)),
    *((column, "minimum", BEST) for column in ("objective", "weight_norm_squared", "validation_accuracy")),
    *((column, "last", TEN) for column in ("steps", "validation_loss")),
]
MORE = "tasks: {more: {model: logistic, classes: [4, 9], learning_rate: 0.05, lambdas: [0.5], shuffle: [false]}}"
OTHER = "tasks: {pair: {classes: [4, 9], max_epochs: 2}}"


def write(folder, printed):
    """The source, with these printed values."""
    values = [
        {"quantity": column.replace("_", " "), "place": f"line {number}", "of": column, "at": at, "run": run, "published": text}
        for number, ((column, at, run), text) in enumerate(zip(VALUES, printed, strict=True))
    ]  # fmt: skip
    folder.mkdir(exist_ok=True)
    for name, document in (("source", DETAILS | {"experiment": EXPERIMENT}), ("published", {"values": values})):
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(document))


def verify(mine, folder, *arguments):
    return snakemake(*arguments, "--cores", 2, "verify", "--config", f"source={mine}", folder=folder, check=False)


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A source that prints four decimals of what a first run gave, those values, and the folder of that run."""
    folder = tmp_path_factory.mktemp("source")
    write(folder / "mine", ["0"] * len(VALUES))
    table = "results/tables/published.csv"
    snakemake(table, "--cores", 2, "--config", f"source={folder / 'mine'}", folder=folder / "work")
    rebuilt = pd.read_csv(folder / "work" / table, dtype=str)["rebuilt"]
    printed = [f"{Decimal(value):.4f}" if "." in value else value for value in rebuilt]
    write(folder / "mine", printed)
    return folder / "mine", printed, folder / "work"


def test_a_source_of_ones_own_is_checked_says_what_it_would_compare_and_is_met(finished, tmp_path):
    mine, printed, _ = finished
    assert len(set(printed)) == len(VALUES) and printed[0] == "0.6931"  # ln 2: the loss before the first update
    shutil.copytree(mine, tmp_path / "work/own")
    for source in (mine, "own/"):
        said = snakemake("--dry-run", "--config", f"source={source}", folder=tmp_path / "work").stdout
        assert "10 of 10 published values belong to runs with these settings." in said
    done = verify(mine, tmp_path / "work")
    assert done.returncode == 0 and "verify: 10 of 10 published values are met" in done.stdout


OF_PAIR = "1 missed; snakemake verify --forcerun results/runs/task=pair/lambda=0/shuffle=false/seed=0/summary.json"
OF_TEN = "1 missed; snakemake verify --forcerun results/runs/task=ten/lambda=0.02/shuffle=true/seed=0/summary.json"
OF_BEST = "1 missed; snakemake verify --forcerun results/optimum/best.csv"


@pytest.mark.parametrize(
    ("overlay", "wrong", "factor", "met", "error"),
    [
        (MORE, None, 1, 10, ""),
        (OTHER, None, 1, 7, "3 does not apply; tasks.pair differs in classes, max_epochs"),
        ("{}", 1, 1, 9, OF_PAIR),
        ("{}", 4, 1, 9, OF_TEN),
        ("{}", 5, 1, 9, OF_BEST),
        ("{}", 9, 1.001, 9, OF_TEN),
    ],
)
def test_verify_fails_unless_all_values_are_met(finished, tmp_path, overlay, wrong, factor, met, error):
    """After new tasks, other settings, another last digit in one printed value, or an edit in a run's file; not in a table."""
    _, printed, work = finished
    work, texts = shutil.copytree(work, tmp_path / "work"), [*printed]
    (work / "results/tables/metrics.csv").write_text("edited\n")
    path = work / "results/runs/task=ten/lambda=0.02/shuffle=true/seed=0/summary.json"
    summary = json.loads(path.read_text())
    path.write_text(json.dumps(summary | {"validation_loss": factor * summary["validation_loss"]}))
    if factor == 1 and wrong is not None:
        texts[wrong] = str(Decimal(texts[wrong]) + Decimal("0.0001"))
    write(tmp_path / "mine", texts)
    (tmp_path / "more.yaml").write_text(overlay)
    done = verify(tmp_path / "mine", work, "--configfile", tmp_path / "more.yaml")
    assert f"verify: {met} of 10 published values are met" in done.stdout and done.returncode == bool(error)
    assert errors_of(done) == [f"Error: verify: of 10 published values {error}"] * bool(error)
    missed = [line.split()[:2] for line in done.stdout.splitlines() if line.endswith(" missed")]
    assert missed == [["line", str(wrong)]] * (wrong is not None)
