"""The report of many configurations: each compiles, no cell is empty by accident, no sentence is false; and typesetting."""

import logging
import os
import re
import shutil
import subprocess
import time
from types import SimpleNamespace

import matplotlib.figure
import numpy as np
import pytest

import check_gradients
import decide_claims
import make_tables
import train
from onelayer.data.description import DataSet
from onelayer.data.store import ImageSet, write_images
from onelayer.experiment.claims import claims_of
from onelayer.experiment.config import read_yaml
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.source import Source
from onelayer.experiment.task import tasks_of
from onelayer.figures import named_figures
from onelayer.io.files import write_rows
from onelayer.io.programs import versions
from onelayer.models import model_names
from onelayer.report import typeset as typesetting
from onelayer.report.render import report_source
from onelayer.results.rebuilt import Rebuilt
from onelayer.training.runs import RunFiles
from tests.conftest import ROOT
from tests.helpers import refusal

SOURCE, LATEX = read_configuration(ROOT, [], {}).source, shutil.which("latexmk")
CONFIGURATIONS = read_yaml(ROOT / "tests/report/configurations.yaml")
EVIDENCE, SAID = CONFIGURATIONS.pop("evidence"), CONFIGURATIONS.pop("said")
# Sources by the names of the configurations; the others have the default one.
SOURCES = {"no_source_with_evidence": Source()}
SOURCES["source_without_more"] = Source(details=SOURCE.details, tasks=SOURCE.tasks, own=SOURCE.own)
DRAFT = ("pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error")
# Of the configurations those whose reports are made each time.
SHORT = {"plain", "diverging", "two_classes", "seventeen_lambdas_with_evidence", *SOURCES, *SAID}
TABLES = ("metrics", "sweep", "published", "findings", "curves", "gradients", "claims")
NEVER = r"by \$0\$|-0\.0+\b|\bnan\b|\bNone\b|\binf\b|\b1 (evaluations|steps|epochs|seeds|runs|claims)\b|\b0 of its"


def own_claims(tasks):
    """A claim of one's own about the first task, over seeds and images."""
    entry = {
        "id": "mine",
        "origin": "own",
        "place": "here",
        "claim": "It is right.",
        "rule": {"above": 0.1},
        "why": "So.",
    }
    measure = {"of": "validation_accuracy", "tasks": [next(iter(tasks))], "at": "stop", "over": "images"}
    return claims_of([entry | {"quantity": "The accuracy", "measure": measure}], tasks, "mine", held=False)


