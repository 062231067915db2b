"""The code that a job depends on, through all imports, and the order of the rooms. What an edit makes run: tests/workflow/test_triggers.py."""

import os
import re
import shutil

import pytest

import onelayer
from onelayer.io import code
from tests.conftest import ROOT
from tests.helpers import refusal

SCRIPTS = ROOT / "workflow/scripts"
IMPORTS = [
    ("onelayer/__init__.py", "from .training import extra"),
    ("onelayer/training/training.py", "from .extra import ONE"),
    ("onelayer/training/training.py", "def f():\n    from . import extra"),
    ("train.py", "import onelayer.training.extra as own"),
    ("onelayer/data/samples.py", "class A:\n    def f(self):\n        from ..training.extra import ONE"),
]


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the scripts, on which code_of looks."""
    monkeypatch.setattr(code, "WORKFLOW", tmp_path)
    yield shutil.copytree(SCRIPTS, tmp_path / "scripts", ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.undo()
    training()


def training(model="softmax"):
    """The code of trainings of a model, as a new process sees it."""
    for function in (code.code_of, code._compiled, code._imports):
        function.cache_clear()
    return code.code_of("train.py", modules=(f"models/{model}",))["code"]


@pytest.mark.parametrize(("file", "statement"), IMPORTS)
def test_imports_are_followed_however_and_wherever_they_are_written(copy, file, statement):
    (copy / "onelayer/training/extra.py").write_text("ONE = 1\n")
    (copy / file).write_text(f"{(copy / file).read_text()}\n{statement}\n")
    before = training()
    (copy / "onelayer/training/extra.py").write_text("ONE = 2\n")
    assert training() != before


def test_an_error_in_code_of_your_own_names_file_and_line(copy):
    (copy / "onelayer/models/mine.py").write_text("one = 1\ntwo = (\n")
    assert "onelayer/models/mine.py, line 2: '(' was never closed" in refusal(training, "mine")


def test_a_job_names_the_file_that_was_edited_since_the_plan_and_reads_none_if_none_was(copy, monkeypatch):
    for path in copy.rglob("*.py"):
        os.utime(path, (1, 1))
    for name in ("PYTHONPATH", code.PLANNED):  # what is set below goes with the test
        monkeypatch.setenv(name, "")
    code.for_jobs("somewhere")
    planned = code.code_of("train.py")
    code.check_code(planned | {"code": "not looked at"})
    (copy / "onelayer/training/training.py").write_text("EDITED = 1\n")
    training()
    said = refusal(code.check_code, planned)
    assert said.startswith("scripts/onelayer/training/training.py: this code was edited")


def test_a_room_imports_only_from_itself_and_the_rooms_before_it_and_none_snakemake():
    rooms = re.findall(r"\w+", " ".join(re.findall(r"^ {4}(\w+(?:, \w+)*)", onelayer.__doc__, re.MULTILINE)))
    names = [path.relative_to(SCRIPTS).as_posix() for path in SCRIPTS.glob("onelayer/*/**/*.py")]
    assert {name.split("/")[1] for name in names} == set(rooms) and rooms[0] == "io"
    for name in names:
        imported = {other.split("/")[1] for other in code.imported_files([name])} - {"__init__.py"}
        assert imported <= set(rooms[: rooms.index(name.split("/")[1]) + 1]), name
        assert not re.search(r"^\s*(import|from) snakemake", (SCRIPTS / name).read_text(), re.MULTILINE), name
