"""The code that a job depends on: by content, through all imports, without what changes no result."""

import shutil

import pytest

from onelayer import closure
from tests.conftest import ROOT

SCRIPTS = ROOT / "workflow/scripts"


def names(script):
    return {path.relative_to(SCRIPTS).as_posix() for path in closure.closure([SCRIPTS / script])}


def test_the_closure_follows_imports_of_imports_and_leaves_other_stages_out():
    found = names("train.py")
    expected = {
        "train.py",
        "onelayer/training.py",
        "onelayer/evaluation.py",
        "onelayer/objective.py",
        "onelayer/data/store.py",
    }
    assert expected <= found
    assert not {"onelayer/config.py", "onelayer/tables.py", "onelayer/report.py", "onelayer/data/fetch.py"} & found
    assert "onelayer/objective.py" in names("check_gradients.py") and "onelayer/training.py" not in names(
        "check_gradients.py"
    )
    assert "onelayer/latex.py" in names("write_report.py")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the scripts, of which the closure is taken."""
    shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(closure, "PACKAGE", tmp_path / "scripts/onelayer")
    return tmp_path / "scripts"


@pytest.mark.parametrize(
    ("file", "old", "new", "same"),
    [
        ("onelayer/objective.py", "def decisions", "# a comment\n    def decisions", True),
        ("onelayer/models/softmax.py", "Softmax regression.\n", "Softmax regression, in other words.\n", True),
        ("onelayer/objective.py", "2 * lam", "3 * lam", False),
        ("train.py", "SECONDS = 5", "SECONDS = (5)", True),
        ("train.py", "SECONDS = 5", "SECONDS = 6", False),
        ("onelayer/errors.py", "class InputError(Exception)", "class InputError(ValueError)", True),
        ("onelayer/log.py", 'mode="w"', 'mode="a"', True),
        ("onelayer/closure.py", "same = False", "same = 0", True),
        ("onelayer/report.py", "StrictUndefined", "Undefined", True),
    ],
)
def test_only_what_can_change_a_result_changes_the_hash(copy, file, old, new, same):
    before = closure.code_hash([copy / "train.py"])
    text = (copy / file).read_text()
    assert old in text
    (copy / file).write_text(text.replace(old, new))
    assert (closure.code_hash([copy / "train.py"]) == before) is same


def test_the_plan_says_where_to_look_again():
    planned = closure.planned_code(["train.py", "onelayer/report.py"], ["report/table.html"])
    assert (planned["scripts"], planned["files"]) == (["train.py", "onelayer/report.py"], ["report/table.html"])
    assert planned["code"] != closure.planned_code(["train.py"])["code"]
    assert planned["content"] != closure.planned_code(["train.py"])["content"]
    closure.check_code({**planned, "numpy": "2.0"})
