"""The course: its solutions are right, and the mistakes that students make get the hint for them."""

import os
import subprocess
import sys

import checking
import pytest

import handout
from onelayer.experiment.config import read_yaml
from tests.conftest import ROOT

pytestmark = pytest.mark.course
COURSE = ROOT / "docs/course"
MISTAKES = read_yaml(ROOT / "tests/course/mistakes.yaml")


@pytest.mark.parametrize("number", checking.NUMBERS)
def test_the_solution_is_right_and_every_hint_of_a_table_is_given_for_its_mistake(number, monkeypatch):
    """For y = 1, say, a mistake may come to the right value: another comparison has to tell."""
    known, given, compare = set(), set(), checking.compare

    def compare_all(name, found, expected, mistakes=None):
        compare(name, found, expected, mistakes)
        for hint, value in (mistakes or {}).items():
            known.add(hint)
            try:
                compare(name, value, expected, mistakes)
            except checking.Hint as said:
                given.add(str(said).removeprefix(f"{name}: "))

    monkeypatch.setattr(checking, "compare", compare_all)
    assert checking.verdict(number, "solutions") == (True, f"Exercise {number}: right.")
    assert known <= given


@pytest.mark.parametrize(
    ("number", "right", "wrong", "hint"), [(int(number), *case) for number in MISTAKES for case in MISTAKES[number]]
)
def test_a_mistake_gets_its_hint(number, right, wrong, hint, tmp_path):
    solution = checking.path_of("solutions", number)
    code = solution.read_text(encoding="utf-8")
    assert right in code
    (tmp_path / solution.name).write_text(code.replace(right, wrong), encoding="utf-8")
    is_right, line = checking.verdict(number, str(tmp_path))
    assert not is_right and hint in line


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [(["1"], 1, "Exercise 1 is not filled"), (["1", "--solutions"], 0, "Exercise 1: right.\n"), (["12"], 2, "1-11")],
)
def test_the_command_prints_the_verdict_and_its_status_tells_without_pytest(arguments, status, says, tmp_path):
    """make demo does not install it."""
    (tmp_path / "pytest.py").write_text("raise ModuleNotFoundError('pytest')")
    command = [sys.executable, COURSE / "check.py", *arguments]
    done = subprocess.run(command, text=True, capture_output=True, env=os.environ | {"PYTHONPATH": str(tmp_path)})
    assert done.returncode == status and says in done.stdout + done.stderr


def test_the_copy_for_students_has_no_solutions_and_any_grader_marks_it(tmp_path):
    handout.main(tmp_path / "out")
    with pytest.raises(SystemExit, match="exists already"):
        handout.main(tmp_path / "out")
    course = tmp_path / "out/docs/course"
    assert not (course / "solutions").exists() and not (tmp_path / "out/tests/course").exists()

    def marked():
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "docs/course/test_exercises.py"]
        return subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True).stdout

    stubs = marked()
    assert "11 failed" in stubs and "Exercise 4 is not filled in yet" in stubs
    for path in (COURSE / "solutions").glob("ex*.py"):
        (course / "exercises" / path.name).write_text(path.read_text())
    assert "11 passed" in marked()
