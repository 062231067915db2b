"""Programs beside Python: git that never ends, and git and LaTeX that print garbage, crash, or lack a part."""

import json
import os
import shutil
import time

import pytest

from onelayer.report.typeset import typeset
from tests.conftest import DIGITS, LATEX, snakemake
from tests.helpers import refusal

pytestmark = pytest.mark.reliability

GARBAGE = r"printf '\377\376\000\033[31m%s\n' 0123456789abcdef; exit 0"
BROKEN = {"never ends": "sleep 600", "prints garbage": GARBAGE, "crashes": "kill -SEGV $$", "fails": "exit 1"}
# For LaTeX: variables that take a part from it, a program in place of its own, and what is said then.
FAULTS = [
    ({"TEXINPUTS": "."}, (), "article.cls' not found"),
    ({"TFMFONTS": "/nowhere"}, (), "not loadable"),
    ({"T1FONTS": "/nowhere", "MKTEXPK": "0"}, (), "cannot open Type 1 font file"),
    *(({}, ("pdflatex", BROKEN[way]), "LaTeX failed:\n") for way in ("prints garbage", "crashes")),
    *(({}, ("latexmk", BROKEN[way]), "LaTeX failed:\n") for way in ("prints garbage", "crashes", "fails")),
    ({}, ("latexmk", "exit 0"), "LaTeX failed:\n"),
]


def program(folder, name, text):
    """A value of PATH on which a program of that name comes first."""
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("way", BROKEN)
@pytest.mark.parametrize("name", ["git", "kpsewhich"])
def test_the_pipeline_goes_on_without_a_program_that_it_only_asks(digits, tmp_path, name, way):
    """The commit is unknown then, or the report is LaTeX; whatever the program says is nowhere."""
    folder, path = shutil.copytree(digits, tmp_path / "work"), program(tmp_path / "tools", name, BROKEN[way])
    target = "results/provenance.json"
    done = snakemake(*DIGITS, "--cores", 1, "--forcerun", "write_provenance", "--", target, folder=folder, PATH=path)
    assert "Traceback" not in done.stdout
    if name == "git":
        project = json.loads((folder / target).read_text())["project"]
        assert (project["commit"], project["clean"]) == (None, None)


@pytest.mark.skipif(not LATEX, reason="LaTeX is not installed on this machine")
@pytest.mark.parametrize(("variables", "broken", "says"), FAULTS)
def test_latex_that_is_broken_is_quoted_soon_and_makes_no_pdf(digits, tmp_path, monkeypatch, variables, broken, says):
    for key, value in variables.items():
        monkeypatch.setenv(key, value)
    if broken:
        monkeypatch.setenv("PATH", program(tmp_path / "tools", *broken))
    (tmp_path / "made").mkdir()
    began, results = time.monotonic(), digits / "results"
    said = refusal(typeset, results / "report/report.tex", (results / "fig").glob("*.pdf"), tmp_path / "made/made.pdf")
    assert says in said and len(said) < 2500 and time.monotonic() - began < 60 and not os.listdir(tmp_path / "made")
