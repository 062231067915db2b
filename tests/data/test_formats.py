"""Raw files and stored ones: what the formats take and what they refuse; test_found.py reads each of them."""

import gzip
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from PIL import Image
from sklearn.datasets import load_digits

from onelayer.data.content import content_hash
from onelayer.data.readers import reader_named
from onelayer.data.readers.images import folder_hash
from onelayer.data.store import read_images, write_images
from onelayer.io.parquet import read_columns, write_columns
from tests.data.conftest import ARRAYS, CLASSES, SPLITS, idx, write
from tests.helpers import refusal
from tests.training import golden

IDX = idx(np.zeros((2, 3, 4), np.uint8))
PATH, COLUMNS = Path("x.parquet"), {"step": np.arange(60, dtype=np.int32), "label": np.linspace(0, 1, 60)}


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
        ("npz", lambda _: (np.save("x.npy", 0), Path("x.npy").rename("mine.npz")), "mine.npz: not an .npz of plain"),
        ("images", lambda path: path.write_bytes(path.read_bytes() + b"x"), "pictures: damaged or changed, expected"),
        ("images", lambda path: path.write_bytes(path.read_bytes()[:45]), "pictures/train/cat/000.png: not a readable"),
        ("images", lambda path: Image.new("L", (4, 3)).save(path), "pictures/train/cat/000.png: 3 x 4 pixels (height"),
        ("images", lambda path: Image.new("I;16", (3, 4)).save(path), "pictures/train/cat/000.png: more than 8 bits a"),
        ("images", lambda path: path.parent.rename("pictures/train/x"), "pictures/train/x: not the name of a class"),
        ("images", lambda path: [other.unlink() for other in path.parents[1].glob("*/*")], "pictures/train: no pict"),
    ],
)
def test_what_is_wrong_in_raw_files_is_named_and_files_with_a_hash_are_held_to_it(form, wrong, says):
    files, described = write(form, ARRAYS), {"shape": [4, 3], "classes": [0, 1], "class_names": CLASSES}
    if ": damaged" in says:
        hashes = {role: {"sha256": content_hash(path)} for role, path in files.items() if path.is_file()}
        described |= {"files": hashes} if hashes else {"sha256": folder_hash(files["folder"])}
    if isinstance(wrong, dict):
        write(form, {name: array for name, array in (ARRAYS | wrong).items() if array is not None})
    elif isinstance(wrong, bytes):
        next(iter(files.values())).write_bytes(wrong)
    else:
        wrong(Path("pictures/train/cat/000.png"))
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
        assert "not an image file" in refusal(read_images, PATH)
