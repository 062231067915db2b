"""After a complete run and one change, exactly the jobs whose results can differ run again."""

import os
import re
import shutil
import subprocess
from collections import Counter

import pytest

from tests.conftest import DIGITS, ROOT, copy_project, planned, snakemake
from tests.workflow.test_tasks import MODEL

REST = "learning_rate: 0.05, lambdas: [0.0], shuffle: [true], max_epochs: 2"
HINGE = f"tasks: {{machine: {{model: hinge, classes: [1, 7], {REST}}}}}"
SIXTH = f"tasks: {{sixth: {{model: squared_hinge, classes: [3, 5], {REST}}}}}"
ORDER = 'runs=lambda task: task.order_runs[1:], caption="nothing.", section="curves"'
FIGURE = f"from onelayer.figures import figure\n\n@figure({ORDER})\ndef draw(view):\n    pass\n"
CODE = "workflow/scripts/onelayer"
SOURCE, PUBLISHED = (f"config/sources/tdt4265_2022/{name}.yaml" for name in ("source", "published"))
# Evidence of the tasks that are there, without the further ones and the seeds of the source.
FLAG = re.sub(r"seeds: .*]", "seeds: [0]", (ROOT / "config/digits.yaml").read_text())
# Jobs by rule, each as often as it runs.
STATE = " write_provenance"
REPORT = " write_report typeset_report"
# On data that the source has never seen no claim is decided, so none is decided again.
SHOWN = " make_tables" + REPORT + " make_explorer"
TRAINED = " train check_gradients" + SHOWN + STATE
SWEEP, NORM = " plot_softmax_figure_8_l2_accuracy", " plot_softmax_figure_9_l2_norm"
BINARY = " plot_binary_accuracy plot_binary_shuffle_accuracy"
PLOTS = BINARY + SWEEP + NORM + " plot_softmax_accuracy plot_softmax_weights plot_machine_accuracy"
# Of a grid that the source does not have all figures are drawn.
MORE = " plot_softmax_figure_8_accuracy plot_softmax_figure_8_weights"
SWEPT = ("softmax", "softmax_figure_8", "softmax_figure_9")
EVIDENCE = SHOWN + " plot_softmax_figure_8_penalty" + " find_optimum" * len(SWEPT)
EVIDENCE += "".join(f" plot_{name}_confusion" for name in ("binary", "machine", *SWEPT))
# An overlay; files with what stands there, nothing in a new file, and what it becomes; the jobs that run then.
CASES = {
    "edits that change no result": (
        "offline: true",
        [
            ("README.md", "# onelayer", "# One layer"),
            ("config/datasets.yaml", "<project>/workflow/data/digits", "../workflow/data/digits"),
            ("config/datasets.yaml", "title: Fashion-MNIST", "title: Clothes"),
            (f"{CODE}/io/log.py", 'mode="w"', 'mode="a"'),
            (f"{CODE}/io/errors.py", "class InputError", "UNUSED = 1\n\n\nclass InputError"),
            (f"{CODE}/training/training.py", "GROUP = 20", "GROUP = 20  # or so,"),
            (f"{CODE}/io/code.py", "WORKFLOW = ", "UNUSED = 1\nWORKFLOW = "),
            (f"{CODE}/data/fetch.py", "import ", "UNUSED = 1\nimport "),
            (f"{CODE}/models/softmax.py", "Softmax regression.\n", "Softmax regression, in other words.\n"),
            (f"{CODE}/models/least_squares.py", "MODEL = ", "UNUSED = 1\nMODEL = "),
        ],
        STATE,
    ),
    "a relative import of a figure": ("{}", [(f"{CODE}/capsize.py", "3", "4")], NORM + REPORT + STATE),
    "a model": ("{}", [(f"{CODE}/models/hinge.py", "losses > 0", "losses >= 0")], "plot_machine_accuracy" + TRAINED),
    "a script": ("{}", [("workflow/scripts/check_gradients.py", "BATCH = 32", "BATCH = (16)")], "check_gradients" + REPORT + STATE),
    "a sentence": ("{}", [(f"{CODE}/report/sentences.py", "Training of", "That of")], REPORT + STATE),
    "a template": ("{}", [("workflow/report/sections/runs.tex.jinja", "lists every", "has every")], REPORT + STATE),
    "the style": ("{}", [("workflow/report/onelayer.mplstyle", "size: 8", "size: 9")], PLOTS + " typeset_report" + STATE),
    "the page": ("{}", [("workflow/explorer/style.css", "margin: 0 auto", "margin: 0")], "make_explorer" + STATE),
    "a tolerance": ("{}", [(PUBLISHED, "fineness: 16", "fineness: 17")], SHOWN + STATE),
    "a new figure": ("{}", [(f"{CODE}/figures/of_my_own.py", "", FIGURE), (SOURCE, "binary:\n    loss", "binary:\n    of_my_own: {}\n    loss")], "plot_binary_of_my_own" + REPORT + STATE),
    "a new model": ("{}", [(f"{CODE}/models/squared_hinge.py", "", MODEL)], ""),
    "a task with a new model": (SIXTH, [(f"{CODE}/models/squared_hinge.py", "", MODEL)], "plot_sixth_accuracy" + TRAINED),
    "one more lambda": ("tasks: {softmax_figure_8: {lambdas: ['2.0', '0.2', '0.02', '0.002', '0.3']}}", [], "train" + SWEEP + MORE + SHOWN + STATE),
    "lambdas in another order": ("tasks: {softmax_figure_8: {lambdas: ['0.002', '0.02', '0.2', '2.0']}}", [], SHOWN + STATE),
    "one more seed": ("tasks: {softmax: {seeds: [0, 1]}}", [], "train " * 2 + "plot_softmax_accuracy" + SHOWN + STATE),
    "another learning rate": ("tasks: {binary: {learning_rate: 0.04}}", [], "train train decide_claims" + BINARY + SHOWN + STATE),
    "evidence": (FLAG, [], EVIDENCE + STATE),
}  # fmt: skip
PACKAGES = {
    "numpy": "prepare prepare " + "train " * 13 + "check_gradients decide_claims" + PLOTS + SHOWN,
    "matplotlib": PLOTS + REPORT + " make_explorer",
    "pandas": SHOWN,
}


