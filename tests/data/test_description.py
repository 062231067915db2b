"""Which descriptions of data sets are allowed, and which files they name."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from onelayer.data import description
from onelayer.data.description import DataSet, checked_datasets
from onelayer.experiment.config import read_yaml
from tests.conftest import ROOT
from tests.helpers import refusal

DATASETS = read_yaml(ROOT / "config/datasets.yaml")["datasets"]
SCHEMA = Draft202012Validator(read_yaml(ROOT / "workflow/schemas/datasets.schema.yaml"))
MNIST = DATASETS["mnist"]
COMMON = {"title": "Mine", "shape": [4, 3], "classes": [0, 1], "sources": ["here"]}
NPZ = COMMON | {"format": "npz", "files": {"archive": {"name": "mine.npz"}}}
IMAGES = COMMON | {"format": "images", "folder": "pictures"}


def checked(described):
    SCHEMA.validate({"mine": described})
    return checked_datasets({"good": NPZ, **DATASETS, "mine": described})["mine"]


@pytest.mark.parametrize(
    ("described", "says"),
    [
        (NPZ | {"format": "png"}, "format: 'png' is unknown: use one of idx, images, npz"),
        (NPZ | {"sources": ["here", "https://a.org/"]}, "files.archive.sha256: is missing"),
        (NPZ | {"class_names": ["cat", "dog", "cow"]}, "class_names: give one name a class"),
        (NPZ | {"folder": "x"}, "folder: does not fit format npz: leave it out"),
        (NPZ | {"preparation": "x"}, "preparation: 'x' is unknown: use one of centred_by_mass, counted"),
        (COMMON | {"format": "npz"}, "files: format npz needs archive, and no others"),
        (COMMON | {"format": "images"}, "folder: is missing: format images needs it"),
        (IMAGES | {"sources": ["http://a.org/"]}, "sources: format images is read from folders only"),
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
        {"folder": "/x"}, {"folder": "a/../.."}, {"files": {"archive": {"name": "../x"}}},
        {"files": {"archive": {"name": "x", "bytes": 1}}}, {"files": {"archive": {"name": "x", "sha256": "0" * 63}}},
    ],
)  # fmt: skip
def test_the_schema_refuses(change):
    assert not SCHEMA.is_valid({"mine": NPZ | change})


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
    assert checked(IMAGES).raw_paths("train") == {"folders": ["here/pictures/train"]}
    for name in ("dog", "cat"):
        Path("here/pictures/train", name).mkdir(parents=True)
    assert checked(IMAGES).raw_paths("train")["folders"][1:] == ["here/pictures/train/cat", "here/pictures/train/dog"]


def test_only_what_may_change_the_images_is_read_with_them():
    named = {key: "x" for key in DataSet.__dataclass_fields__} | {"files": MNIST["files"]}
    keys = {"format", "shape", "classes", "counts", "arrays", "sha256", "pixel_max", "files", "folder", "class_names"}
    assert DataSet(**named).reading("train").keys() == keys
    assert DataSet(**named | {"folder": None}).reading("train").keys() == keys - {"folder", "class_names"}
