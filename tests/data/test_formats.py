"""Descriptions of data sets and their files: what is allowed, what the formats take and refuse; test_found.py reads each of them."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft202012Validator
from sklearn.datasets import load_digits

from onelayer.data import description
from onelayer.data.content import content_hash
from onelayer.data.description import DataSet, checked_datasets
from onelayer.data.readers import reader_named
from onelayer.data.store import read_images, write_images
from onelayer.experiment.config import read_yaml
from onelayer.io.parquet import read_columns, write_columns
from tests.conftest import ROOT
from tests.data.conftest import ARRAYS, SPLITS, idx, write
from tests.helpers import refusal
from tests.training import golden

DATASETS = read_yaml(ROOT / "config/datasets.yaml")["datasets"]
SCHEMA = Draft202012Validator(read_yaml(ROOT / "workflow/schemas/datasets.schema.yaml"))
MNIST = DATASETS["mnist"]
COMMON = {"title": "Mine", "shape": [4, 3], "classes": [0, 1], "sources": ["here"]}
NPZ = COMMON | {"format": "npz", "files": {"archive": {"name": "mine.npz"}}}
IDX = idx(np.zeros((2, 3, 4), np.uint8))
PATH, COLUMNS = Path("x.parquet"), {"step": np.arange(60, dtype=np.int32), "label": np.linspace(0, 1, 60)}


def checked(described):
    SCHEMA.validate({"mine": described})
    return checked_datasets({"good": NPZ, **DATASETS, "mine": described})["mine"]


@pytest.mark.parametrize(
    ("described", "says"),
    [
        (NPZ | {"format": "png"}, "format: 'png' is unknown: use one of idx, npz"),
        (NPZ | {"sources": ["here", "https://a.org/"]}, "files.archive.sha256: is missing"),
        (NPZ | {"class_names": ["cat", "dog", "cow"]}, "class_names: give one name a class"),
        (NPZ | {"preparation": "x"}, "preparation: 'x' is unknown: use one of centred_by_mass, counted"),
        (MNIST | {"files": MNIST["files"] | NPZ["files"]}, "files: format idx needs train_images, train_labels, t"),
        (MNIST | {"arrays": {}}, "arrays: does not fit format idx"),
    ],
)
def test_what_the_schema_cannot_say_is_refused_by_its_key(described, says):
    message = refusal(checked, described)
    assert message.startswith(f"config: datasets.mine.{says}") and "\n" not in message


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"}, {"pixel_max": 0}, {"pixel_max": 256}, {"shape": [4]}, {"classes": [0]}, {"class_names": ["a", "a"]},
        {"sources": []}, {"sources": ["ftp://a.org"]}, {"counts": {"train": 0}}, {"counts": {"validation": 1}},
        {"files": {}}, {"files": {"archive": {"name": "../x"}}},
        {"files": {"archive": {"name": "x", "bytes": 1}}}, {"files": {"archive": {"name": "x", "sha256": "0" * 63}}},
    ],
)  # fmt: skip
def test_the_schema_refuses(change):
    assert not SCHEMA.is_valid({"mine": NPZ | change})


def test_a_data_set_has_files():
    assert SCHEMA.is_valid({"mine": NPZ}) and not SCHEMA.is_valid({"mine": COMMON | {"format": "npz"}})


def test_files_with_a_hash_are_fetched_and_others_read_from_the_first_source_that_has_them(tmp_path, monkeypatch):
    monkeypatch.setattr(description, "PROJECT", tmp_path / "project")
    fetched, local = checked(MNIST), checked(NPZ | {"sources": ["here", str(tmp_path / "there"), "<project>/data"]})
    images, labels = "resources/mine/t10k-images-idx3-ubyte.gz", "resources/mine/t10k-labels-idx1-ubyte.gz"
    assert fetched.raw_paths("test") == {"test_images": images, "test_labels": labels}
    assert local.raw_paths("test") == {"archive": "here/mine.npz"}, "the one that will be missed"
    for folder, source in (("project/data", "project/data"), ("there", str(tmp_path / "there")), ("here", "here")):
        Path(folder).mkdir(parents=True)
        Path(folder, "mine.npz").touch()
        assert local.raw_paths("train") == local.raw_paths("test") == {"archive": f"{source}/mine.npz"}


def test_only_what_may_change_the_images_is_read_with_them():
    named = {key: "x" for key in DataSet.__dataclass_fields__} | {"files": MNIST["files"]}
    keys = {"format", "shape", "classes", "counts", "arrays", "pixel_max", "files"}
    assert DataSet(**named).reading("train").keys() == keys


def test_the_embedded_digits_are_those_of_scikit_learn():
    found = map(np.concatenate, zip(*(golden.stored(split)[:2] for split in SPLITS), strict=True))
    np.testing.assert_equal([*found], [load_digits().images, load_digits().target])


@pytest.mark.parametrize(
    ("form", "wrong", "says"),
    [
        ("idx", IDX, "train_images: damaged (expected SHA-256 "),
        ("idx", b"\x1f\x8b", "train_images: damaged (not a whole gzip file"),
        ("idx", {"y_train": np.zeros(6, np.uint8)}, "train-labels-idx1-ubyte.gz: damaged (expected SHA-256 "),
        ("idx", gzip.compress(IDX, mtime=0)[:-9], "train_images: not a whole gzip file"),
        ("idx", IDX[:15], "train_images: offset 0: expected the IDX magic number 00000803 (unsig"),
        ("idx", b"\0\0\x0d" + IDX[3:], "train_images: offset 0: expected the IDX magic number 00000803 (unsig"),
        ("idx", IDX + b"x", "train_images: offset 40: expected 40 bytes for shape (2, 3, 4), found 41"),
        ("npz", {"x_train": np.zeros((6, 4, 3))}, "mine.npz: train images: store integers from 0 to 255 instead of"),
        ("npz", {"x_train": np.full((6, 4, 3), 256)}, "mine.npz: train images: from 256 to 256, but only 0 to 255"),
        ("npz", {"y_train": np.full(6, -1)}, "mine.npz: train labels: from -1 to -1, but only 0 to 255"),
        ("npz", {"x_train": np.zeros((0, 4, 3), np.uint8)}, "mine.npz: train images: expected 3 axes, found shape (0"),
        ("npz", {"x_train": np.array([{}] * 6)}, "mine.npz: not an .npz of plain arrays: Object arrays cannot be"),
        ("npz", {"y_train": None}, "mine.npz: no array 'y_train' among x_train, x_test, y_test: name them in the key"),
        ("npz", lambda: (np.save("x.npy", 0), Path("x.npy").rename("mine.npz")), "mine.npz: not an .npz of plain"),
    ],
)
def test_what_is_wrong_in_raw_files_is_named_and_files_with_a_hash_are_held_to_it(form, wrong, says):
    files, described = write(form, ARRAYS), {"shape": [4, 3], "classes": [0, 1]}
    if ": damaged" in says:
        described["files"] = {role: {"sha256": content_hash(path)} for role, path in files.items()}
    if isinstance(wrong, dict):
        write(form, {name: array for name, array in (ARRAYS | wrong).items() if array is not None})
    elif isinstance(wrong, bytes):
        next(iter(files.values())).write_bytes(wrong)
    else:
        wrong()
    message = refusal(reader_named(form).read, files, "train", described)
    assert message.startswith(says) and "\n" not in message
    assert message.endswith(f": rm {says.partition(':')[0]}") is (": damaged (" in says)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.take(np.random.RandomState(0).permutation(60)),
        lambda table: table.drop_columns("label"),
        lambda table: table.set_column(1, "label", table["label"].cast("float32")),
        lambda table: table.set_column(1, "label", table["label"].take(np.arange(60)[::-1].copy())),
        lambda table: table.replace_schema_metadata({}),
    ],
)
def test_images_come_back_and_what_was_changed_or_is_not_of_the_pipeline_is_refused(images, change):
    write_images(PATH, images)
    np.testing.assert_equal(read_images(PATH)[:2], images[:2])
    for read in (read_images, read_columns):
        pq.write_table(change(pq.read_table(PATH)), PATH)
        message = refusal(read, PATH)
        assert message.startswith(f"{PATH}: damaged, or not ") and message.endswith("): delete it and run again")
        write_columns(PATH, COLUMNS, "no images")
        assert "damaged, or not of this pipeline" in refusal(read_images, PATH)
