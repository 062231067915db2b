"""The lines before and at the end of a run."""

import pandas as pd

from onelayer.io.files import write_json, write_text
from onelayer.results.tables import metrics_table
from onelayer.results.terminal_lines import closing_lines, made_from
from tests.helpers import summary

RUNS = [
    summary(task="long_name", validation_images=1000, shuffle=False),
    summary(task="long_name", validation_images=1000, validation_accuracy=0.912, diverged=True, **{"lambda": "2.0"}),
    summary(task="b", shuffle=False, stopped_early=False),
    summary(task="b"),
]
PUBLISHED = [("long_name", "met"), ("long_name", "missed"), ("a", "does not apply"), ("b", "not run")]
# A claim over data has a row for each part.
CLAIMS = [("a", "not run"), ("b", "supported"), ("b", "supported"), ("c", "undecided"), ("d", "supported")]


def test_a_run_of_everything_ends_with_what_was_found_and_what_to_open(tmp_path):
    published = pd.DataFrame(PUBLISHED, columns=["task", "verdict"]).assign(quantity="loss", place="Task 2")
    claims = pd.DataFrame(CLAIMS, columns=["id", "verdict"])
    for name, table in {"metrics": metrics_table(RUNS), "published": published, "claims": claims}.items():
        write_text(tmp_path / f"tables/{name}.csv", table.to_csv(index=False))
    said = closing_lines(tmp_path, {"a": ["dataset", "train"], "long_name": ["model"]}, 12, 119.6)
    for line in (
        "Finished: 12 jobs in 2 min 0 s",
        "  long_name   91.20 % of 1,000  lambda 2.0, shuffled, seed 0; 2 of 2 stopped early, 1 diverged: a lower",
        "  b           80.00 % of 30  lambda 0.0, file order, seed 0; 1 of 2 stopped early",  # of equals the first
        "values: 1 of 4 met; 1 missed: loss (Task 2); 1 do not apply, their tasks differ in dataset, train; 1 of runs that",
        "Claims: 2 supported, 1 undecided, 1 not run; make evidence trains what decides more",
    ):
        assert line in said
    for path in (tmp_path / "tables").iterdir():  # of a source that has none of it nothing is said
        path.write_text("task\n")
    said = " ".join(closing_lines(tmp_path, {}, 1, 42).split())
    assert said == f"Finished: 1 jobs in 42 s In {tmp_path.resolve()} tables every number"


def test_what_is_left_of_a_task_tells_of_another_configuration_if_it_can_be_read(tmp_path):
    folder = tmp_path / "runs/task=gone/lambda=0.0/shuffle=true/seed=0"
    folder.mkdir(parents=True)
    assert made_from(tmp_path, {}, {}) is None  # an interrupted run leaves an empty folder
    write_text(folder / "summary.json", "{")
    assert made_from(tmp_path, {}, {}) is None
    write_json(folder / "summary.json", {"run": '{"dataset": "digits"}'})
    assert made_from(tmp_path, {}, {}) == "task gone, data set digits"