def git(project, *arguments):
    author = ("-c", "user.name=someone", "-c", "user.email=someone@localhost")
    subprocess.run(["git", "-C", project, *author, *arguments], check=True)


@pytest.fixture(scope="module")
def done(digits, tmp_path_factory):
    """A copy of the project as a git repository, with everything made, a hinge task, and a relative import in a figure."""
    project = copy_project(tmp_path_factory.mktemp("triggers") / "project", "tests", "docs")
    (project / CODE / "capsize.py").write_text("CAPSIZE = 3\n")
    figure = project / CODE / "figures/l2_norm.py"
    figure.write_text(figure.read_text().replace("\nimport numpy", "\nfrom ..capsize import CAPSIZE\nimport numpy"))
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "1"]):
        git(project, *command)
    shutil.copytree(digits, project / "work")
    (project / "hinge.yaml").write_text(HINGE)
    snakemake(*DIGITS, project / "hinge.yaml", "--cores", 2, folder=project / "work", project=project)
    return project


def assert_planned(project, expected, *arguments, overlay="{}", **environment):
    """Hold the jobs that a dry run plans, but for the target `all`, to what is expected."""
    (project / "more.yaml").write_text(overlay)
    overlays = (*DIGITS, project / "hinge.yaml", project / "more.yaml")
    jobs = planned(*overlays, *arguments, folder=project / "work", project=project, **environment)
    assert jobs.pop("all", 0) == bool(expected)
    assert jobs == Counter(expected.split())


@pytest.mark.parametrize(("overlay", "edits", "expected"), CASES.values(), ids=CASES)
def test_after_a_change_run_the_jobs_that_it_concerns_and_no_others(done, overlay, edits, expected):
    for file, old, new in edits:
        text = (done / file).read_text() if old else ""
        assert old in text, (file, old)
        (done / file).write_text(text.replace(old, new) if old else new)
    try:
        assert_planned(done, expected, overlay=overlay)
    finally:
        git(done, "checkout", "-q", ".")
        git(done, "clean", "-qfd", "workflow")


def test_after_an_empty_commit_the_provenance_alone_is_written_again(done):
    git(done, "commit", "-q", "--allow-empty", "-m", "2")
    assert_planned(done, STATE)
    git(done, "reset", "-q", "--soft", "HEAD~1")


@pytest.mark.parametrize(("package", "expected"), PACKAGES.items())
def test_after_another_version_of_a_package_run_the_jobs_that_use_or_print_it(done, tmp_path, package, expected):
    """Its metadata are found first; the package itself is not needed in a dry run."""
    (tmp_path / f"{package}-99.0.dist-info").mkdir()
    metadata = f"Metadata-Version: 2.1\nName: {package}\nVersion: 99.0\n"
    (tmp_path / f"{package}-99.0.dist-info/METADATA").write_text(metadata)
    assert_planned(done, expected + STATE, PYTHONPATH=str(tmp_path))


def test_other_cores_and_a_moved_copy_with_other_times_run_nothing(done, tmp_path):
    copy = shutil.copytree(done, tmp_path / "copy")
    for number, path in enumerate(sorted(copy.rglob("*"))):
        os.utime(path, (1_700_000_000 - number, 1_700_000_000 - number))
    assert_planned(shutil.move(copy, tmp_path / "elsewhere"), "", "--cores", 2)
