"""Programs beside Python: git and LaTeX that never end, print garbage, crash, or lack a part."""

import json
import shutil
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from onelayer import typesetting
from onelayer.errors import InputError
from tests.conftest import DIGITS, snakemake

pytestmark = pytest.mark.reliability

GARBAGE = r"printf '\377\376\000\033[31m%s\n' 0123456789abcdef; exit 0"
BROKEN = {
    "never ends": "sleep 600",
    "prints garbage": GARBAGE,
    "prints for ever": "yes '! Emergency'",
    "crashes": "kill -SEGV $$",
    "fails": "exit 1",
    "ends well, and does nothing": "exit 0",
}


def program(folder: Path, name: str, text: str) -> Path:
    """A folder for PATH with a program of that name."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{text}\n")
    (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize("name", ["git", "kpsewhich"])
def test_the_pipeline_goes_on_without_a_program_that_it_only_asks(digits, tmp_path, tally, name):
    """The commit is unknown then, or the report is LaTeX; whatever the program says stands nowhere."""
    path = Path(shutil.which("sh")).parent

    def one(way):
        folder = shutil.copytree(digits, tmp_path / way)
        tools = program(tmp_path / "tools" / way, name, BROKEN[way])
        arguments = (*DIGITS, "--cores", 1, "--forcerun", "write_provenance", "--", "results/provenance.json")
        done = snakemake(*arguments, folder=folder, check=False, PATH=f"{tools}:{path}")
        if done.returncode or "Traceback" in done.stdout:
            return f"{way}: {done.stdout}"
        project = json.loads((folder / "results/provenance.json").read_text())["project"]
        return "" if name != "git" or (project["commit"], project["clean"]) == (None, None) else f"{way}: {project}"

    ways = [way for way in BROKEN if way != "prints for ever"] if name == "git" else ["never ends", "prints garbage"]
    with ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(one, ways))
    tally(f"{name} that is broken", faults, ", ".join(ways))


def refusal(digits: Path, folder: Path) -> str:
    """What is said when the report of a finished folder is typeset; an empty text where that worked."""
    report = digits / "results/report/report.tex"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        typesetting.typeset(report, (digits / "results/fig").glob("*.pdf"), folder / "report.pdf")
    except InputError as error:
        return str(error)
    return ""


def test_latex_that_is_broken_is_quoted_and_makes_no_pdf(digits, tmp_path, tally, monkeypatch):
    if not shutil.which("latexmk"):
        pytest.skip("LaTeX is not installed on this machine")
    assert refusal(digits, tmp_path / "whole") == "" and (tmp_path / "whole/report.pdf").exists()
    cases = {
        "no packages": ({"TEXINPUTS": "."}, "article.cls' not found"),
        "no metrics of the fonts": ({"TFMFONTS": "/nowhere"}, "not loadable"),
        "no fonts": ({"T1FONTS": "/nowhere", "MKTEXPK": "0"}, "cannot open Type 1 font file"),
    }
    faults = []
    for way, (variables, says) in cases.items():
        with monkeypatch.context() as patch:
            for key, value in variables.items():
                patch.setenv(key, value)
            faults.append(wrong(digits, tmp_path / way, says))
    monkeypatch.setattr(typesetting, "LATEX_SECONDS", 3)
    monkeypatch.setenv("PATH", f"{tmp_path}/tools", prepend=":")
    for name in ("pdflatex", "latexmk"):
        for way in ("never ends", "crashes", "prints garbage") if name == "pdflatex" else BROKEN:
            program(tmp_path / "tools", name, BROKEN[way])
            says = "not done after 3 seconds" if way in ("never ends", "prints for ever") else "LaTeX failed:\n"
            faults.append(wrong(digits, tmp_path / name / way, says))
            (tmp_path / "tools" / name).unlink()
    tally("LaTeX that is broken", faults, f"{', '.join(cases)}; pdflatex or latexmk {', '.join(BROKEN)}")


def wrong(digits: Path, folder: Path, says: str) -> str:
    """Nothing if typesetting is refused soon, in a few lines of text that say why, and leaves no file."""
    began = time.monotonic()
    said = refusal(digits, folder)
    seconds = time.monotonic() - began
    good = says in said and len(said) < 2500 and seconds < 60 and not list(folder.iterdir())
    return "" if good else f"{folder.name}: {seconds:.0f} s: {said!r} instead of {says!r}"


def test_nothing_that_latex_started_outlives_it(digits, tmp_path, tally, monkeypatch):
    if not shutil.which("latexmk"):
        pytest.skip("LaTeX is not installed on this machine")
    program(tmp_path / "tools", "pdflatex", f"echo $$ > {tmp_path}/process; exec sleep 600")
    monkeypatch.setattr(typesetting, "LATEX_SECONDS", 3)
    monkeypatch.setenv("PATH", f"{tmp_path}/tools", prepend=":")
    assert "not done after 3 seconds" in refusal(digits, tmp_path / "report")
    process = (tmp_path / "process").read_text().strip()
    alive = subprocess.run(["ps", "-p", process, "-o", "stat="], capture_output=True, text=True).stdout.strip()
    tally("pdflatex that never ends is ended too", ["" if not alive or alive.startswith("Z") else alive])
