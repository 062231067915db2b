"""Data as people have them: pictures as phones and tools leave them, files under the names that mirrors give them, tables."""

import gzip
import os
from pathlib import Path

import numpy as np
import pytest
import yaml
from PIL import Image

from onelayer.data.describe import main
from onelayer.data.found import ink_of, preparation_of
from onelayer.data.readers.images import folder_hash, read_picture
from tests.data.conftest import ARRAYS, PIXELS, draw, idx
from tests.helpers import drawn, refusal

UPRIGHT = Image.Exif()
UPRIGHT[0x0112] = 6  # turn it by 90 degrees clockwise
TABLE = np.column_stack([np.arange(10) % 2, np.arange(160).reshape(10, 16)])
NAMES = ("emnist-letters-{}-images-idx3-ubyte.gz", "emnist-letters-{}-labels-idx1-ubyte.gz")
LINES = [",".join(map(str, row)) for row in TABLE]


def described(origin, size=""):
    """The data set that make dataset describes, and what it wrote of it, if it wrote an archive."""
    main([str(origin), "mine", size])
    overlay = yaml.safe_load(Path("mine.yaml").read_text())
    archive = dict(np.load("mine.npz")) if Path("mine.npz").exists() else None
    return overlay["datasets"]["mine"], archive


def test_a_transparent_picture_is_put_on_paper_and_a_turned_one_upright():
    ink = np.zeros((6, 4), np.uint8)
    ink[1:3, 1:] = 200
    Image.merge("LA", [Image.new("L", (4, 6)), Image.fromarray(ink)]).convert("RGBA").save("alpha.png")
    assert read_picture(Path("alpha.png"), (6, 4)).tolist() == (255 - ink).tolist()
    Image.fromarray(np.rot90(ink)).save("turned.png", exif=UPRIGHT)
    assert read_picture(Path("turned.png"), (6, 4)).tolist() == ink.tolist()
    Image.fromarray(ink.astype(np.uint16) * 256).save("deep.png")
    assert refusal(read_picture, Path("deep.png"), (6, 4)) == "deep.png: more than 8 bits a pixel: store it with 8"


def test_what_is_read_is_hashed_through_links_too_and_what_is_not_read_is_left_out_with_a_line(capsys):
    for split in ("train", "test"):
        draw(f"pictures/{split}", PIXELS[:6], [0, 1, 0, 1, 1, 0])
    Path("pictures/train/cat").rename("elsewhere")
    Path("pictures/train/cat").symlink_to(Path("elsewhere").resolve())
    Path("pictures/train/dog/Thumbs.db").write_text("")
    Path("pictures/__MACOSX/cat").mkdir(parents=True)
    known, _ = described("pictures")
    assert known["counts"] == {"train": 6, "test": 6} and "no pictures: Thumbs.db" in capsys.readouterr().out
    Path("pictures/train/dog/.notes").write_text("")
    Path("pictures/train/dog/list.txt").write_text("")
    assert folder_hash(Path("pictures")) == known["sha256"]
    Image.fromarray(PIXELS[0]).save("elsewhere/000.png", compress_level=0)
    assert folder_hash(Path("pictures")) != known["sha256"]


def test_pictures_of_several_sizes_are_counted_or_resized():
    draw("pictures", [np.full((side, side), side, np.uint8) for side in (20, 20, 30, 20, 30, 20)], [0, 1, 0, 1, 0, 1])
    said = refusal(main, ["pictures", "mine", ""])
    assert "pictures of several sizes: 4 of 20 x 20, 2 of 30 x 30: SIZE=28 makes them 28 x 28" in said
    known, archive = described("pictures", "8x6")
    assert known["shape"] == [8, 6] and archive["x_train"].shape[1:] == (8, 6)
    assert sorted({*archive["x_train"].ravel(), *archive["x_test"].ravel()}) == [20, 30]
    assert "SIZE=0: a number of pixels" in refusal(main, ["pictures", "again", "0"])


def test_what_is_drawn_in_the_images_and_what_makes_a_drawing_like_them_is_found(tmp_path):
    from onelayer.data.preparation import prepare

    seven, place = 255 - np.asarray(drawn(7, paper=255, ink=0)), np.random.RandomState(0)
    images = np.stack([prepare(np.roll(seven, n, axis=1), "centred_by_mass", (28, 28), 255) for n in range(9)])
    assert (ink_of(images, 255), preparation_of(images, 255, None)) == ("light", "centred_by_mass")
    assert (ink_of(255 - images, 255), preparation_of(255 - images, 255, "dark")) == ("dark", "centred_by_mass")
    anywhere = np.stack([np.roll(image[::3, ::3], place.randint(28), axis=0) for image in images])
    assert preparation_of(np.pad(anywhere, ((0, 0), (0, 18), (9, 9))), 255, None) is None


