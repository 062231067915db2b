"""Your own images through the workflow: the table, what is printed, and the lines of Python in the guide."""

import os
import re
import shutil
import subprocess
import sys

import pandas as pd
import pytest
from PIL import Image

from tests.conftest import DIGITS, ROOT, jobs, refusal_of, snakemake
from tests.helpers import drawn, photographed

ERRORS = {"images_to_predict=none.png": "none.png: no such file or folder", "images_to_predict=7": "7 is not of type"}
ERRORS |= {"offline=true": "images_to_predict is empty: name a picture or a folder"}
TABLE = ("--cores", 1, "results/predictions.csv")


@pytest.fixture(scope="module")
def predicted(digits, tmp_path_factory):
    """A copy of the finished folder with pictures in `my`, predicted; what was printed; and the table by file."""
    folder = tmp_path_factory.mktemp("predict") / "work"
    shutil.copytree(digits, folder)
    (folder / "my").mkdir()
    drawn(7).save(folder / "my/seven.png")
    drawn(0, paper=30, ink=220).save(folder / "my/zero.jpg")
    photographed(7, seed=2, angle=4).save(folder / "my/photo {x} $.webp")
    Image.new("L", (90, 90), 250).save(folder / "my/blank.png")
    done = snakemake(*DIGITS, *TABLE, "--config", "images_to_predict=my/", folder=folder)
    table = pd.read_csv(folder / "results/predictions.csv", dtype={"lambda": str})
    return folder, done.stdout, table.set_index("file")


def test_a_drawn_seven_is_a_seven_and_naming_pictures_runs_the_prediction_alone_and_once(predicted):
    folder, printed, table = predicted
    predictions = [*table["predicted"].dropna().items()]
    assert len(predictions) == 9 and set(predictions) == {("photo {x} $.webp", 7), ("seven.png", 7), ("zero.jpg", 0)}
    assert re.search(r"^seven\.png: softmax: 7 \(probability 0\.\d\d\)", printed, re.MULTILINE)
    assert "\nblank.png: there is no ink in it\n" in printed and "Warning" not in printed
    assert (folder / "results/predictions.png").exists()
    dry = ("--dry-run", "--config", "images_to_predict=my/")
    for targets in (("--cores", 1), TABLE):
        assert "Nothing to be done" in snakemake(*DIGITS, *targets, *dry, folder=folder).stdout
    other = snakemake(*DIGITS, *TABLE, *dry[:2], "images_to_predict=my/seven.png", folder=folder).stdout
    assert jobs(other) == {"predict_pictures": 1}


@pytest.mark.parametrize(("given", "says"), ERRORS.items())
def test_without_a_picture_one_line_says_why_and_nothing_is_trained(tmp_path, given, says):
    error = refusal_of(snakemake(*TABLE, "--config", given, folder=tmp_path, check=False))
    assert "images_to_predict" in error and says in error and not (tmp_path / "results/data").exists()


def test_the_lines_of_python_in_the_guide_say_the_same(predicted):
    """The example is written for MNIST; here it gets the numbers of the digits."""
    folder, _, table = predicted
    seven = table[table["task"] == "softmax"].loc["seven.png"]
    (code,) = re.findall(r"```python\n([^`]*read_ink[^`]*)```", (ROOT / "results/README.md").read_text())
    changes = {'"seven.jpg"': '"my/seven.png"', "127.5": "8", "lambda=0.0/": f"lambda={seven['lambda']}/"}
    for old, new in (changes | {'"centred_by_mass", (28, 28), 255': '"counted_in_blocks", (8, 8), 16'}).items():
        assert old in code
        code = code.replace(old, new)
    environment = os.environ | {"PYTHONPATH": str(ROOT / "workflow/scripts")}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, env=environment, text=True, capture_output=True)
    assert re.fullmatch(r"7 0\.\d+\n", done.stdout), (done.stdout, done.stderr)
    assert float(done.stdout[2:]) == pytest.approx(seven["confidence"], abs=1e-6)
