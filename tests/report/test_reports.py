"""The report of many configurations: each compiles, no cell is empty by accident, no sentence is false; and typesetting."""

import logging
import os
import re
import subprocess
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
from onelayer.report.render import report_source
from onelayer.report.typeset import typeset
from onelayer.results.rebuilt import Rebuilt
from onelayer.training.runs import RunFiles
from tests.conftest import LATEX, ROOT
from tests.helpers import refusal

SOURCE = read_configuration(ROOT, [], {}).source
CONFIGURATIONS = read_yaml(ROOT / "tests/report/configurations.yaml")
EVIDENCE, SAID, CLAIM = (CONFIGURATIONS.pop(name) for name in ("evidence", "said", "claim"))
# Sources by the names of the configurations; the others have the default one.
SOURCES = {"no_source_with_evidence": Source()}
SOURCES["source_without_more"] = Source(details=SOURCE.details, tasks=SOURCE.tasks, own=SOURCE.own)
DRAFT = ("pdflatex", "-draftmode", "-interaction=nonstopmode", "-halt-on-error", "report.tex")
# Of the configurations those whose reports are made each time.
SHORT = {"plain", "diverging", "two_classes", "seventeen_lambdas_with_evidence", *SOURCES, *SAID}
TABLES = ("metrics", "sweep", "published", "findings", "curves", "gradients", "claims")
NEVER = r"by \$0\$|-0\.0+\b|\bnan\b|\bNone\b|\binf\b|\b1 (evaluations|steps|epochs|seeds|runs|claims)\b|\b0 of its"


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
    rebuilt, differing = Rebuilt(runs, {}, tasks, paths), source.differing(tasks)
    make_tables.main(tasks, source.values, rebuilt, differing, [], SimpleNamespace(**tables))
    check_gradients.main(tasks, paths, tables["gradients"])
    claim = CLAIM | {"measure": CLAIM["measure"] | {"tasks": names[:1]}}
    claims = [*source.claims, *claims_of([claim], tasks, "mine", held=False)] if source.claims else []
    outputs = SimpleNamespace(csv=folder / "claims.csv", json=tables["claims"])
    decide_claims.main(claims, rebuilt, differing, shape, outputs)
    if "evidence" in name:
        tables["optimum"] = str(folder / "optimum.csv")
        write_rows(tables["optimum"], EVIDENCE[0], [row.values() for row in EVIDENCE])
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
        done = subprocess.run(DRAFT, cwd=tmp_path, capture_output=True)
    log = (tmp_path / "report.log").read_text(errors="replace")
    assert done.returncode == 0 and "undefined" not in log, log[-3000:]
    # No line is more than 5 points too wide, and no page too full.
    assert max(map(float, re.findall(r"^Overfull .[hv]box \(([0-9.]+)pt", log, re.MULTILINE)), default=0) <= 5


@pytest.mark.skipif(not LATEX, reason="LaTeX is not installed on this machine")
def test_only_the_pdf_comes_out_with_the_same_bytes_each_time_and_without_a_shell_or_an_error_is_quoted(tmp_path):
    source, pdf = tmp_path / "report.tex", tmp_path / "report.pdf"

    def typeset_text(body):
        head = r"\pdfinfoomitdate=1\pdftrailerid{}\pdfsuppressptexinfo=-1\documentclass{article}\begin{document}"
        source.write_text(rf"{head} {body} \end{{document}}")
        typeset(source, [], pdf)
        return pdf.read_bytes()

    good = rf"\immediate\write18{{touch {tmp_path}/owned}} See \ref{{a}}. \section{{A}}\label{{a}}"
    written = typeset_text(good)
    assert written.startswith(b"%PDF") and written == typeset_text(good)
    said = refusal(typeset_text, r"See \ref{a}. \undefined \label{a}")
    assert "! Undefined control sequence" in said and "Reference" not in said
    for body, says in ((r"\ref{nowhere}", "nowhere"), (r"\cite{nobody}", "nobody"), (r"\input{/etc/passwd}", "passwd")):
        assert says in refusal(typeset_text, body)
    assert pdf.read_bytes() == written and sorted(os.listdir(tmp_path)) == ["report.pdf", "report.tex"]
