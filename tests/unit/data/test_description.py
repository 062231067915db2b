import copy

import pytest
import yaml
from jsonschema import Draft202012Validator

from onelayer.data.description import check_datasets, file_named, files_of, raw_paths, reading_of
from onelayer.errors import InputError
from tests.conftest import ROOT

DATASETS = yaml.safe_load((ROOT / "config/datasets.yaml").read_text(encoding="utf-8"))["datasets"]
SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/datasets.schema.yaml").read_text(encoding="utf-8"))
IDX = DATASETS["mnist"]
NPZ = {
    "title": "Mine",
    "format": "npz",
    "shape": [4, 3],
    "classes": [0, 1],
    "sources": ["here"],
    "files": {"archive": {"name": "mine.npz"}},
}
IMAGES = {key: value for key, value in NPZ.items() if key != "files"} | {"format": "images", "folder": "pictures"}


def allowed(datasets):
    Draft202012Validator(SCHEMA).validate(datasets)
    check_datasets(datasets)


def test_the_schema_is_one_and_every_property_is_described():
    Draft202012Validator.check_schema(SCHEMA)

    def undescribed(schema):
        for key in ("properties", "patternProperties"):
            for name, inner in schema.get(key, {}).items():
                if not inner.get("description"):
                    yield name
                yield from undescribed(inner)
        if "properties" in schema or "patternProperties" in schema:
            assert schema["additionalProperties"] is False

    assert list(undescribed(SCHEMA)) == []


def test_descriptions_that_are_allowed():
    allowed(DATASETS)
    allowed({"npz": NPZ, "images": IMAGES, "named": IMAGES | {"class_names": ["cat", "dog"], "sha256": "0" * 64}})
    local = copy.deepcopy(IDX) | {"sources": ["here"]}
    for file in local["files"].values():
        del file["sha256"]
    allowed({"local": local})


def without(mapping, key):
    return {other: value for other, value in mapping.items() if other != key}


@pytest.mark.parametrize(
    ("description", "says"),
    [
        (NPZ | {"format": "png"}, "format: 'png' is unknown: use one of idx, npz, images"),
        (NPZ | {"sources": ["here", "https://a.org/"]}, "files.archive.sha256: is missing"),
        (NPZ | {"class_names": ["cat", "dog", "cow"]}, "class_names: give one name a class"),
        (NPZ | {"folder": "x"}, "folder: does not fit format npz: leave it out"),
        (NPZ | {"sha256": "0" * 64}, "sha256: does not fit format npz: leave it out"),
        (without(NPZ, "files"), "files: is missing: format npz needs it"),
        (without(IMAGES, "folder"), "folder: is missing: format images needs it"),
        (IMAGES | {"files": NPZ["files"]}, "files: does not fit format images"),
        (IMAGES | {"sources": ["http://a.org/"]}, "sources: format images is read from folders only"),
        (IDX | {"files": without(IDX["files"], "test_labels")}, "files.test_labels: is missing"),
        (IDX | {"files": IDX["files"] | NPZ["files"]}, "files.archive: is unknown: format idx has the files train_im"),
        (IDX | {"arrays": {}}, "arrays: does not fit format idx"),
    ],
)
def test_what_the_schema_cannot_refuse(description, says):
    with pytest.raises(InputError) as raised:
        allowed({"good": NPZ, "mine": description})
    assert str(raised.value).startswith(f"config: datasets.mine.{says}") and "\n" not in str(raised.value)


@pytest.mark.parametrize(
    "change",
    [
        {"titel": "x"},
        {"pixel_max": 256},
        {"shape": [4]},
        {"classes": [0]},
        {"class_names": ["a", "a"]},
        {"sources": ["ftp://a.org"]},
        {"sources": []},
        {"files": {"archive": {"name": "../x.npz"}}},
        {"files": {"archive": {"name": "x.npz", "bytes": 1}}},
        {"files": {"archive": {"name": "x.npz", "sha256": "0" * 63}}},
        {"counts": {"train": 0}},
        {"counts": {"validation": 1}},
        {"folder": "/x"},
        {"folder": "a/../.."},
    ],
)
def test_what_the_schema_refuses(change):
    assert not Draft202012Validator(SCHEMA).is_valid({"mine": NPZ | change})


def test_files_serve_the_split_of_their_role():
    assert list(files_of(IDX, "train")) == ["train_images", "train_labels"]
    assert list(files_of(IDX, "test")) == ["test_images", "test_labels"]
    assert files_of(NPZ, "train") == files_of(NPZ, "test") == NPZ["files"]
    assert file_named("mnist", IDX, "t10k-labels-idx1-ubyte.gz") == IDX["files"]["test_labels"]
    for name in ("x", "mine.npz"):
        with pytest.raises(InputError, match=rf"datasets\.mine\.files has no file '{name}' with a sha256"):
            file_named("mine", NPZ, name)


def test_files_with_a_hash_are_fetched_and_others_read_in_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    hashed = NPZ | {"files": {"archive": {"name": "mine.npz", "sha256": "0" * 64}}}
    assert raw_paths("mine", hashed, "test", "..") == {"archive": "resources/mine/mine.npz"}
    local = NPZ | {"sources": ["here", str(tmp_path / "there"), "<project>/data"]}
    assert raw_paths("mine", local, "test", "p") == {"archive": "here/mine.npz"}, "the one that will be missed"
    for folder, expected in (("p/data", "p/data"), ("there", str(tmp_path / "there")), ("here", "here")):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "mine.npz").touch()
        assert raw_paths("mine", local, "test", "p") == {"archive": f"{expected}/mine.npz"}


def test_pictures_are_seen_by_their_folders(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert raw_paths("mine", IMAGES, "train", "") == {"folders": ["here/pictures/train"]}
    for name in ("dog", "cat"):
        (tmp_path / "here/pictures/train" / name).mkdir(parents=True)
    expected = [f"here/pictures/train{part}" for part in ("", "/cat", "/dog")]
    assert raw_paths("mine", IMAGES, "train", "") == {"folders": expected}


@pytest.mark.parametrize("key", ["title", "subject", "authors", "sources", "citation", "class_names"])
def test_what_does_not_change_the_images_is_not_read_with_them(key):
    assert reading_of(IDX | {key: "x"}, "train") == reading_of(IDX, "train")


@pytest.mark.parametrize("key", ["format", "shape", "classes", "pixel_max", "counts", "arrays"])
def test_what_may_change_the_images_is_read_with_them(key):
    assert reading_of(IDX | {key: "x"}, "train")[key] == "x"
    assert reading_of(IMAGES | {"class_names": "x"}, "train")["class_names"] == "x"
    assert reading_of(NPZ, "train")["pixel_max"] == 255
