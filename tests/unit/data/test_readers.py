import gzip
import hashlib
import shutil

import numpy as np
import pytest
import yaml
from PIL import Image
from sklearn.datasets import load_digits

from onelayer.data.readers import READERS, ROLES, folder_hash, parse_idx
from onelayer.errors import InputError
from tests.conftest import ROOT
from tests.unit.data.conftest import CLASSES, idx

PICTURES = {"shape": [4, 3], "classes": [0, 1], "class_names": list(CLASSES)}


def test_every_format_has_its_roles():
    assert READERS.keys() == ROLES.keys()


def refusal(read, *arguments):
    with pytest.raises(InputError) as raised:
        read(*arguments)
    assert "\n" not in str(raised.value)
    return str(raised.value)


# IDX


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_idx_files(tmp_path, arrays, split, pack):
    files = {role: tmp_path / role for role in ROLES["idx"]}
    described = {"files": {}}
    for (role, path), array in zip(files.items(), arrays.values(), strict=True):
        path.write_bytes(pack(idx(array)))
        described["files"][role] = {"name": role, "sha256": hashlib.sha256(idx(array)).hexdigest()}
    images, labels = READERS["idx"](files, split, described)
    assert np.array_equal(images, arrays[f"x_{split}"]) and np.array_equal(labels, arrays[f"y_{split}"])
    described["files"][f"{split}_labels"]["sha256"] = "0" * 64
    assert refusal(READERS["idx"], files, split, described).startswith(f"{files[f'{split}_labels']}: damaged")


def test_the_embedded_digits_are_those_of_scikit_learn():
    digits = yaml.safe_load((ROOT / "config/datasets.yaml").read_text(encoding="utf-8"))["datasets"]["digits"]
    files = {role: ROOT / "workflow/data/digits" / file["name"] for role, file in digits["files"].items()}
    parts = [READERS["idx"](files, split, digits) for split in ("train", "test")]
    expected = load_digits()
    np.testing.assert_array_equal(np.concatenate([images for images, _ in parts]), expected.images)
    np.testing.assert_array_equal(np.concatenate([labels for _, labels in parts]), expected.target)


GOOD = idx(np.zeros((2, 3, 4), np.uint8))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "offset 0: the file ends inside its header"),
        (GOOD[:10], "offset 10: the file ends inside its header of 16 bytes"),
        (b"\x1f" + GOOD[1:], "offset 0: expected the IDX magic number 00000803"),
        (GOOD[:2] + b"\x0d" + GOOD[3:], "found 00000d03"),
        (idx(np.zeros(40, np.uint8)), "3 axes"),
        (GOOD[:-1], "offset 39: expected 40 bytes for shape (2, 3, 4), found 39"),
        (GOOD + b"x", "offset 40: expected 40 bytes for shape (2, 3, 4), found 41"),
        (GOOD[:8] + b"\0" * 4 + GOOD[12:], "offset 8: expected a length of at least 1, found 0"),
        (GOOD[:4] + b"\xff" * 12 + GOOD[16:], "offset 40: expected "),
    ],
)
def test_what_is_not_idx(content, says):
    message = refusal(parse_idx, content, "some-file", 3)
    assert message.startswith("some-file: offset") and says in message


# NumPy archives


def read_npz(folder, held, split="train", **described):
    np.savez(folder / "a.npz", **held)
    return READERS["npz"]({"archive": folder / "a.npz"}, split, described)


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("change", [lambda array: array, lambda array: array.astype(np.int64)[..., np.newaxis]])
def test_an_npz_archive(tmp_path, arrays, split, change):
    images, labels = read_npz(tmp_path, {name: change(array) for name, array in arrays.items()}, split)
    assert np.array_equal(images, arrays[f"x_{split}"]) and np.array_equal(labels, arrays[f"y_{split}"])
    assert images.dtype == labels.dtype == np.uint8


def test_the_arrays_of_an_npz_archive_can_have_other_names(tmp_path, arrays):
    images, _ = read_npz(tmp_path, arrays | {"x": arrays["x_test"]}, arrays={"train_images": "x"})
    assert np.array_equal(images, arrays["x_test"])


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"x_train": np.zeros((6, 4, 3))}, "train images: store integers from 0 to 255 instead of float64"),
        ({"x_train": np.full((6, 4, 3), 256)}, "train images: from 256 to 256, but only 0 to 255"),
        ({"y_train": np.full(6, -1)}, "train labels: from -1 to -1"),
        ({"x_train": np.zeros((6, 4, 3, 3), np.uint8)}, "expected 3 axes, found shape (6, 4, 3, 3)"),
        ({"x_train": np.zeros((0, 4, 3), np.uint8)}, "the array is empty"),
        ({"x_train": np.array([{}] * 6)}, "not an .npz of plain arrays: Object arrays cannot be loaded"),
    ],
)
def test_what_an_npz_archive_must_not_hold(tmp_path, arrays, changed, says):
    message = refusal(read_npz, tmp_path, arrays | changed)
    assert message.startswith(f"{tmp_path / 'a.npz'}: ") and says in message


