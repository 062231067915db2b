"""After a complete run and one edit, exactly the jobs whose results can differ run again."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest
import yaml

from tests.conftest import DIGITS, copy_project, snakemake
from tests.workflow.test_digits import jobs

CONFIG = {"training": {"seeds": [0, 1], "max_epochs": 2}, "tasks": {"softmax": {"lambdas": [0.0, 2.0]}}}
ALL = ("--cores", 2)
REPORT = {"write_report": 1, "typeset_report": 1}
TABLES = {"make_tables": 1, "decide_claims": 1, "show_tables": 1}
PAGE = {"make_explorer": 1}
SHOWN = {**TABLES, "write_provenance": 1, **REPORT, **PAGE}
PLOTS = {"plot_binary_run": 1, "plot_binary_comparison": 1, "plot_softmax_run": 1, "plot_softmax_comparison": 1}
VERSIONS = {"write_provenance": 1, **REPORT, **PAGE}


@pytest.fixture(scope="module")
def done(tmp_path_factory):
    """A copy of the project, with a working folder inside in which everything has been made."""
    project = copy_project(tmp_path_factory.mktemp("triggers") / "project")
    (project / "grid.yaml").write_text(yaml.safe_dump(CONFIG))
    snakemake(*DIGITS, project / "grid.yaml", *ALL, folder=project / "work", project=project)
    return project


def planned(project, *arguments, overlay=None, **environment):
    """Jobs by rule that a dry run plans."""
    (project / "grid.yaml").write_text(yaml.safe_dump(CONFIG))
    overlays = [project / "grid.yaml"]
    if overlay:
        (project / "more.yaml").write_text(yaml.safe_dump(overlay))
        overlays.append(project / "more.yaml")
    done = snakemake(
        *DIGITS, *overlays, "--dry-run", *(arguments or ALL), folder=project / "work", project=project, **environment
    )
    counts = jobs(done.stdout)
    counts.pop("total", None)
    return counts


# Edits that change no result, all made at once: a file of the project, what stands there, and what it becomes.
HARMLESS = [
    ("config/datasets.yaml", "https://ossci-datasets", "https://elsewhere"),
    ("config/datasets.yaml", "<project>/workflow/data/digits", "../workflow/data/digits"),
    ("config/datasets.yaml", "title: Fashion-MNIST", "title: Clothes"),
    ("workflow/scripts/onelayer/log.py", 'mode="w"', 'mode="a"'),
    ("workflow/scripts/onelayer/errors.py", "import os\n", "import os\nUNUSED = 1\n"),
    ("workflow/scripts/onelayer/training.py", "GROUP = 10", "GROUP = 10  # or so"),
    ("workflow/scripts/onelayer/data/fetch.py", "DEADLINE_SECONDS = 300.0", "DEADLINE_SECONDS = 200.0"),
    ("workflow/report/captions/figures/loss.rst", "Training and", "The training and"),
    ("Makefile", "demo:", "# a comment\ndemo:"),
]
# The same, with the jobs that run again, one at a time.
EDITS = [
    ("workflow/scripts/onelayer/figures/l2_norm.py", "capsize=3", "capsize=4", {"plot_softmax_comparison": 1, "typeset_report": 1}),
    ("workflow/report/onelayer.mplstyle", "font.size: 9", "font.size: 8", {**PLOTS, "typeset_report": 1}),
    ("workflow/report/sections/runs.tex.jinja", "lists every run", "has every run", REPORT),
    ("workflow/report/table.html", "margin: 1rem", "margin: 2rem", {"show_tables": 1}),
    ("workflow/scripts/onelayer/sentences.py", "Training stopped early", "The training stopped early", REPORT),
    ("workflow/scripts/onelayer/gradients.py", "TOLERANCE = 1e-6", "TOLERANCE = 2e-6", {"check_gradients": 1, "decide_claims": 1, "show_tables": 1, **REPORT, **PAGE}),
    ("config/published.yaml", "tolerance: 0.25", "tolerance: 0.3", {**TABLES, **REPORT, **PAGE}),
    ("workflow/explorer/style.css", "margin: 0 auto", "margin: 0", PAGE),
]  # fmt: skip


@contextlib.contextmanager
def edited(project, edits):
    """The project with some pieces of its files replaced, for as long as the body runs."""
    before = {file: (project / file).read_text() for file, _, _ in edits}
    try:
        for file, old, new in edits:
            text = (project / file).read_text()
            assert old in text, (file, old)
            (project / file).write_text(text.replace(old, new))
        yield
    finally:
        for file, text in before.items():
            (project / file).write_text(text)


def test_after_edits_that_change_no_result(done):
    with edited(done, HARMLESS):
        assert planned(done, overlay={"offline": True}) == {}


@pytest.mark.parametrize(("file", "old", "new", "expected"), EDITS)
def test_after_an_edit(done, file, old, new, expected):
    with edited(done, [(file, old, new)]):
        assert planned(done) == expected | {"all": 1}


TASK = {"model": "hinge", "classes": [1, 7], "learning_rate": 0.05, "lambdas": [0.0], "shuffle": [True]}
OVERLAYS = [
    ({"tasks": {"softmax": {"lambdas": [0.0, 2.0, 0.2]}}}, {"train": 2, "plot_softmax_comparison": 1, **SHOWN}),
    ({"training": {"seeds": [0, 1, 2]}}, {"train": 3, **SHOWN, **PLOTS, "plot_binary_run": None}),
    ({"training": {"seeds": [1, 0]}}, {"plot_softmax_run": 1, **SHOWN}),
    ({"tasks": {"softmax": {"lambdas": [2.0, 0.0]}}}, SHOWN),
    ({"tasks": {"binary": {"learning_rate": 0.04}}}, {"train": 3, "plot_binary_run": 1, "plot_binary_comparison": 1, **SHOWN}),
    ({"evidence": True}, {"find_optimum": 1, "join_optima": 1, "plot_softmax_optimum": 1, "predict_validation": 2, "make_diagnostics": 1, "plot_binary_diagnostics": 1, "plot_softmax_diagnostics": 1, "decide_claims": 1, "show_tables": 1, **REPORT, **PAGE}),
    ({"tasks": {"more": TASK}}, {"train": 2, "check_gradients": 1, "plot_more_run": 1, **SHOWN}),
]  # fmt: skip


@pytest.mark.parametrize(("overlay", "expected"), OVERLAYS)
def test_after_another_configuration(done, overlay, expected):
    expected = {rule: count for rule, count in expected.items() if count}
    assert planned(done, overlay=overlay) == expected | {"all": 1}


@pytest.mark.parametrize(
    ("package", "expected"),
    [
        ("numpy", {"prepare": 2, "check_gradients": 1, "train": 7, **TABLES, **PLOTS, **VERSIONS}),
        ("matplotlib", {**PLOTS, **VERSIONS}),
        ("pandas", {**TABLES, **VERSIONS}),
    ],
)
def test_after_another_version_of_a_package(done, tmp_path, package, expected):
    """Its metadata are found first; the package itself is not needed in a dry run."""
    metadata = tmp_path / f"{package}-99.0.dist-info/METADATA"
    metadata.parent.mkdir()
    metadata.write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 99.0\n")
    assert planned(done, PYTHONPATH=str(tmp_path)) == expected | {"all": 1}


def test_other_cores_and_touched_files_run_nothing(done):
    assert planned(done, "--cores", 1) == {}
    for path in done.rglob("*"):
        if path.is_file() and "work" not in path.relative_to(done).parts[:1]:
            os.utime(path)
    assert planned(done) == {}


def test_a_copy_and_a_moved_folder_run_nothing(done, tmp_path):
    """A copy whose files have the time of the copying, in any order."""
    copy = tmp_path / "copy"
    shutil.copytree(done, copy, copy_function=shutil.copyfile)
    for number, path in enumerate(sorted(copy.rglob("*"))):
        os.utime(path, (1_700_000_000 - number, 1_700_000_000 - number))
    assert planned(copy) == {}
    moved = Path(shutil.move(copy, tmp_path / "elsewhere"))
    assert planned(moved) == {}