def made(folder, name, source):
    """The LaTeX source of the report of a configuration, and the names of its figures, made by the scripts of the workflow."""
    names = [f"a_name_of_20_letter{n}" for n in range(3)] if name == "twelve_lambdas_and_tasks" else ["softmax"]
    own = {key: value for key, value in (CONFIGURATIONS["plain"] | CONFIGURATIONS[name]).items() if value != "none"}
    config = {"dataset": "mine", "images": {}, "training": {"evaluations": {}}, "tasks": dict.fromkeys(names, own)}
    tasks, runs, shape = tasks_of(config, {}), {}, (1, 1) if name == "one_pixel" else (4, 5)
    random, paths = np.random.RandomState(7), {file: str(folder / file) for file in ("train", "test")}
    labels = random.randint(0, len(own["classes"]), 200).astype(np.uint8)
    pixels = random.randint(0, 120, (200, *shape)).astype(np.uint8)
    pixels.reshape(200, -1)[np.arange(200), labels % pixels[0].size] += 130
    stored = np.full_like(pixels, 9) if name == "constant_images" else pixels
    for file, path in paths.items():
        write_images(path, ImageSet(stored, labels, {"pixel_max": 255, "split": file, "sources": []}))
    for run, settings in ((run, task.settings(run)) for task in tasks.values() for run in task.runs):
        train.main(paths, run.lam, settings, folder / run.folder, logging.getLogger("test"))
        runs[run] = RunFiles(folder / run.folder, settings)
    tables = {table: str(folder / f"{table}.table") for table in TABLES}
    differing = source.differing(tasks)
    make_tables.main(tasks, source.values, Rebuilt(runs, {}, tasks, paths), differing, SimpleNamespace(**tables))
    check_gradients.main(tasks, paths, tables["gradients"])
    claims = SimpleNamespace(csv=folder / "claims.csv", json=tables["claims"])
    decide_claims.main(
        [*source.claims, *(own_claims(tasks) if source.claims else [])],
        Rebuilt(runs, {}, tasks, paths),
        differing,
        shape,
        claims,
    )
    for table, rows in EVIDENCE.items() if "evidence" in name else ():
        tables[table] = str(folder / table)
        write_rows(tables[table], rows[0], [row.values() for row in rows])
    figures = named_figures(tasks, "evidence" in name, source.figure_name)
    dataset = DataSet("mine", r"Mine & <\input{x}", "npz", shape, range(20), ["."])
    tex = report_source(
        tables, list(paths.values()), tasks, figures, names={task: dataset.names(own["classes"]) for task in tasks},
        parts_figure=None, clipped={task: ["loss"] for task in tasks}, sections=source.sections,
        source=source.details, introduction=source.introduction, slips=source.slips, differing=differing,
        appended=[name for name in source.tasks if name not in source.own], dataset=dataset.shown(), versions=versions(),
    )  # fmt: skip
    return tex, {file for own in figures.values() for file in own.values()}


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in SHORT else pytest.mark.long) for name in CONFIGURATIONS]
)
@np.errstate(all="ignore")
def test_the_report_of_a_configuration_is_whole_and_true(tmp_path, name):
    source = SOURCES.get(name, SOURCE)
    tex, figures = made(tmp_path, name, source)
    plain = " ".join(tex.split())
    assert not re.search(NEVER, tex), re.search(f".*({NEVER}).*", tex)[0]
    assert r"on Mine \& \textless{}\textbackslash{}input\{x\}" in tex
    assert not [said for said in SAID.get(name, []) if said not in plain], plain
    # What the source does not have is not spoken of.
    spoken = {"source~", "ublished report", "ublished values", "claim", "Errata", "Conclusion"}
    expected = spoken if source is SOURCE else {"source~", "ublished report"} if source.details else set()
    assert {word for word in spoken if word in tex} == expected and (source.details or "source" not in tex)
    assert (r"\emph{Task 2 (d): binary, lambda 0.0, file order}" in tex) == (source is SOURCE)
    assert (r"\section{Overfitting}" in tex) == (name not in ("diverging", "no_runs_and_no_validation"))
    assert ("the run diverged" in tex) == (name == "diverging")
    if name == "plain":
        assert {own.get("model", "softmax") for own in CONFIGURATIONS.values()} == set(model_names())
        # Rows stand by lambda, though the configuration begins with the larger.
        orders = re.findall(r"& (\S+) & (file|shuffled) &", tex)
        assert orders == [("0.0", "file"), ("0.0", "shuffled"), ("0.1", "file"), ("0.1", "shuffled")]
    for row in re.findall(r"^[^&\n]+&.*\\\\\*?$", tex, flags=re.MULTILINE):
        assert all(cell.strip(" \\*") for cell in row.split("&")), row
    if not LATEX:
        pytest.skip("LaTeX is not installed on this machine: the source was checked, and not typeset")
    matplotlib.figure.Figure(figsize=(3.15, 2.2)).savefig(tmp_path / "usual.pdf")
    for file in figures:  # drawn elsewhere: one of their usual size stands for each
        (tmp_path / f"{file}.pdf").symlink_to("usual.pdf")
    (tmp_path / "report.tex").write_text(tex)
    for _ in range(2):
        done = subprocess.run([*DRAFT, "report.tex"], cwd=tmp_path, capture_output=True)
    log = (tmp_path / "report.log").read_text(errors="replace")
    assert done.returncode == 0 and "undefined" not in log, log[-3000:]
    # No line is more than 5 points too wide, and no page too full.
    assert max(map(float, re.findall(r"^Overfull .[hv]box \(([0-9.]+)pt", log, re.MULTILINE)), default=0) <= 5


def typeset(folder, body):
    head = r"\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1\documentclass{article}\begin{document}"
    (folder / "report.tex").write_text(rf"{head} {body} \end{{document}}")
    typesetting.typeset(folder / "report.tex", [], folder / "report.pdf")


@pytest.mark.skipif(not LATEX, reason="LaTeX is not installed on this machine")
def test_only_the_pdf_comes_out_with_the_same_bytes_each_time_and_without_a_shell_or_an_error_is_quoted(tmp_path):
    pdf, written = tmp_path / "report.pdf", []
    for _ in range(2):
        typeset(tmp_path, rf"\immediate\write18{{touch {tmp_path}/owned}} See \ref{{a}}. \section{{A}}\label{{a}}")
        written.append(pdf.read_bytes())
    assert written[0].startswith(b"%PDF") and written[0] == written[1]
    said = refusal(typeset, tmp_path, r"See \ref{a}. \undefined \label{a}")
    assert "! Undefined control sequence" in said and "Reference" not in said
    for body, says in ((r"\ref{nowhere}", "nowhere"), (r"\cite{nobody}", "nobody"), (r"\input{/etc/passwd}", "passwd")):
        assert says in refusal(typeset, tmp_path, body)
    assert pdf.read_bytes() == written[0] and sorted(os.listdir(tmp_path)) == ["report.pdf", "report.tex"]


def test_what_is_not_a_pdf_is_not_kept_and_what_never_ends_is_ended(tmp_path, monkeypatch):
    """In the place of latexmk a script; its child keeps a pipe open as long as it lives."""
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(typesetting, "LATEX_SECONDS", 2)
    os.mkfifo(tmp_path / "child")
    child = os.open(tmp_path / "child", os.O_RDONLY | os.O_NONBLOCK)
    for script, says in (
        ("printf '' > report.pdf", "LaTeX failed"),
        ("printf 'not a PDF' > report.pdf", "LaTeX failed"),
        (f"sleep 40 > {tmp_path}/child; true", "latexmk has not ended after 2 seconds"),
    ):
        (tmp_path / "latexmk").write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / "latexmk").chmod(0o755)
        assert says in refusal(typeset, tmp_path, "text") and not (tmp_path / "report.pdf").exists()
    os.set_blocking(child, True)
    beginning = time.monotonic()
    assert os.read(child, 1) == b"" and time.monotonic() - beginning < 30