def test_a_missing_array_is_named_with_those_that_are_there(tmp_path, arrays):
    del arrays["y_test"]
    assert "no array 'y_test' among x_train, y_train, x_test" in refusal(read_npz, tmp_path, arrays, "test")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"text", b"\x93NUMPY\x01\x00", b"\x80\x04K\x01."])
def test_what_is_no_npz_archive(tmp_path, content):
    path = tmp_path / "a.npz"
    path.write_bytes(content)
    assert f"{path}: not an .npz of plain arrays" in refusal(READERS["npz"], {"archive": path}, "train", {})
    np.save(path.with_suffix(".npy"), np.zeros(3))
    path.with_suffix(".npy").rename(path)
    assert "a single array" in refusal(READERS["npz"], {"archive": path}, "train", {})


# Pictures


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_folder_of_pictures(pictures, split):
    folder, drawn = pictures
    (folder / split / ".hidden").write_text("left by a file manager")
    images, labels = READERS["images"]({"folder": folder}, split, PICTURES)
    assert images.dtype == labels.dtype == np.uint8
    expected = {pixels.tobytes(): CLASSES[name.split("/")[0]] for name, pixels in drawn[split].items()}
    assert {image.tobytes(): label for image, label in zip(images, labels, strict=True)} == expected
    assert 0 < labels[:3].sum() < 3, "the first pictures are not all of one class"


@pytest.mark.parametrize(("mode", "suffix"), [("RGB", "png"), ("P", "gif"), ("1", "bmp"), ("LA", "webp")])
def test_pictures_become_greyscale(pictures, mode, suffix):
    folder, _ = pictures
    for path in folder.glob("train/*/*.png"):
        Image.new("L", (3, 4), 255).convert(mode).save(path.with_suffix(f".{suffix}"), lossless=True)
        if suffix != "png":
            path.unlink()
    assert (READERS["images"]({"folder": folder}, "train", PICTURES)[0] == 255).all()


def test_folders_are_named_by_numbers_where_classes_have_no_names(pictures):
    folder, _ = pictures
    (folder / "train/cat").rename(folder / "train/3")
    (folder / "train/dog").rename(folder / "train/10")
    _, labels = READERS["images"]({"folder": folder}, "train", {"shape": [4, 3], "classes": [3, 10]})
    assert sorted(labels) == [3, 3, 3, 10, 10, 10]


@pytest.mark.parametrize(
    ("change", "place", "says"),
    [
        (lambda path: path.write_bytes(path.read_bytes()[:45]), "", "not a readable picture"),
        (lambda path: path.write_text("text"), "", "not a readable picture"),
        (lambda path: path.with_suffix("").mkdir(), "000", "not a readable picture"),
        (lambda path: Image.new("L", (4, 3)).save(path), "", "3 x 4 pixels (height x width), but shape is 4 x 3"),
        (lambda path: Image.fromarray(np.zeros((4, 3), np.uint16)).save(path), "", "more than 8 bits a pixel"),
        (lambda path: path.parent.rename(path.parents[1] / "bird"), "../bird", "not the name of a class: cat, dog"),
        (lambda path: path.rename(path.parents[1] / "stray.png"), "../stray.png", "not the name of a class"),
        (lambda path: shutil.rmtree(path.parents[1]), "..", "not a folder"),
        (lambda path: [other.unlink() for other in path.parents[1].glob("*/*")], "..", "no pictures"),
    ],
)
def test_a_wrong_picture_is_named(pictures, change, place, says):
    folder, _ = pictures
    path = folder / "train/cat/000.png"
    named = {"": path, "..": folder / "train"}.get(place, folder / "train/cat" / place)
    change(path)
    message = refusal(READERS["images"], {"folder": folder}, "train", PICTURES)
    assert message.startswith(str(named).replace("cat/../", "")) and says in message


@pytest.mark.parametrize(
    "change",
    [
        lambda path: path.write_bytes(path.read_bytes() + b"x"),
        lambda path: path.unlink(),
        lambda path: path.rename(path.with_name("0001.png")),
        lambda path: (path.parents[1] / "dog/new.png").write_bytes(path.read_bytes()),
    ],
)
def test_the_hash_of_a_folder_notices_every_change(pictures, change):
    folder, _ = pictures
    described = PICTURES | {"sha256": folder_hash(folder)}
    READERS["images"]({"folder": folder}, "train", described)
    (folder / ".hidden").write_text("not counted")
    READERS["images"]({"folder": folder}, "train", described)
    change(folder / "train/cat/000.png")
    message = refusal(READERS["images"], {"folder": folder}, "train", described)
    assert message.startswith(f"{folder}: damaged or changed, expected SHA-256 {described['sha256']}")
