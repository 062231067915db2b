"""Folders that cannot be compared: one line each, and nothing is left behind."""

import re
import shutil

import pytest

from onelayer.compare.__main__ import main
from onelayer.data.store import read_images, write_images
from onelayer.errors import InputError
from tests.use.compare.conftest import FIRST_SOFTMAX, change_csv, change_json


def cut_in_half(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def turn_round(path):
    """Write the images of a file in the opposite order: a whole file, but not the one that the provenance names."""
    stored = read_images(path)
    write_images(path, stored._replace(images=stored.images[::-1]))


BROKEN = {
    "no folder": (lambda folder: shutil.rmtree(folder), "copy: no such folder"),
    "no results": (lambda folder: shutil.rmtree(folder / "results"), "copy/results/provenance.json: missing: run the pipeline"),
    "no table": (lambda folder: (folder / "results/tables/claims.json").unlink(), "claims.json: missing: run the pipeline"),
    "another run": (
        lambda folder: change_csv(folder / "results/tables/metrics.csv", lambda table: table.__setitem__("seed", "9")),
        "metrics.csv: has other runs than provenance.json asks for",
    ),
    "another setting": (
        lambda folder: change_json(
            folder / "results/provenance.json", lambda document: document["configuration"]["training"].update(patience=3)
        ),
        "summary.json: of a run with other settings",
    ),
    "an older table": (
        lambda folder: change_csv(
            folder / "results/tables/metrics.csv", lambda table: table.__setitem__("validation_loss", "0.5")
        ),
        "metrics.csv: of earlier runs than",
    ),
    "weights": (lambda folder: cut_in_half(folder / FIRST_SOFTMAX / "weights.npz"), "weights.npz: damaged"),
    "images": (lambda folder: cut_in_half(folder / "results/data/digits/test.parquet"), "test.parquet: damaged"),
    "other images": (lambda folder: turn_round(folder / "results/data/digits/test.parquet"), "test.parquet: not the images that"),
    "a list": (lambda folder: (folder / "results/provenance.json").write_text("[1]"), "provenance.json: damaged"),
    "no JSON": (lambda folder: (folder / "results/tables/claims.json").write_text("{"), "claims.json: damaged"),
    "an endless field": (lambda folder: (folder / "results/tables/metrics.csv").write_text("task\n" + "x" * 200_000), "metrics.csv: damaged"),
    "other columns": (lambda folder: (folder / "results/tables/published.csv").write_text("a,b\n1,2\n"), "published.csv: damaged"),
    "half a table": (lambda folder: cut_in_half(folder / "results/tables/curves.parquet"), "curves.parquet: damaged"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_compared_is_one_line_and_leaves_nothing(digits, copy, tmp_path, name):
    damage, says = BROKEN[name]
    damage(copy)
    for folders in ((digits, copy), (copy, digits)):
        with pytest.raises(InputError) as raised:
            main([*map(str, folders), str(tmp_path / "out")])
        assert says in str(raised.value) and "\n" not in str(raised.value)
        assert not (tmp_path / "out").exists()


def test_arguments_that_are_no_folders(digits, tmp_path):
    (tmp_path / "file").touch()
    for arguments, says in (
        ([], "two folders are needed: make compare A=folder B=folder"),
        ([str(digits), "", "out"], "two folders are needed"),
        (
            [str(digits / "results"), str(digits), "out"],
            "results: holds results itself: give the working folder around it",
        ),
        ([str(digits), str(digits), str(tmp_path / "file")], "file: cannot be written to"),
    ):
        with pytest.raises(InputError, match=re.escape(says)):
            main(arguments)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
