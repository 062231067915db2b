"""docs/reading.md: its code runs on a finished folder, the libraries agree, and the columns are those of the tables."""

import re

import numpy as np
import pandas as pd
import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "docs/reading.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", TEXT, flags=re.MULTILINE | re.DOTALL))


@pytest.fixture
def found(digits, monkeypatch):
    """A function that runs the code of a section in the finished folder and gives its variables."""
    monkeypatch.chdir(digits)

    def run(section):
        variables = {}
        for code in re.findall(r"```python\n(.*?)```", SECTIONS[section], flags=re.DOTALL):
            exec(code, variables)
        return variables

    return run


def test_pandas_polars_and_duckdb_read_the_same(found):
    pandas, polars, duckdb = found("pandas"), found("Polars"), found("DuckDB")
    best = {row.task: row.validation_accuracy for row in pandas["best"].itertuples()}
    assert set(best) == {"binary", "softmax"}
    assert {row["task"]: row["validation_accuracy"] for row in polars["best"].iter_rows(named=True)} == best
    assert {task: accuracy for task, _, accuracy in duckdb["best"]} == best
    lowest = {(*key, loss) for key, loss in pandas["lowest"].items()}
    assert len(lowest) == 7
    assert {tuple(row) for row in polars["lowest"].iter_rows()} == lowest == set(duckdb["lowest"])
    count = len(pandas["steps"])
    assert count == pandas["metrics"]["steps"].sum() == len(polars["steps"]) == len(duckdb["steps"])


def test_weights_are_a_row_a_class(found):
    weights = found("Weights")["weights"]
    assert weights.shape == (10, 65) and weights.dtype == np.float64


def test_the_columns_that_it_names_are_those_of_the_tables_in_their_types(digits):
    named = re.findall(r"^\| (`.+?`) \| (\w+)", SECTIONS["Two tables to begin with"], flags=re.MULTILINE)
    kinds = {column: kind for columns, kind in named for column in re.findall(r"`(\w+)`", columns)}
    metrics = pd.read_csv(digits / "results/tables/metrics.csv", dtype={"lambda": str, "shuffle": str})
    curves = pd.read_parquet(digits / "results/tables/curves.parquet")
    assert set(kinds) == {*metrics.columns, *curves.columns}
    # Columns of one name in both tables, lambda and shuffle, are of different types there: the last line that names them counts.
    for column, kind in kinds.items():
        if column in curves.columns:
            own = curves[column].dtype.kind if kind != "text" else "text"
            assert own == {"float": "f", "integer": "i", "boolean": "b", "text": "text"}[kind], column
        elif kind != "text" and not metrics[column].isna().all():
            assert metrics[column].dtype.kind == {"float": "f", "integer": "i"}[kind], column
