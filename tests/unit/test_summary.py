import csv

import pytest

from onelayer.summary import best_runs, duration, files_to_open, published_values, summary, verdicts


def run(task="a", lam="0.0", shuffle="true", seed="0", accuracy="0.5", stop=None, diverged="false"):
    """A row of metrics.csv, with the columns that a summary reads."""
    return {
        "task": task,
        "lambda": lam,
        "shuffle": shuffle,
        "seed": seed,
        "validation_accuracy": accuracy,
        "stopped_early": "false" if stop is None else "true",
        "stop_epoch": str(stop or 50),
        "diverged": diverged,
    }


def value(verdict, task="a", quantity="training loss"):
    return {"quantity": quantity, "place": "Task 1", "task": task, "verdict": verdict}


def test_the_best_run_of_each_task_is_named_by_what_the_task_varies():
    runs = [
        run("long_name", "0.0", "false", accuracy="0.90", stop=7),
        run("b", "0.0", accuracy="0.8"),
        run("long_name", "2.0", "true", accuracy="0.912", stop=33),
        run("long_name", "2.0", "true", accuracy="0.91", seed="1", diverged="true"),
        run("b", "0.5", accuracy="0.8", stop=4),
    ]
    assert best_runs(runs) == [
        "long_name   91.20 %  lambda 2.0, shuffled, seed 0; 2 of 3 stopped early (epochs 7 to 33), 1 diverged",
        "b           80.00 %  lambda 0.0; 1 of 2 stopped early (epoch 4)",
    ]
    assert best_runs([run(accuracy="1.0")]) == ["a  100.00 %  lambda 0.0; no early stop"]
    assert "file order" in best_runs([run(shuffle="false", accuracy="0.6"), run()])[0]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([value("met")] * 3, "3 of 3 published values met"),
        (
            [value("met"), value("missed"), value("missed", quantity="epoch")],
            "1 of 3 published values met; 2 missed: training loss (Task 1), epoch (Task 1)",
        ),
        (
            [value("does not apply"), value("does not apply", "b"), value("does not apply", "c"), value("met", "d")],
            "1 of 4 published values met; 3 do not apply: a and b differ in dataset, train; c differs in classes",
        ),
        ([value("not run")], "Published values: 1 of runs that are not in this configuration"),
    ],
)
def test_published_values_are_counted_and_what_is_not_met_has_its_reason(rows, says):
    differing = {"a": ["dataset", "train"], "b": ["dataset", "train"], "c": ["classes"], "d": []}
    assert published_values(rows, differing) == says


def test_claims_are_counted_by_verdict_in_one_order():
    rows = [{"verdict": verdict} for verdict in ("not run", "supported", "contradicted", "supported", "undecided")]
    assert verdicts(rows) == "2 supported, 1 contradicted, 1 undecided, 1 not run"
    assert verdicts(rows[:2]) == "1 supported, 1 not run"


def test_the_files_named_are_those_that_are_there(tmp_path):
    (tmp_path / "report").mkdir()
    (tmp_path / "report/report.tex").touch()
    assert files_to_open(tmp_path) == ["report/report.tex  the report as LaTeX source"]
    (tmp_path / "report/report.pdf").touch()
    (tmp_path / "explorer.html").touch()
    assert files_to_open(tmp_path) == [
        "report/report.pdf  the report",
        "explorer.html      the explorer, for a browser",
    ]


@pytest.mark.parametrize(("seconds", "said"), [(0.4, "0 s"), (59.6, "1 min 0 s"), (42, "42 s"), (185.2, "3 min 5 s")])
def test_time_in_words(seconds, said):
    assert duration(seconds) == said


def test_a_summary_is_read_from_the_tables(tmp_path):
    tables = {"metrics": [run(accuracy="0.25")], "published": [value("met")], "claims": [{"verdict": "supported"}]}
    (tmp_path / "tables").mkdir()
    for name, rows in tables.items():
        with open(tmp_path / f"tables/{name}.csv", "w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    assert summary(tmp_path, {}, 12, 61).splitlines() == [
        "Finished: 12 jobs in 1 min 1 s",
        "",
        "Best validation accuracy of each task",
        "  a   25.00 %  lambda 0.0; no early stop",
        "",
        "1 of 1 published values met",
        "Claims of the source: 1 supported",
        "",
        f"In {tmp_path.resolve()}",
        "  tables  every number",
    ]
