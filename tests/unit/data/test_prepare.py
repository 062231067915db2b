import gzip
import hashlib
import logging
import subprocess
import tarfile

import numpy as np
import pytest

import bundle
import fetch_raw
import prepare
from onelayer.data.description import reading_of
from onelayer.data.readers import folder_hash
from onelayer.data.store import read_images
from onelayer.errors import InputError
from tests.unit.data.conftest import idx

LOG = logging.getLogger("test")
DESCRIPTION = {"title": "Mine", "shape": [4, 3], "classes": [0, 1], "counts": {"train": 6, "test": 6}}


@pytest.fixture
def mine(tmp_path, arrays):
    """An IDX data set described with its hashes, and its raw files by role."""
    roles = ["train_images", "train_labels", "test_images", "test_labels"]
    files, raw = {}, {}
    for role, array in zip(roles, arrays.values(), strict=True):
        raw[role] = tmp_path / "raw" / f"{role}.gz"
        raw[role].parent.mkdir(exist_ok=True)
        raw[role].write_bytes(gzip.compress(idx(array)))
        files[role] = {"name": f"{role}.gz", "sha256": hashlib.sha256(idx(array)).hexdigest()}
    return DESCRIPTION | {"format": "idx", "sources": [str(tmp_path / "raw")], "files": files}, raw


def run(description, raw, output, split="train"):
    files = {role: path for role, path in raw.items() if split in role or role in ("folder", "archive")}
    prepare.main("mine", split, reading_of(description, split), files, output)
    return read_images(output)


@pytest.mark.parametrize("split", ["train", "test"])
def test_raw_files_become_images_with_their_origin(tmp_path, arrays, mine, split):
    description, raw = mine
    back = run(description, raw, tmp_path / "x.parquet", split)
    assert np.array_equal(back.images, arrays[f"x_{split}"]) and np.array_equal(back.labels, arrays[f"y_{split}"])
    hashes = [description["files"][f"{split}_{holds}"]["sha256"] for holds in ("images", "labels")]
    assert back.metadata == {
        "dataset": "mine",
        "split": split,
        "count": len(back.labels),
        "shape": [4, 3],
        "pixel_max": 255,
        "classes": [0, 1],
        "sources": [
            {"file": f"{split}_{holds}.gz", "sha256": sha256}
            for holds, sha256 in zip(("images", "labels"), hashes, strict=True)
        ],
        "sha256": hashlib.sha256(back.images.tobytes() + back.labels.tobytes()).hexdigest(),
    }


def test_files_without_hash_are_recorded_with_the_hash_found(tmp_path, mine, arrays, pictures):
    description, raw = mine
    expected = [description["files"][f"train_{holds}"]["sha256"] for holds in ("images", "labels")]
    for file in description["files"].values():
        del file["sha256"]
    found = run(description, raw, tmp_path / "x.parquet").metadata["sources"]
    assert [source["sha256"] for source in found] == expected
    folder, _ = pictures
    described = DESCRIPTION | {"format": "images", "folder": "pictures", "class_names": ["cat", "dog"]}
    found = run(described, {"folder": folder}, tmp_path / "y.parquet").metadata["sources"]
    assert found == [{"file": "pictures", "sha256": folder_hash(folder)}]


def test_a_damaged_raw_file_is_to_be_deleted(tmp_path, mine):
    description, raw = mine
    raw["train_images"].write_bytes(raw["train_images"].read_bytes()[:-9])
    with pytest.raises(InputError, match=rf"damaged.*delete it and run again: rm {raw['train_images']}$"):
        run(description, raw, tmp_path / "x.parquet")
    assert not (tmp_path / "x.parquet").exists()


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"classes": [0, 2]}, "train_labels.gz: image 1 has the label 1, but config: datasets.mine.classes is [0, 2]"),
        ({"counts": {"train": 7}}, "6 images, but config: datasets.mine.counts.train is 7"),
        ({"pixel_max": 100}, "but config: datasets.mine.pixel_max is 100"),
        ({"shape": [3, 4]}, "images of shape [4, 3], but config: datasets.mine.shape is [3, 4]"),
    ],
)
def test_what_the_description_does_not_allow_is_refused(tmp_path, mine, change, says):
    description, raw = mine
    with pytest.raises(InputError) as raised:
        run(description | change, raw, tmp_path / "x.parquet")
    assert says in str(raised.value) and str(raised.value).startswith(str(raw["train_images"]))
    assert not (tmp_path / "x.parquet").exists()


def test_as_many_labels_as_images(tmp_path, mine, arrays):
    description, raw = mine
    del description["files"]["train_labels"]["sha256"]
    raw["train_labels"].write_bytes(idx(arrays["y_train"][:5]))
    with pytest.raises(InputError, match="6 images, but 5 labels"):
        run(description, raw, tmp_path / "x.parquet")


def test_fetching_says_where_a_file_came_from(tmp_path, mine, caplog):
    caplog.set_level(logging.INFO)
    description, raw = mine
    destination = tmp_path / "resources/mine/test_images.gz"
    fetch_raw.main("mine", description, "test_images.gz", destination, True, LOG)
    assert destination.read_bytes() == raw["test_images"].read_bytes()
    assert f"from {tmp_path / 'raw'}" in caplog.text


def test_a_bundle_is_a_mirror(tmp_path, mine, monkeypatch):
    description, raw = mine
    bundle.main("mine", description, raw, tmp_path / "mine.tar", LOG)
    with tarfile.open(tmp_path / "mine.tar") as archive:
        archive.extractall(tmp_path / "there", filter="data")
    folder = tmp_path / "there/mine"
    subprocess.run(["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=folder, check=True, capture_output=True)
    assert (folder / "LICENCE.txt").read_text().startswith("Mine\n\nMade by an unknown author.\nLicence: unknown\n")
    monkeypatch.setenv("ONELAYER_MIRROR", str(tmp_path / "there"))
    for file in description["files"].values():
        fetch_raw.main("mine", description | {"sources": []}, file["name"], tmp_path / "new" / file["name"], True, LOG)
    raw = {role: tmp_path / "new" / path.name for role, path in raw.items()}
    bundle.main("mine", description, raw, tmp_path / "again.tar", LOG)
    assert (tmp_path / "again.tar").read_bytes() == (tmp_path / "mine.tar").read_bytes()


def test_pictures_are_not_bundled(tmp_path):
    with pytest.raises(InputError, match=r"datasets\.mine has no files to pack"):
        bundle.main("mine", DESCRIPTION, {}, tmp_path / "mine.tar", LOG)
