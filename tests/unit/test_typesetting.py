import shutil

import pytest

from onelayer import typesetting
from onelayer.errors import InputError
from onelayer.typesetting import typeset

# make test installs LaTeX where it may; elsewhere the pipeline itself builds all but the PDF, and says so.
pytestmark = pytest.mark.skipif(not shutil.which("latexmk"), reason="LaTeX is not installed on this machine")


def document(body):
    return (
        r"\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1"
        "\n\\documentclass{article}\n\\begin{document}\n" + body + "\n\\end{document}\n"
    )


def build(tmp_path, body):
    (tmp_path / "report.tex").write_text(document(body))
    typeset(tmp_path / "report.tex", [], tmp_path / "report.pdf")
    return tmp_path / "report.pdf"


def test_only_the_pdf_comes_out_and_its_bytes_do_not_change(tmp_path):
    first = build(tmp_path, r"See \ref{a}. \section{A}\label{a}").read_bytes()
    assert first.startswith(b"%PDF")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["report.pdf", "report.tex"]
    assert build(tmp_path, r"See \ref{a}. \section{A}\label{a}").read_bytes() == first


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (r"\undefined", "Undefined control sequence"),
        (r"See \ref{nowhere}.", "nowhere"),
        (r"See \cite{nobody}.", "nobody"),
        (r"\input{/etc/passwd}", "passwd"),
        (r"\includegraphics{missing}", "Undefined control sequence"),
    ],
)
def test_an_error_is_quoted_and_no_pdf_is_left(tmp_path, body, says):
    with pytest.raises(InputError, match=says):
        build(tmp_path, body)
    assert [path.name for path in tmp_path.iterdir()] == ["report.tex"]


def test_no_shell(tmp_path):
    build(tmp_path, rf"\immediate\write18{{touch {tmp_path}/owned}} text")
    assert not (tmp_path / "owned").exists()


@pytest.mark.parametrize("content", ["", "no PDF"])
def test_what_is_no_pdf_is_not_kept(tmp_path, monkeypatch, content):
    """A latexmk that ends well and leaves an empty file, or something else."""
    tool = tmp_path / "tools/latexmk"
    tool.parent.mkdir()
    tool.write_text(f"#!/bin/sh\nprintf '{content}' > report.pdf\n")
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", str(tool.parent), prepend=":")
    with pytest.raises(InputError, match="LaTeX failed"):
        build(tmp_path, "text")
    assert not (tmp_path / "report.pdf").exists()


def test_an_error_comes_before_the_references_that_it_left_undefined(tmp_path):
    with pytest.raises(InputError) as raised:
        build(tmp_path, r"See \ref{a}. \undefined \label{a}")
    assert "Undefined control sequence" in str(raised.value) and "Reference" not in str(raised.value)


def test_latex_that_never_ends_is_ended(tmp_path, monkeypatch):
    monkeypatch.setattr(typesetting, "LATEX_SECONDS", 2)
    with pytest.raises(InputError, match="latexmk: not done after 2 seconds"):
        build(tmp_path, r"\loop\iftrue\repeat")
    assert not (tmp_path / "report.pdf").exists()
