"""What is planted in free strings does nothing, and a lock with a wrong hash installs nothing."""

import copy
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

from onelayer import latex
from onelayer.errors import InputError
from onelayer.latex import typeset
from tests.conftest import ROOT, copy_project, snakemake

LATEX = bool(shutil.which("latexmk"))
pytestmark = pytest.mark.reliability

# An absolute path: LaTeX runs in a folder that is deleted afterwards.
OWNED = Path(tempfile.gettempdir(), f"owned-{os.getpid()}")
PLANTED = r"\immediate\write18{touch OWNED} \input{/etc/passwd} $(touch OWNED) `touch OWNED` ; touch OWNED".replace(
    "OWNED", str(OWNED)
)
FREE = ("title", "subject", "licence", "citation")


def test_planted_commands_do_nothing_and_are_printed_as_typed(tmp_path, tally):
    project, work = tmp_path / "project", tmp_path / "work"
    copy_project(project)
    work.mkdir()
    datasets = yaml.safe_load((project / "config/datasets.yaml").read_text())
    published = yaml.safe_load((project / "config/published.yaml").read_text())
    planted = 0
    datasets["digits"] = copy.deepcopy(datasets["digits"])
    for document in (datasets["digits"], published["source"]):
        for key, value in document.items():
            if isinstance(value, str) and (document is published["source"] or key in FREE):
                document[key] = PLANTED
                planted += 1
    assert planted >= 6
    (project / "config/datasets.yaml").write_text(yaml.safe_dump(datasets))
    (project / "config/published.yaml").write_text(yaml.safe_dump(published))
    overlay = project / "config/digits.yaml"
    snakemake("--snakefile", project / "Snakefile", "--configfile", overlay, "--cores", 2, folder=work)
    assert not OWNED.exists()
    tex = (work / "results/report/report.tex").read_text()
    assert r"\textbackslash{}input\{/etc/passwd\}" in tex and r"\input{/etc" not in tex and r"\write18" not in tex
    tally("commands planted in free strings, printed as typed", planted, planted, "LaTeX and shell")


@pytest.mark.skipif(not LATEX, reason="LaTeX is not installed")
def test_latex_itself_refuses_what_gets_past_the_escaping(tmp_path, tally, monkeypatch):
    """The second wall: source that holds commands unescaped. With shell escape the first one works, without it does not."""
    (tmp_path / "secret.tex").write_text("SECRET")
    source, pdf, owned = tmp_path / "report.tex", tmp_path / "report.pdf", tmp_path / "owned"

    def typeset_with(command):
        source.write_text(rf"\documentclass{{article}}\begin{{document}}text {command}\end{{document}}" + "\n")
        typeset(source, [], pdf)

    typeset_with(rf"\immediate\write18{{touch {owned}}}")
    assert pdf.exists() and not owned.exists()
    pdf.unlink()
    for path in ("/etc/passwd", "../secret", tmp_path / "secret"):
        with pytest.raises(InputError):
            typeset_with(rf"\input{{{path}}}")
        assert not pdf.exists()
    tally("unescaped commands stopped by LaTeX's own settings", 4, 4)

    monkeypatch.setattr(latex, "COMMAND", [part.replace("-no-shell", "-shell") for part in latex.COMMAND])
    typeset_with(rf"\immediate\write18{{touch {owned}}}")
    assert owned.exists()


def test_a_flipped_hash_installs_nothing(tmp_path, tally):
    lock = (ROOT / "requirements.txt").read_text()
    block = re.search(r"^tqdm==(?:.*\\\n)+.*\n", lock, re.MULTILINE).group(0)
    block = block.split("    # via")[0].rstrip().rstrip("\\") + "\n"
    for name, content in (("right", block), ("wrong", re.sub(r"sha256:(.)", _flip, block))):
        (tmp_path / name).mkdir()
        (tmp_path / f"{name}.txt").write_text(content)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        pip += ["--target", tmp_path / name, "-r", tmp_path / f"{name}.txt"]
        done = subprocess.run(pip, capture_output=True, text=True)
        assert (done.returncode == 0) == (name == "right"), done.stderr
        assert (tmp_path / name / "tqdm").exists() == (name == "right")
    assert "DO NOT MATCH THE HASHES" in done.stderr
    tally("installations with a flipped hash refused", 1, 1)


def _flip(match):
    return f"sha256:{int(match.group(1), 16) ^ 1:x}"
