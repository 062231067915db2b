"""The lines before and at the end of a run."""

from onelayer.io.files import write_json, write_rows, write_text
from onelayer.results.terminal_lines import closing_lines, made_from

# A claim over data has a row for each part.
CLAIMS = [("a", "not run"), ("b", "supported"), ("b", "supported"), ("c", "undecided"), ("d", "supported")]


def test_a_run_of_everything_ends_with_what_was_found_and_what_to_open(tmp_path):
    columns = ["task", "lambda", "shuffle", "seed", "validation_accuracy", "validation_images"]
    columns += ["stopped_early", "diverged"]
    metrics = [
        ("long_name", "0.0", "false", 0, 0.90, 1000, "true", "false"),
        ("b", "0.0", "false", 0, 0.8, 30, "false", "false"),
        ("long_name", "2.0", "true", 0, 0.912, 1000, "true", "true"),
        ("b", "0.5", "true", 0, 0.8, 30, "false", "false"),
    ]
    verdicts = ("met", "missed", "does not apply", "not run")
    tasks = ("long_name", "long_name", "a", "b")
    published = [(f"{own} loss", "Task 2", name, own) for name, own in zip(tasks, verdicts, strict=True)]
    write_rows(tmp_path / "tables/metrics.csv", columns, metrics)
    write_rows(tmp_path / "tables/published.csv", ["quantity", "place", "task", "verdict"], published)
    write_rows(tmp_path / "tables/claims.csv", ["id", "verdict"], CLAIMS)
    write_text(tmp_path / "report/report.tex", "")
    lines = closing_lines(tmp_path, {"a": ["dataset", "train"], "long_name": ["model"]}, 12, 119.6).splitlines()
    assert lines[0] == "Finished: 12 jobs in 2 min 0 s"
    best = "  long_name   91.20 % of 1,000  lambda 2.0, shuffled, seed 0; 2 of 2 stopped early"
    assert lines[3] == f"{best}, 1 diverged: a lower learning_rate may help"
    assert lines[4] == "  b           80.00 % of 30  lambda 0.0, file order, seed 0; 0 of 2 stopped early"
    said = "Published values: 1 of 4 met; 1 missed: missed loss (Task 2); 1 do not apply, their tasks differ in dataset"
    assert lines[6] == f"{said}, train; 1 of runs that are not in this configuration"
    assert lines[7] == "Claims: 2 supported, 1 undecided, 1 not run; make evidence trains what decides more"
    assert lines[9] == f"In {tmp_path.resolve()}"
    assert lines[10:] == ["  report/report.tex  the report as LaTeX source", "  tables             every number"]
    write_text(tmp_path / "report/report.pdf", "")
    for table in ("metrics", "published", "claims"):  # of a source that has none of it nothing is said
        write_rows(tmp_path / f"tables/{table}.csv", ["task"], [])
    lines = closing_lines(tmp_path, {}, 1, 42).splitlines()
    shown = ["  report/report.pdf  the report", "  tables             every number"]
    assert list(filter(None, lines)) == ["Finished: 1 jobs in 42 s", f"In {tmp_path.resolve()}", *shown]


def test_what_is_left_of_a_task_tells_of_another_configuration_if_it_can_be_read(tmp_path):
    folder = tmp_path / "runs/task=gone/lambda=0.0/shuffle=true/seed=0"
    folder.mkdir(parents=True)
    assert made_from(tmp_path, {}, {}) is None  # an interrupted run leaves an empty folder
    write_text(folder / "summary.json", "{")
    assert made_from(tmp_path, {}, {}) is None
    write_json(folder / "summary.json", {"run": '{"dataset": "digits"}'})
    assert made_from(tmp_path, {}, {}) == "task gone, data set digits"
