"""Programs beside Python: git that never ends, and git and LaTeX that print garbage, crash, or lack a part."""

import json
import os
import shutil
import time

import pytest

from onelayer.io.errors import InputError
from onelayer.report import typeset
from tests.conftest import DIGITS, LATEX, snakemake

pytestmark = pytest.mark.reliability

GARBAGE = r"printf '\377\376\000\033[31m%s\n' 0123456789abcdef; exit 0"
BROKEN = {"never ends": "sleep 600", "prints garbage": GARBAGE, "crashes": "kill -SEGV $$", "fails": "exit 1"}
IDLE = {"ends well, and does nothing": "exit 0"}
# What LaTeX lacks, and what is said then.
LACKS = [
    ({"TEXINPUTS": "."}, "article.cls' not found"),
    ({"TFMFONTS": "/nowhere"}, "not loadable"),
    ({"T1FONTS": "/nowhere", "MKTEXPK": "0"}, "cannot open Type 1 font file"),
]
PROGRAMS = [("pdflatex", way) for way in ("crashes", "prints garbage")]
PROGRAMS += [("latexmk", way) for way in BROKEN | IDLE if way != "never ends"]


def program(folder, name, text):
    """A value of PATH on which a program of that name comes first."""
    folder.mkdir()
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.mark.parametrize("name", ["git", "kpsewhich"])
def test_the_pipeline_goes_on_without_a_program_that_it_only_asks(digits, tmp_path, tally, name):
    """The commit is unknown then, or the report is LaTeX; whatever the program says is nowhere."""
    faults, target = [], "results/provenance.json"
    for way, text in BROKEN.items():
        folder, path = shutil.copytree(digits, tmp_path / way), program(tmp_path / f"{way} tools", name, text)
        arguments = (*DIGITS, "--cores", 1, "--forcerun", "write_provenance", "--", target)
        done = snakemake(*arguments, folder=folder, check=False, PATH=path)
        project = json.loads((folder / target).read_text())["project"]
        good = done.returncode == 0 and (name != "git" or (project["commit"], project["clean"]) == (None, None))
        faults.append("" if good and "Traceback" not in done.stdout else f"{way}: {done.stdout}")
    tally(f"{name} that is broken", faults, ", ".join(BROKEN))


def refusal(digits, folder, says):
    """Nothing if typesetting is refused soon, in a few lines of text that say why, and leaves no file."""
    folder.mkdir()
    began = time.monotonic()
    with pytest.raises(InputError) as error:
        typeset.typeset(
            digits / "results/report/report.tex", (digits / "results/fig").glob("*.pdf"), folder / "made.pdf"
        )
    said, seconds = str(error.value), time.monotonic() - began
    good = says in said and len(said) < 2500 and seconds < 60 and not list(folder.iterdir())
    return "" if good else f"{folder.name}: {seconds:.0f} s: {said!r} instead of {says!r}"


@pytest.mark.skipif(not LATEX, reason="LaTeX is not installed on this machine")
def test_latex_that_is_broken_is_quoted_and_makes_no_pdf(digits, tmp_path, tally, monkeypatch):
    faults = []
    for variables, says in LACKS:
        with monkeypatch.context() as patch:
            for key, value in variables.items():
                patch.setenv(key, value)
            faults.append(refusal(digits, tmp_path / says[:7], says))
    for name, way in PROGRAMS:
        with monkeypatch.context() as patch:
            patch.setenv("PATH", program(tmp_path / f"{name} {way} tools", name, (BROKEN | IDLE)[way]))
            faults.append(refusal(digits, tmp_path / f"{name} {way}", "LaTeX failed:\n"))
    tally("LaTeX that lacks a part or is broken", faults)
