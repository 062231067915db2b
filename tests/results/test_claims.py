"""What the source claims, held to tables: verdicts, intervals, and the lines at the end."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from onelayer.experiment.configuration import read_configuration
from onelayer.io.files import read_rows, write_rows, write_text
from onelayer.results.closing_lines import closing_lines
from onelayer.results.ledger import COLUMNS, decide, ledger
from onelayer.results.measures import MEASURES, Tables
from onelayer.results.statistics import Interval, holm, mcnemar, mean_interval, wilson
from tests.conftest import ROOT
from tests.helpers import refusal

SOURCE = read_configuration(ROOT, [], {}).source
CLAIMS = {claim["id"]: claim for claim in SOURCE.claims}
# What decides each claim: a task, of it an order or a lambda, a column or a curve, and its value right and wrong.
DOCTORED = read_rows(ROOT / "tests/results/doctored.csv")
FLAT, SAW, SPIKES = (0.85 + np.resize([0, size], 40) for size in (0, 0.05, 0.15))
CURVES = {"flat": FLAT, "high": FLAT + 0.1, "saw": SAW, "spikes": SPIKES, "falling": np.linspace(0.9, 0.3, 40)}
CURVES |= {"rising": np.abs(np.linspace(-0.5, 0.4, 40)) + 0.3, "parting": np.where(np.arange(40) < 25, 0.8, 0.95)}
CURVE = {"validation_accuracy": SAW, "train_accuracy": CURVES["parting"], "validation_loss": CURVES["falling"] + SAW}
ROW = {"train_accuracy": 0.93, "validation_loss": 1.0, "best_validation_accuracy": 0.92, "best_test_accuracy": 0.92}
ROW |= {"neighbour_correlation": 0.5, "train_images": 20_000, "validation_images": 10_000}
LAMBDAS, FIGURES = ["0", "0.002", "0.02", "0.2", "2"], ("softmax_figure_8", "softmax_figure_9")
TASKS = {"softmax_held_out", *FIGURES, *(row["task"] for row in DOCTORED)}
SWEPT = ("softmax", "optimum", "linear_all", *FIGURES)
GRID = [(task, lam, seed) for task in TASKS for lam in LAMBDAS for seed in range(5) if lam == "0" or task in SWEPT]
ABOVE, WITHIN, NAN = {"above": 0}, {"from": 4, "to": 6}, float("nan")
DECIDED = {
    "supported": [(0.5, 1.5, ABOVE), (-1.5, -0.5, {"below": 0}), (4, 6, WITHIN)],
    "undecided": [(0, 1.5, ABOVE), (-1, 0, {"below": 0}), (3, 6, WITHIN), (None, None, ABOVE), (NAN, NAN, ABOVE)],
    "contradicted": [(-1.5, -0.5, ABOVE), (0, 0, ABOVE), (0, 0, {"below": 0}), (8, 10, WITHIN)],
}


def tables(wrong=""):
    """Tables in which every claim holds, but for the one that is `wrong`."""
    rows, curves = [], []
    for task, lam, seed in GRID:
        shuffle, place = seed > 0 or "binary" not in task, LAMBDAS.index(lam)
        run = {"task": task, "lambda": float(lam), "shuffle": shuffle, "seed": seed}
        row = run | ROW | {"validation_accuracy": 0.92 - 0.01 * place, "weight_norm_squared": 20 - 4 * place}
        curve = run | CURVE | {"step": np.arange(40) * 100}
        for own in DOCTORED:
            if own["task"] == task and own["at"] in (lam, "shuffled" if shuffle else "file order"):
                value = own["wrong" if own["claim"] == wrong else "right"]
                (curve if value in CURVES else row)[own["column"]] = CURVES[value] if value in CURVES else float(value)
        # Seeds differ by more than what is compared: they are compared in pairs.
        rows.append(row | {key: row[key] + 0.02 * seed for key in ("best_validation_accuracy", "best_test_accuracy")})
        curves.append(pd.DataFrame(curve))
    metrics = pd.DataFrame(rows)
    return Tables(metrics, pd.concat(curves), metrics[metrics["task"] == "optimum"].assign(task=FIGURES[0]))


@pytest.mark.parametrize("wrong", ["", *CLAIMS])
def test_a_doctored_table_turns_the_verdict_of_its_claim_alone(wrong):
    rows = {row["id"]: row for row in ledger(SOURCE.claims, tables(wrong))}
    expected = dict.fromkeys(CLAIMS, "supported") | ({wrong: "contradicted"} if wrong else {})
    assert {name: row["verdict"] for name, row in rows.items()} == expected and len(rows) == len(SOURCE.claims)
    said = {"supported": "as the claim asks: ", "contradicted": "which contradicts the claim: "}
    assert all(said[row["verdict"]] in row["reason"] and list(row) == COLUMNS for row in rows.values())


def test_the_whole_interval_decides():
    for verdict, low, high, rule in ((verdict, *case) for verdict, cases in DECIDED.items() for case in cases):
        assert decide(Interval(1 if low is None else (low + high) / 2, low, high, 9), rule) == verdict


def test_without_its_runs_a_claim_is_not_run_one_run_decides_nothing_and_an_unknown_measure_is_named():
    found = tables()
    one = found.metrics[(found.metrics["task"] == FIGURES[1]) & (found.metrics["seed"] == 0)]
    rows = {row["id"]: row for row in ledger(SOURCE.claims, Tables(one, found.curves, None))}
    missing, single = rows["accuracy_degrades_at_the_optimum"], rows["norm_falls"]
    assert rows["shuffling_removes_spikes"]["reason"] == "This configuration has no task binary."
    assert missing["reason"] == "This configuration has no optimum (it is found with the evidence)."
    assert single["reason"] == f"{CLAIMS['norm_falls']['quantity']} is 4: a single run, no interval."
    assert [(row["verdict"], row["low"]) for row in (missing, single)] == [("not run", None), ("undecided", None)]
    assert {claim["measure"]["name"] for claim in SOURCE.claims} == set(MEASURES)
    guess = CLAIMS["norm_falls"] | {"measure": {"name": "guess"}}
    assert "norm_falls: unknown measure; known: order_difference" in refusal(ledger, [guess], found)


def test_intervals_and_p_values_are_those_of_scipy_and_accuracies_are_counted_on_their_own_images():
    values = [0.91, 0.9, 0.93, 0.89, 0.92]
    low, high = stats.t.interval(0.95, 4, np.mean(values), stats.sem(values))
    assert mean_interval(values) == pytest.approx(Interval(0.91, low, high, 5), rel=1e-9)
    assert mean_interval([0.9]) == Interval(0.9, None, None, 1)
    for right, images in ((0, 10), (10, 10), (1, 1), (3, 7), (9_134, 10_000)):
        found, expected = wilson(right, images), stats.binomtest(right, images).proportion_ci(0.95, "wilson")
        assert found[1:3] == pytest.approx((expected.low, expected.high), rel=1e-9, abs=1e-12)
        assert 0 <= found.low <= found.value == right / images <= found.high <= 1
    for counts in ((0, 1), (0, 5), (6, 6), (10, 25), (120, 91)):
        assert mcnemar(*counts) == pytest.approx(stats.binomtest(counts[0], sum(counts)).pvalue, rel=1e-9)
    # 4 x 0.005, 3 x 0.01, and 0.03 and 0.04 held together at 2 x 0.03.
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02]) and holm([0.7, 0.9]) == [1, 1]
    for of, right, images in (("error", 1200, 10_000), ("train_accuracy", 18_600, 20_000)):
        assert MEASURES["mean_of_one"](tables(), "linear_all", of) == wilson(right, images)._replace(runs=1)
    difference, half = MEASURES["optimum_difference"](tables(), FIGURES[0], "train_accuracy", 2, 0), 1.96 * 0.0033549
    assert difference == pytest.approx(Interval(-0.13, -0.13 - half, -0.13 + half, 1), rel=1e-4)
    for function, wrong in ((mean_interval, [[]]), (wilson, (3, 2)), (wilson, (0, 0)), (mcnemar, (-1, 2))):
        with pytest.raises(ValueError):
            function(*wrong)


def test_a_run_of_everything_ends_with_what_was_found_and_what_to_open(tmp_path):
    columns = ["task", "lambda", "shuffle", "seed", "validation_accuracy", "stopped_early", "diverged"]
    metrics = [("long_name", "0.0", "false", 0, 0.90, "true", "false"), ("b", "0.0", "false", 0, 0.8, "false", "false")]
    metrics += [("long_name", "2.0", "true", 0, 0.912, "true", "true"), ("b", "0.5", "true", 0, 0.8, "false", "false")]
    verdicts = ("met", "missed", "does not apply", "not run")
    tasks = ("long_name", "long_name", "a", "b")
    published = [(f"{own} loss", "Task 2", name, own) for name, own in zip(tasks, verdicts, strict=True)]
    write_rows(tmp_path / "tables/metrics.csv", columns, metrics)
    write_rows(tmp_path / "tables/published.csv", ["quantity", "place", "task", "verdict"], published)
    write_rows(tmp_path / "tables/claims.csv", ["verdict"], [["not run"], ["supported"], ["undecided"], ["supported"]])
    write_text(tmp_path / "report/report.tex", "")
    lines = closing_lines(tmp_path, {"a": ["dataset", "train"], "long_name": ["model"]}, 12, 119.6).splitlines()
    assert lines[0] == "Finished: 12 jobs in 2 min 0 s"
    assert lines[3] == "  long_name   91.20 %  lambda 2.0, shuffled, seed 0; 2 of 2 stopped early, 1 diverged"
    assert lines[4] == "  b           80.00 %  lambda 0.0, file order, seed 0; 0 of 2 stopped early"
    said = "Published values: 1 of 4 met; 1 missed: missed loss (Task 2); 1 do not apply, their tasks differ in dataset"
    assert lines[6] == f"{said}, train; 1 of runs that are not in this configuration"
    assert lines[7:10] == ["Claims of the source: 2 supported, 1 undecided, 1 not run", "", f"In {tmp_path.resolve()}"]
    assert lines[10:] == ["  report/report.tex  the report as LaTeX source", "  tables             every number"]
    write_text(tmp_path / "report/report.pdf", "")
    for table in ("metrics", "published", "claims"):  # of a source that has none of it nothing is said
        write_rows(tmp_path / f"tables/{table}.csv", ["task"], [])
    lines = closing_lines(tmp_path, {}, 1, 42).splitlines()
    shown = ["  report/report.pdf  the report", "  tables             every number"]
    assert list(filter(None, lines)) == ["Finished: 1 jobs in 42 s", f"In {tmp_path.resolve()}", *shown]
