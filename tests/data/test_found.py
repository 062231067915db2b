"""Your own data, as people have them: found and described by make dataset, and stored as the pipeline stores them."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import prepare
from onelayer.data.content import content_hash
from onelayer.data.describe import main, stable_rate
from onelayer.data.description import DataSet
from onelayer.data.found import polarity_of, preparation_of
from onelayer.data.preparation import prepare as prepared
from onelayer.data.store import read_images
from onelayer.experiment.config import read_yaml
from tests.data.conftest import ARRAYS, CLASSES, SPLITS, draw, idx, write
from tests.helpers import drawn, refusal

TABLE = np.column_stack([np.arange(10) % 2, np.arange(160).reshape(10, 16)])
LINES = [",".join(map(str, row)) for row in TABLE]


def described(origin, size=""):
    """The data set of the overlay that is written, and its only task."""
    main([str(origin), "mine", size])
    text = Path("mine.yaml").read_text()
    assert "&" not in text, "no aliases"
    assert "after a change of them, make dataset again" in text
    overlay = read_yaml(Path("mine.yaml"))
    return DataSet("mine", **overlay["datasets"]["mine"]), overlay["training"] | overlay["tasks"]["mine"]


def stored(dataset, split, **changes):
    """The images that the pipeline stores of a data set, whose description may be changed before."""
    files = {role: Path(dataset.sources[0], file["name"]) for role, file in dataset.files_of(split).items()}
    prepare.main("mine", split, dataset.reading(split) | changes, files, Path("x.parquet"))
    return read_images("x.parquet")


def pairs(images, labels):
    """Images and labels in an order that only they decide."""
    return sorted((image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True))


@pytest.mark.parametrize(("form", "origin"), [("idx", "."), ("npz", "mine.npz"), ("pictures", "pictures")])
def test_files_are_described_where_they_are_pictures_are_copied_and_all_are_stored(tmp_path, form, origin):
    hashes = {role: content_hash(path) for role, path in write(form, ARRAYS).items()}
    dataset, _ = described(origin)
    own = {role: file["sha256"] for role, file in dataset.files.items()}
    assert own == (hashes or {"archive": content_hash(Path("mine.npz"))})
    assert (dataset.format, dataset.sources) == ("npz" if form == "pictures" else form, [str(tmp_path)])
    assert dataset.class_names == (["cat", "dog"] if form == "pictures" else None)
    for split in SPLITS:
        back = stored(dataset, split)
        assert pairs(*back[:2]) == pairs(ARRAYS[f"x_{split}"], ARRAYS[f"y_{split}"])
        assert 0 < back.labels[:3].sum() < 3, "the first images are a mixture of classes"
        sources = [{"file": file["name"], "sha256": own[role]} for role, file in dataset.files_of(split).items()]
        expected = {"dataset": "mine", "split": split, "pixel_max": 255, "classes": [0, 1], "sources": sources}
        assert back.metadata.items() >= expected.items()


@pytest.mark.parametrize(
    ("count", "tests", "batch_size", "classes"),
    [(2, 1, 1, CLASSES), (8, 2, 2, ("10", "2")), (318, 64, 64, CLASSES), (320, 64, 128, CLASSES)],
)
def test_undivided_pictures_are_divided_80_to_20_by_class(count, tests, batch_size, classes):
    pixels = np.random.RandomState(0).randint(0, 256, (2 * count, 4, 3)).astype(np.uint8)
    draw("pictures", pixels, [0, 1] * count, classes)
    dataset, task = described("pictures")
    labels = [int(name) if name.isdigit() else number for number, name in enumerate(classes)]
    assert task["classes"] == dataset.classes == sorted(labels) and task["batch_size"] == batch_size
    assert dataset.class_names == (None if "2" in classes else ["cat", "dog"])
    assert dataset.counts == {"train": 2 * (count - tests), "test": 2 * tests}
    train, test = (stored(dataset, split) for split in SPLITS)
    assert sorted(pairs(*train[:2]) + pairs(*test[:2])) == pairs(pixels, labels * count)
    assert sorted(test.labels) == sorted(labels * tests)
    Path("mine.yaml").unlink()
    first = Path("mine.npz").rename("first.npz")
    described("pictures")
    assert Path("mine.npz").read_bytes() == first.read_bytes()


def blank(folder="pictures", count=4, classes=CLASSES):
    draw(folder, np.zeros((count, 4, 3), np.uint8), [number % len(classes) for number in range(count)], classes)


def put(**texts):
    Path("pictures").mkdir()
    for name, text in texts.items():
        Path("pictures", name).write_text(text)


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("", blank, "two arguments are needed: make dataset FROM=folder NAME=mine"),
        ("../x", blank, "NAME=../x: use lower-case letters"),
        ("mnist", blank, "NAME=mnist: this data set comes with the project"),
        ("one", blank, "one.yaml: of an earlier make dataset: rm one.yaml, or choose another NAME"),
        ("two", blank, "two.npz: of an earlier make dataset: rm two.npz"),
        ("x", lambda: draw("pictures", [np.zeros((3, n), np.uint8) for n in (1, 2)], [0, 0]), "of all (height x width) 1 of 3 x 1, 1 of 3 x 2: make them one size"),
        ("x", lambda: blank(classes=["cat"]), "the labels are all the same"),
        ("x", lambda: blank(count=514, classes=[f"c{n}" for n in range(257)]), "257 folders of classes: at most 256"),
        ("x", lambda: blank(count=2), "too few images for a test part"),
        ("x", lambda: [Path("pictures", name).mkdir(parents=True) for name in CLASSES], "no pictures"),
        ("x", lambda: blank("pictures/train"), "holds train, but not both train and test"),
        ("x", put, "pictures: no folders of pictures, IDX files, .npz archive or table"),
        ("x", lambda: None, "pictures: no such file or folder"),
        ("x", lambda: put(train_images=""), "IDX files of train labels: none: one"),
        ("x", lambda: put(train_images="", my_train_images="other"), "IDX files of train images: my_train_images, train_images: one is needed"),
        ("x", lambda: (write("pictures", ARRAYS), draw("pictures/test", [np.zeros((3, 4), np.uint8)], [1])), "pictures/test/dog/000.png: another size; of all (height x width) 12 of 4 x 3, 1 of 3 x 4"),
        ("x", lambda: (blank("pictures/train"), Path("pictures/test/cat").mkdir(parents=True)), "pictures/test: no pictures in"),
        ("x", lambda: (blank(), Path("pictures/dog/a.png").touch()), "a.png: no picture in a format that is read"),
        ("x", lambda: (blank(), os.truncate("pictures/dog/001.png", 45)), "dog/001.png: not a readable picture"),
        ("x", lambda: (blank(), Image.new("I;16", (3, 4)).save("pictures/dog/001.png")), "dog/001.png: more than 8 bits a pixel"),
        ("x", lambda: (blank(), Path("pictures/cow").mkdir()), "pictures/cow: no pictures in this folder"),
        ("x", lambda: put(**{"some.csv": "label,a,b\n1,2,3\n"}), "some.csv: 2 columns beside label: pixels of a square image are needed"),
        ("x", lambda: put(**{"some.csv": "label,a\n1,2.5\n2,3\n"}), "some.csv: pixels: store integers from 0 to 255"),
        ("x", lambda: put(**{"some.csv": "b\n1\n2\n"}), "pictures: tables with labels: none: needed is one"),
    ],
)  # fmt: skip
def test_data_that_cannot_be_described_and_names_that_cannot_be_used_are_refused(name, make, says):
    for written in ("one.yaml", "two.npz"):
        Path(written).touch()
    make()
    assert says in refusal(main, ["pictures", name])
    assert {path.name for path in Path().iterdir()} <= {"pictures", "one.yaml", "two.npz"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"classes": [0, 2]}, "labels [1], but config: datasets.mine.classes is [0, 2]"),
        ({"counts": {"train": 7}}, "6 images, but config: datasets.mine.counts.train is 7"),
        ({"pixel_max": 126}, "pixels to 127, but config: datasets.mine.pixel_max is 126"),
        ({"shape": [3, 4]}, "images of shape [4, 3], but config: datasets.mine.shape is [3, 4]"),
        ({"arrays": {"train_labels": "five"}}, "6 images, but 5 labels"),
    ],
)
def test_dark_images_are_described_and_not_stored_if_they_are_not_as_described(change, says):
    dark = {name: array // 2 if name[0] == "x" else array for name, array in ARRAYS.items()}
    dataset, _ = described(write("npz", dark | {"five": ARRAYS["y_train"][:5]})["archive"])
    assert dataset.pixel_max == 127
    assert f"/mine.npz: {says}" in refusal(stored, dataset, "train", **change) and not Path("x.parquet").exists()


def test_the_learning_rate_of_a_data_set_is_below_what_diverges():
    """Below 2 / curvature descent converges; the loss curves by at most half of the largest eigenvalue of X^T X / N."""
    images = 255 - np.random.RandomState(0).randint(0, 40, (60, 20, 20)).astype(np.uint8)  # nearly white
    inputs = np.append(images.reshape(60, 400) / 127.5 - 1, np.ones((60, 1)), axis=1)
    assert 0.5 < stable_rate(images, 255) * np.linalg.eigvalsh(inputs.T @ inputs / 60).max() / 2 < 1.1


def test_links_are_read_and_what_is_no_picture_is_left_out_with_a_line(capsys):
    write("pictures", ARRAYS)
    Path("pictures/train/cat").rename("elsewhere")
    Path("pictures/train/cat").symlink_to(Path("elsewhere").resolve())
    Path("pictures/train/dog/Thumbs.db").write_text("")
    Path("pictures/train/__MACOSX").mkdir()
    dataset, _ = described("pictures")
    assert pairs(*stored(dataset, "train")[:2]) == pairs(ARRAYS["x_train"], ARRAYS["y_train"])
    assert "no pictures: Thumbs.db\n" in capsys.readouterr().out


def test_arrays_of_an_archive_that_can_only_be_meant_one_way_are_taken():
    wide = {name: array.astype(np.int64) for name, array in ARRAYS.items()}
    wide["x_test"] = wide["x_test"][..., np.newaxis]  # a channel
    np.savez("named.npz", **{name.replace("x_", "X") + "Set": array for name, array in wide.items()}, extra=np.ones(3))
    dataset, _ = described("named.npz")
    assert dataset.arrays["train_images"] == "XtrainSet"
    assert pairs(*stored(dataset, "test")[:2]) == pairs(ARRAYS["x_test"], ARRAYS["y_test"])
    with open("single.npz", "wb") as file:
        np.save(file, np.ones(3))
    assert "single.npz: not an .npz of plain arrays: a single array" in refusal(main, ["single.npz", "other"])


def test_pictures_of_several_sizes_are_resized():
    draw("pictures", [np.full((side, side), side, np.uint8) for side in (20, 20, 30, 20, 30, 20)], [0, 1, 0, 1, 0, 1])
    dataset, _ = described("pictures", "8")
    images = np.concatenate([stored(dataset, split).images for split in SPLITS])
    assert images.shape == (6, 8, 8) and set(images.ravel()) == {20, 30} and dataset.pixel_max == 255


def test_a_size_is_refused_where_there_are_no_pictures_to_resize():
    write("idx", ARRAYS)
    write("npz", ARRAYS)
    put(**{"some.csv": "\n".join(LINES)})
    for origin in (".", "mine.npz", "pictures"):
        assert "SIZE=8 is for pictures in folders" in refusal(main, [origin, "x", "8"]) and not list(Path().glob("x.*"))


def test_what_is_drawn_in_the_images_and_what_makes_a_drawing_like_them_is_found():
    seven, place = 255 - np.asarray(drawn(7, paper=255, ink=0)), np.random.RandomState(0)
    images = np.stack([prepared(np.roll(seven, n, axis=1), "centred_by_mass", (28, 28), 255) for n in range(9)])
    assert (polarity_of(images, 255), preparation_of(images, 255, "light")) == ("light", "centred_by_mass")
    assert (polarity_of(255 - images, 255), preparation_of(255 - images, 255, "dark")) == ("dark", "centred_by_mass")
    anywhere = np.stack([np.roll(image[::3, ::3], place.randint(28), axis=0) for image in images])
    assert preparation_of(np.pad(anywhere, ((0, 0), (0, 18), (9, 9))), 255, "light") is None


@pytest.mark.parametrize("nested", [False, True])
def test_idx_files_are_known_by_any_name_and_in_folders_of_their_own(nested):
    for split in SPLITS:
        for kind, key in (("images-idx3", "x"), ("labels-idx1", "y")):
            name, content = f"emnist-letters-{split}-{kind}-ubyte", idx(ARRAYS[f"{key}_{split}"])
            path = Path("mirror", name, name) if nested else Path("mirror", f"{name}.gz")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if nested else gzip.compress(content))
    Path("mirror/train-images").write_bytes(idx(ARRAYS["x_train"]))  # the same content again
    dataset, _ = described("mirror")
    assert dataset.format == ("npz" if nested else "idx")
    for split in SPLITS:
        assert pairs(*stored(dataset, split)[:2]) == pairs(ARRAYS[f"x_{split}"], ARRAYS[f"y_{split}"])


@pytest.mark.parametrize(
    ("tables", "counts", "says"),
    [
        ({"train.csv": ["label," + ",".join(f"pixel{n}" for n in range(16)), *LINES]}, (8, 2), ""),
        ({"mnist_train.csv": LINES, "mnist_test.csv": LINES[:4]}, (10, 4), ""),
        ({"train.csv": ["Label,a" + ",a" * 15, *LINES], "test.csv": "b12"}, (8, 2), "test.csv: has no column of labels"),
    ],
)  # fmt: skip
def test_a_table_of_pixels_is_read_and_divided_if_it_is_one(capsys, tables, counts, says):
    put(**{name: "\n".join(lines) for name, lines in tables.items()})
    dataset, _ = described("pictures")
    assert tuple(dataset.counts.values()) == counts and dataset.shape == [4, 4] and says in capsys.readouterr().out
    rows = np.concatenate([stored(dataset, split).images for split in SPLITS]).reshape(-1, 16)
    assert {*map(tuple, rows.tolist())} == {*map(tuple, TABLE[:, 1:].tolist())}