@pytest.mark.parametrize("nested", [False, True])
def test_idx_files_are_known_by_any_name_and_in_folders_of_their_own(nested):
    for split in ("train", "test"):
        for name, key in zip(NAMES, ("x", "y"), strict=True):
            path = Path("mirror", name.format(split), "content") if nested else Path("mirror", name.format(split))
            path = path.with_name(name.format(split).removesuffix(".gz")) if nested else path
            path.parent.mkdir(parents=True, exist_ok=True)
            content = idx(ARRAYS[f"{key}_{split}"])
            path.write_bytes(content if nested else gzip.compress(content))
    known, archive = described("mirror")
    assert known["counts"] == {"train": 6, "test": 6} and known["format"] == ("npz" if nested else "idx")
    if nested:
        assert all((archive[name] == array).all() for name, array in ARRAYS.items())


def test_several_sets_of_idx_files_in_a_folder_are_named():
    Path("mirror").mkdir()
    for number, kind in enumerate(("letters", "digits")):
        for name, key in zip(NAMES, ("x", "y"), strict=True):
            for split in ("train", "test"):
                array = np.roll(ARRAYS[f"{key}_{split}"], number)
                Path("mirror", name.format(split).replace("letters", kind)).write_bytes(idx(array))
    said = refusal(main, ["mirror", "mine"])
    assert (
        "several IDX files of train images: emnist-digits-train" in said and "put the four that belong together" in said
    )


def test_arrays_of_any_names_that_say_what_they_are_are_taken_and_others_listed():
    names = {"x_train": "trainImages", "y_train": "train_y", "x_test": "test_images", "y_test": "lTest"}
    np.savez("their.npz", **{names[name]: array for name, array in ARRAYS.items()}, notes=np.zeros(3, np.uint8))
    known, _ = described("their.npz")
    assert known["arrays"]["test_labels"] == "lTest" and known["counts"] == {"train": 6, "test": 6}
    np.savez("other.npz", a=ARRAYS["x_train"], b=ARRAYS["y_train"])
    said = refusal(main, ["other.npz", "other"])
    assert said.endswith(
        "holds a (6, 4, 3), b (6,); needed are images (n, height, width) and labels (n,), with train and test in their names"
    )


@pytest.mark.parametrize(
    ("tables", "counts", "says"),
    [
        ({"train.csv": ["label," + ",".join(f"pixel{n}" for n in range(16)), *LINES]}, (8, 2), ""),
        ({"mnist_train.csv": LINES, "mnist_test.csv": LINES[:4]}, (10, 4), ""),
        ({"train.csv": ["Label,a" + ",a" * 15, *LINES], "test.csv": ["b" + ",b" * 14, *LINES]}, (8, 2), "has no column of labels"),
    ],
)  # fmt: skip
def test_a_table_of_pixels_is_read_and_divided_if_it_is_one(capsys, tables, counts, says):
    Path("kaggle").mkdir()
    for name, lines in tables.items():
        text = "\n".join(lines)
        Path("kaggle", name).write_text(text.replace(",0,1,2", ",0,1,2") if "b,b" not in text else "b\n1\n2\n")
    known, archive = described("kaggle")
    assert tuple(known["counts"].values()) == counts and known["shape"] == [4, 4] and says in capsys.readouterr().out
    rows = np.concatenate([archive["x_train"], archive["x_test"]]).reshape(-1, 16)
    assert {*map(tuple, rows.tolist())} == {*map(tuple, TABLE[:, 1:].tolist())}


def test_what_is_no_table_of_pixels_is_named():
    Path("some.csv").write_text("label,a,b\n1,2,3\n")
    assert "some.csv: 2 columns beside label: pixels of a square image are needed" in refusal(
        main, ["some.csv", "mine"]
    )
    Path("some.csv").write_text("label,a\n1,2.5\n2,3\n")
    assert "some.csv: its pixels are not integers from 0 to 255" in refusal(main, ["some.csv", "mine"])
    Path("some.txt").write_text("")
    assert "no .npz archive and no table of pixels" in refusal(main, ["some.txt", "mine"])
    assert sorted(os.listdir()) == ["some.csv", "some.txt"]


@pytest.mark.long
def test_twenty_thousand_pictures_take_seconds():
    import time

    path = Path("one.png")
    Image.fromarray(PIXELS[0]).save(path)
    for number in range(20_000):
        own = Path("pictures", ("cat", "dog")[number % 2], f"{number}.png")
        own.parent.mkdir(parents=True, exist_ok=True)
        os.link(path, own)
    beginning = time.monotonic()
    known, _ = described("pictures")
    assert known["counts"] == {"train": 16_000, "test": 4_000} and time.monotonic() - beginning < 20
