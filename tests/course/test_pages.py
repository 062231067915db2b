"""The tour: its lines run, print what they show, and its code is that of the project."""

import doctest
import re
import subprocess

import pytest

from tests.conftest import ROOT, copy_project, planned, snakemake

pytestmark = pytest.mark.course
COURSE = ROOT / "docs/course"
TOUR = (COURSE / "tour.md").read_text(encoding="utf-8")
BLOCKS = {kind: re.findall(rf"^```{kind}\n(.*?)^```", TOUR, re.MULTILINE | re.DOTALL) for kind in ("pycon", "console", "sh", "yaml")}  # fmt: skip


def test_the_lines_of_the_tour_print_what_is_below_them(digits, monkeypatch):
    (block,) = BLOCKS["console"]
    command, _, output = block.removeprefix("$ ").partition("\n")
    assert subprocess.run(["bash", "-c", command], cwd=ROOT, text=True, capture_output=True).stdout == output
    monkeypatch.chdir(digits)
    lines = doctest.DocTestParser().get_doctest("\n".join(BLOCKS["pycon"]), {}, "tour.md", "tour.md", 0)
    assert len(lines.examples) > 25
    doctest.DebugRunner().run(lines)


def test_every_target_and_command_that_the_tour_names_is_there(tmp_path):
    lines = "".join(BLOCKS["sh"])
    targets = re.findall(r"\bresults/\S+", lines)
    assert len(targets) > 10
    demo = ("--configfile", ROOT / "config/digits.yaml")
    snakemake(*demo, "--dry-run", "--quiet", "all", "--", *targets, folder=tmp_path)
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(f"\n{name}:" in rules for name in re.findall(r"^make ([a-z-]+)", lines, flags=re.MULTILINE))


def test_the_code_beside_the_equations_is_that_of_the_project():
    rows = re.findall(r"^\| .* \| (`.*`) \| `(.*\.py)` \|$", TOUR, flags=re.MULTILINE)
    assert len(rows) == 7
    for code, file in rows:
        source = (ROOT / "workflow/scripts/onelayer" / file).read_text(encoding="utf-8")
        assert all(line in source for line in re.findall("`([^`]+)`", code)), code


def test_the_last_overlay_of_the_tour_runs_the_model_of_exercise_10(tmp_path):
    project = copy_project(tmp_path / "project", "tests", "docs")
    (solution,) = (COURSE / "solutions").glob("ex10_*.py")
    model = project / "workflow/scripts/onelayer/models/one_against_rest.py"
    model.write_text(solution.read_text() + "\n\nMODEL = OneAgainstRest()\n")
    (project / "rest.yaml").write_text(BLOCKS["yaml"][0])
    assert planned("--configfile", project / "rest.yaml", folder=tmp_path / "work", project=project)["train"] == 2
