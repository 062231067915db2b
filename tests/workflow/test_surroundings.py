"""What is around a run (environment, other installations, lost files) changes no result, or is said in one line."""

import shutil

import pytest

from tests.conftest import DIGITS, jobs, refusal_of, snakemake


def test_another_onelayer_a_notebooks_backend_and_a_matplotlibrc_change_no_byte(digits, tmp_path):
    copy = shutil.copytree(digits, tmp_path / "copy")
    other = tmp_path / "other/onelayer/__init__.py"
    other.parent.mkdir(parents=True)
    other.write_text("raise RuntimeError('the other onelayer')\n")
    (copy / "matplotlibrc").write_text("font.size: 30\nsavefig.dpi: 10\naxes.facecolor: red\n")
    shutil.rmtree(copy / "results/fig")
    targets = ["results/fig/shuffle_loss.png", "results/fig/shuffle_loss.pdf"]
    around = {"PYTHONPATH": str(tmp_path / "other"), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    snakemake(*DIGITS, "--cores", 2, *targets, folder=copy, **around)
    for target in targets:
        assert (copy / target).read_bytes() == (digits / target).read_bytes(), target


@pytest.mark.parametrize("missing", ["latexmk", "lmodern"])
def test_without_latex_or_its_fonts_all_but_the_pdf_is_planned(tmp_path, missing):
    for name in ("pdflatex", "kpsewhich", "latexmk", "bash", "env", "git"):
        if name != missing:
            (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")
            (tmp_path / name).chmod(0o755)
    said = snakemake(*DIGITS, "--dry-run", folder=tmp_path / "work", PATH=str(tmp_path)).stdout
    assert "No PDF: LaTeX is missing or has no lmodern. On Debian or Ubuntu install latexmk" in said
    assert "typeset_report" not in jobs(said) and jobs(said)["write_report"] == 1


EARLIER = "source tdt4265_2022, data set digits, tasks binary, softmax, softmax_figure_8, softmax_figure_9"
SAYS = "results/ was made from another configuration"


@pytest.mark.parametrize(
    ("lost", "was"),
    [
        ([], EARLIER),
        ([".snakemake/metadata"], EARLIER),
        ([".snakemake", "results/provenance.json"], "task binary with other settings"),
    ],
)
def test_results_of_another_configuration_are_said_in_one_line_before_anything_runs(digits, tmp_path, lost, was):
    """Of other settings, and without the overlay, of other data; whichever records are left."""
    copy, other = shutil.copytree(digits, tmp_path / "copy"), tmp_path / "other.yaml"
    other.write_text("training: {early_stop: {rule: patience, evaluations: 4}}")
    for name in lost:
        shutil.move(copy / name, tmp_path)
    for arguments, differs in ((DIGITS, False), ((*DIGITS, other), True), ((), True)):
        said = snakemake(*arguments, "--dry-run", folder=copy).stdout
        lines = [line for line in said.splitlines() if line.startswith(SAYS)]
        assert len(lines) == differs and all(f"({was})" in line and "--directory" in line for line in lines)
        assert ("in .snakemake, are gone: what was edited since cannot be told. Make all" in said) == bool(lost)
    if not lost:  # the jobs do not say it again
        target = ("--forcerun", "check_gradients", "--", "results/tables/gradients.csv")
        said = snakemake(*DIGITS, other, "--cores", 1, *target, folder=copy).stdout
        assert [part.count(SAYS) for part in said.partition("\n[1/")[::2]] == [1, 0]


def test_a_bad_overlay_ends_in_one_line_and_makes_nothing(tmp_path):
    rest = "learning_rate: 0.1, lambdas: [0], shuffle: [true, false]"
    (tmp_path / "overlay.yaml").write_text(f"tasks: {{shuffle: {{model: softmax, classes: [1, 2], {rest}}}}}")
    done = snakemake(*DIGITS, tmp_path / "overlay.yaml", folder=tmp_path / "work", check=False)
    assert "tasks.shuffle: its figure shuffle_accuracy has the name of another" in refusal_of(done)
    assert not (tmp_path / "work/results").exists() and not (tmp_path / "work/resources").exists()
