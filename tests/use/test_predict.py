"""Pictures of one's own through the workflow: the table, the sheet, and what is said of what cannot be predicted."""

import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from PIL import Image

from tests.conftest import DIGITS, ROOT, errors_of, snakemake
from tests.drawings import drawn, photographed
from tests.workflow.test_digits import jobs

TABLE = ("--cores", 1, "results/predictions.csv")


@pytest.fixture(scope="module")
def predicted(digits, tmp_path_factory):
    """A copy of the finished folder with pictures in `my`, predicted; and what was printed."""
    folder = tmp_path_factory.mktemp("predict") / "work"
    shutil.copytree(digits, folder)
    (folder / "my").mkdir()
    drawn(7).save(folder / "my/seven.png")
    drawn(0, paper=30, ink=220).save(folder / "my/zero.jpg")
    photographed(7, seed=2).save(folder / "my/photo $x$.webp")
    Image.new("L", (90, 90), 250).save(folder / "my/blank.png")
    (folder / "my/note.txt").write_text("seven")
    (folder / "my/.hidden").write_text("")
    done = snakemake(*DIGITS, *TABLE, "--config", "images_to_predict=my/", folder=folder)
    return folder, done.stdout


def test_a_drawn_seven_is_a_seven(predicted):
    folder, _ = predicted
    table = pd.read_csv(folder / "results/predictions.csv", dtype={"lambda": str}).set_index("file")
    assert table["task"].dropna().unique().tolist() == ["softmax"]
    assert table["predicted"].dropna().to_dict() == {"photo $x$.webp": 7, "seven.png": 7, "zero.jpg": 0}
    classes = table[[f"class_{label}" for label in range(10)]].dropna()
    assert classes.sum(axis=1).to_numpy() == pytest.approx(1, abs=1e-5)
    assert (classes.max(axis=1) == table["confidence"].dropna()).all()
    assert table["problem"].dropna().to_dict() == {
        "blank.png": "there is no ink in it",
        "note.txt": "not a picture in a format that Pillow reads",
    }


def test_the_most_accurate_run_speaks(predicted):
    folder, _ = predicted
    table = pd.read_csv(folder / "results/predictions.csv", dtype={"lambda": str})
    metrics = pd.read_csv(folder / "results/tables/metrics.csv", dtype={"lambda": str})
    runs = metrics[metrics["task"] == "softmax"]
    best = runs[runs["validation_accuracy"] == runs["validation_accuracy"].max()]
    assert table["lambda"].dropna().unique().tolist() == [min(best["lambda"], key=float)]


def test_each_file_has_its_line_and_the_sheet_its_picture(predicted):
    folder, printed = predicted
    lines = printed.splitlines()
    assert any(re.fullmatch(r"seven\.png: softmax: 7 \(probability 0\.\d\d\).*", line) for line in lines)
    assert "blank.png: there is no ink in it" in lines
    assert "Warning" not in printed
    with Image.open(folder / "results/predictions.png") as sheet:
        assert sheet.width > 1000 and sheet.height > 300


def test_pictures_are_no_part_of_the_experiment(predicted):
    """Naming them runs nothing else again; other pictures run the prediction alone, and the same none."""
    folder, _ = predicted
    named = ("--dry-run", "--config", "images_to_predict=my/")
    assert "Nothing to be done" in snakemake(*DIGITS, "--cores", 1, *named, folder=folder).stdout
    assert "Nothing to be done" in snakemake(*DIGITS, *TABLE, *named, folder=folder).stdout
    other = snakemake(*DIGITS, *TABLE, "--dry-run", "--config", "images_to_predict=my/seven.png", folder=folder)
    assert jobs(other.stdout) == {"predict_pictures": 1, "total": 1}


NO_PREPARATION = "dataset: fashion-mnist\nimages_to_predict: ."
TWO_CLASSES = "dataset: mnist\nimages_to_predict: .\ntasks: {softmax: null}"


@pytest.mark.parametrize(
    ("overlay", "says"),
    [
        ("images_to_predict: none.png", "none.png: there is no such file or folder"),
        ("images_to_predict: empty", "empty: there is no file in this folder"),
        ("images_to_predict: 7", "config: images_to_predict: 7 is not of type 'string'"),
        ("offline: true", "images_to_predict is empty: name pictures"),
        (NO_PREPARATION, "fashion-mnist has no preparation"),
        (TWO_CLASSES, "no task has more than two classes"),
    ],
)
def test_where_nothing_can_be_predicted_one_line_says_why_and_nothing_is_trained(tmp_path, overlay, says):
    (tmp_path / "empty").mkdir()
    (tmp_path / "mine.yaml").write_text(overlay)
    done = snakemake("--configfile", tmp_path / "mine.yaml", *TABLE, folder=tmp_path, check=False)
    assert done.returncode == 1 and len(errors_of(done)) == 1 and says in errors_of(done)[0], done.stdout
    assert "Traceback" not in done.stdout and not (tmp_path / "results/data").exists()


def test_where_no_picture_has_ink_no_table_is_left(predicted):
    folder, _ = predicted
    note = ("--config", "images_to_predict=my/note.txt")
    before = (folder / "results/predictions.csv").read_bytes()
    try:
        done = snakemake(*DIGITS, *TABLE, *note, folder=folder, check=False)
        assert "none of 1 files can be predicted: note.txt: not a picture" in "".join(errors_of(done))
        assert done.returncode == 1 and not (folder / "results/predictions.csv").exists()
    finally:
        (folder / "results/predictions.csv").write_bytes(before)


def test_the_lines_of_python_in_the_guide_say_the_same(predicted):
    """The example is written for MNIST; here it gets the numbers of the digits."""
    folder, _ = predicted
    guide = (ROOT / "results/README.md").read_text()
    code = next(code for code in re.findall(r"```python\n(.*?)```", guide, re.DOTALL) if "read_ink" in code)
    assert len([line for line in code.splitlines() if line]) <= 7
    lam = pd.read_csv(folder / "results/predictions.csv", dtype={"lambda": str})["lambda"].dropna().iloc[0]
    for old, new in {
        '"seven.jpg"': '"my/seven.png"',
        '"centred_by_mass", (28, 28), 255': '"counted_in_blocks", (8, 8), 16',
        "127.5": "8",
        "lambda=0.0/": f"lambda={lam}/",
    }.items():
        assert old in code
        code = code.replace(old, new)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, text=True, capture_output=True)
    table = pd.read_csv(folder / "results/predictions.csv").set_index("file")
    said = re.fullmatch(r"(\d) (0\.\d+)\n", done.stdout)
    assert said, (done.stdout, done.stderr)
    assert int(said[1]) == 7 and float(said[2]) == pytest.approx(table.loc["seven.png", "confidence"], abs=1e-6)
