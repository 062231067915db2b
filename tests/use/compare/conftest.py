"""Copies of a finished folder, and what a comparison of two says."""

import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from onelayer.compare.__main__ import main

FIRST_SOFTMAX = "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0"


def parts_of(digits, target):
    """A copy of what a comparison reads of a finished folder."""
    for part in ("results/data", "results/runs", "results/tables"):
        shutil.copytree(digits / part, target / part)
    shutil.copy(digits / "results/provenance.json", target / "results")
    return target


@pytest.fixture
def copy(digits, tmp_path):
    """A copy of the finished folder, to be changed."""
    return parts_of(digits, tmp_path / "copy")


def compare(a, b, out):
    """Rows of the table and text of the page."""
    main([str(a), str(b), str(out)])
    assert sorted(path.name for path in Path(out).iterdir()) == ["comparison.csv", "comparison.html"]
    with open(out / "comparison.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return rows, (out / "comparison.html").read_text(encoding="utf-8")


def change_json(path, change):
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


def change_csv(path, change):
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    change(table)
    table.to_csv(path, index=False)
