"""What is planted in free strings does nothing, and a lock with a wrong hash installs nothing."""

import copy
import re
import subprocess
import sys

import pytest
import yaml

from onelayer.errors import InputError
from onelayer.latex import typeset
from tests.conftest import ROOT, copy_project, snakemake

pytestmark = pytest.mark.reliability

PLANTED = r"\immediate\write18{touch owned} \input{/etc/passwd} $(touch owned) `touch owned` ; touch owned"
UNESCAPED = [r"\immediate\write18{touch owned}", r"\input{/etc/passwd}", r"\input{../secret}"]
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
    assert not [path for path in tmp_path.rglob("owned")] and not (ROOT / "owned").exists()
    tex = (work / "results/report/report.tex").read_text()
    assert r"\textbackslash{}input\{/etc/passwd\}" in tex and r"\input{/etc" not in tex and r"\write18" not in tex
    tally("commands planted in free strings, printed as typed", planted, planted, "LaTeX and shell")


def test_latex_itself_refuses_what_gets_past_the_escaping(tmp_path, tally):
    """The second wall: source that holds commands unescaped."""
    (tmp_path / "secret.tex").write_text("SECRET")
    for command in UNESCAPED:
        source = tmp_path / "report.tex"
        source.write_text(rf"\documentclass{{article}}\begin{{document}}text {command}\end{{document}}" + "\n")
        if "write18" in command:
            typeset(source, [], tmp_path / "report.pdf")  # ignored
        else:
            with pytest.raises(InputError):
                typeset(source, [], tmp_path / "other.pdf")
            assert not (tmp_path / "other.pdf").exists()
        assert not list(tmp_path.rglob("owned"))
    tally("unescaped commands stopped by LaTeX's own settings", len(UNESCAPED), len(UNESCAPED))


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
