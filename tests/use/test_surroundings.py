"""What lies around a run (environment, other installations, lost files) changes no result, or is said in one line."""

import shutil

import pytest

from tests.conftest import DIGITS, ROOT, errors_of, snakemake
from tests.workflow.test_digits import jobs


@pytest.fixture
def copy(digits, tmp_path):
    """A copy of the folder in which the digits have run."""
    return shutil.copytree(digits, tmp_path / "copy")


def test_another_onelayer_a_notebooks_backend_and_a_matplotlibrc_change_no_byte(digits, tmp_path):
    other = tmp_path / "other/onelayer/__init__.py"
    other.parent.mkdir(parents=True)
    other.write_text("raise RuntimeError('the other onelayer')\n")
    work = tmp_path / "work"
    work.mkdir()
    (work / "matplotlibrc").write_text("font.size: 30\nsavefig.dpi: 10\naxes.facecolor: red\n")
    targets = ["results/fig/weights.png", "results/fig/shuffle_loss.png", "results/fig/shuffle_loss.pdf"]
    surroundings = {"PYTHONPATH": str(tmp_path / "other"), "MPLBACKEND": "module://matplotlib_inline.backend_inline"}
    snakemake(*DIGITS, "--cores", 2, *targets, folder=work, **surroundings)
    for target in targets:
        assert (work / target).read_bytes() == (digits / target).read_bytes(), target


@pytest.mark.parametrize("missing", ["latexmk", "lmodern"])
def test_without_latex_or_its_fonts_all_but_the_pdf_is_planned(copy, tmp_path, monkeypatch, missing):
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("pdflatex", "kpsewhich", "latexmk", "bash", "env", "git"):
        if name != missing:
            (tools / name).write_text("#!/bin/sh\nexit 1\n")
            (tools / name).chmod(0o755)
    (copy / "results/report/report.pdf").unlink(missing_ok=True)
    done = snakemake(*DIGITS, "--dry-run", "--cores", 1, folder=copy, PATH=str(tools))
    assert "No PDF: LaTeX is missing or has no lmodern" in done.stdout
    assert "typeset_report" not in jobs(done.stdout)


def test_lost_records_and_another_configuration_are_said(copy, tmp_path):
    shutil.rmtree(copy / ".snakemake")
    said = "These results were made from another configuration, and the records of Snakemake in .snakemake are gone"
    assert said not in snakemake(*DIGITS, "--dry-run", "--cores", 1, folder=copy).stdout
    (tmp_path / "other.yaml").write_text("training: {patience: 4}\n")
    done = snakemake(*DIGITS, tmp_path / "other.yaml", "--dry-run", "--cores", 1, folder=copy)
    assert said in done.stdout and "--forceall" in done.stdout


def test_lost_runs_are_trained_again(copy):
    shutil.rmtree(copy / "results/runs")
    counts = jobs(snakemake(*DIGITS, "--dry-run", "--cores", 1, folder=copy).stdout)
    assert counts["train"] == 7 and counts["make_tables"] == 1


def test_a_run_in_the_place_of_another_is_not_believed(copy):
    runs = copy / "results/runs/task=softmax"
    shutil.copy(
        runs / "lambda=2.0/shuffle=true/seed=0/summary.json", runs / "lambda=0.0/shuffle=true/seed=0/summary.json"
    )
    done = snakemake(*DIGITS, "--cores", 2, folder=copy, check=False)
    errors = errors_of(done)
    assert done.returncode == 1 and errors and "Traceback" not in done.stdout
    for error in errors:
        assert (
            "lambda=0.0/shuffle=true/seed=0/summary.json: of a run with other settings: delete it and run again"
            in error
        )


@pytest.mark.parametrize(
    ("overlay", "says"),
    [
        ("__use_yte__: true\ndataset: digits\n", "the key '__use_yte__' is not allowed"),
        ("pathvars: {results: other}\n", "the key 'pathvars' is not allowed"),
        ("training: {seeds: [1], seeds: [2]}\n", "the key 'seeds' stands twice in one mapping at line 1, column 11"),
        ("training: {patience: 0}\n", "config: training.patience: 0 is less than the minimum of 1. Evaluations in a row"),
        ("tasks: {shuffle: {model: softmax, classes: [1, 2], learning_rate: 0.1, lambdas: [0], shuffle: [true]}}\n", "its figure shuffle_loss has the name of another"),
    ],
)  # fmt: skip
def test_a_bad_overlay_ends_in_one_line_and_makes_nothing(tmp_path, overlay, says):
    if "shuffle_loss" in says:
        overlay = overlay.replace("shuffle: [true]", "shuffle: [true, false]")
    (tmp_path / "overlay.yaml").write_text(overlay)
    done = snakemake("--configfile", tmp_path / "overlay.yaml", "--cores", 1, folder=tmp_path / "work", check=False)
    (error,) = errors_of(done)
    assert done.returncode == 1 and says in error and "Traceback" not in done.stdout
    assert not (tmp_path / "work/results").exists() and not (tmp_path / "work/resources").exists()


def test_a_second_run_in_the_same_folder_is_refused_in_one_line(digits):
    import fcntl

    with open(digits / ".snakemake/run.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = snakemake(*DIGITS, "--cores", 1, "--forcerun", "write_report", folder=digits, check=False)
        assert done.returncode == 1 and "another run is at work in this folder; wait for it to end" in done.stdout
        assert "Traceback" not in done.stdout
        snakemake(*DIGITS, "--dry-run", folder=digits)


def test_data_that_nobody_has_is_one_error_with_the_ways_out(tmp_path):
    """The project's own digits are not looked at: another source stands in their place."""
    (tmp_path / "overlay.yaml").write_text(f"datasets: {{digits: {{sources: ['{tmp_path}/nowhere']}}}}\n")
    target = "results/data/digits/test.parquet"
    done = snakemake(*DIGITS, tmp_path / "overlay.yaml", "--cores", 1, target, folder=tmp_path / "work", check=False)
    assert done.returncode == 1 and "Traceback" not in done.stdout
    for part in ("no source has this file", "nowhere", "Ways out", "ONELAYER_MIRROR"):
        assert part in done.stdout
    assert not list((tmp_path / "work/resources").rglob("*.gz"))


def test_a_damaged_raw_file_is_named_with_the_command_that_helps(copy):
    path = copy / "resources/digits/test-labels-idx1-ubyte.gz"
    path.write_bytes(path.read_bytes()[:-20])
    done = snakemake(*DIGITS, "--cores", 1, "results/data/digits/test.parquet", folder=copy, check=False)
    (error,) = errors_of(done)
    assert "damaged" in error and "rm resources/digits/test-labels-idx1-ubyte.gz" in error
    path.unlink()
    snakemake(*DIGITS, "--cores", 1, "results/data/digits/test.parquet", folder=copy)
    assert path.read_bytes() == (ROOT / "workflow/data/digits/test-labels-idx1-ubyte.gz").read_bytes()
