import gzip
import hashlib
from pathlib import Path

import numpy as np
import pytest
import yaml
from jsonschema import Draft202012Validator
from PIL import Image

import prepare
from onelayer.data.describe import main
from onelayer.data.description import check_datasets, reading_of
from onelayer.data.fetch import fetch, sources_of
from onelayer.data.readers import folder_hash
from onelayer.data.store import read_images
from onelayer.errors import InputError
from tests.conftest import ROOT
from tests.unit.data.conftest import draw, idx

SCHEMA = yaml.safe_load((ROOT / "workflow/schemas/datasets.schema.yaml").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    """A working folder beside the data."""
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    monkeypatch.delenv("ONELAYER_MIRROR", raising=False)
    return tmp_path / "work"


def describe(origin, name="mine"):
    """The overlay that is written, after checking its data set as the pipeline does."""
    main([str(origin), name])
    with open(f"{name}.yaml", encoding="utf-8") as file:
        text = file.read()
    assert "&" not in text, "no aliases"
    overlay = yaml.safe_load(text)
    Draft202012Validator(SCHEMA).validate(overlay["datasets"])
    check_datasets(overlay["datasets"])
    return overlay


def prepared(overlay, split):
    """The images that the pipeline makes of a described data set."""
    (name, description), files = next(iter(overlay["datasets"].items())), {}
    for role, file in description.get("files", {}).items():
        files[role] = Path("resources", file["name"])
        fetch(file, sources_of(name, description, ""), files[role], offline=True)
    if "folder" in description:
        files = {"folder": Path(description["sources"][0], description["folder"])}
    prepare.main(name, split, reading_of(description, split), files, Path("x.parquet"))
    return read_images("x.parquet")


def test_pictures_divided_already_stay_where_they_are(here, pictures):
    folder, drawn = pictures
    overlay = describe(folder)
    assert overlay["datasets"]["mine"] == {
        "title": "mine",
        "format": "images",
        "shape": [4, 3],
        "pixel_max": 255,
        "classes": [0, 1],
        "counts": {"train": 6, "test": 6},
        "sources": [str(folder.parent)],
        "class_names": ["cat", "dog"],
        "folder": "pictures",
        "sha256": folder_hash(folder),
    }
    for split in ("train", "test"):
        found = {image.tobytes() for image in prepared(overlay, split).images}
        assert found == {pixels.tobytes() for pixels in drawn[split].values()}
    assert [path.name for path in here.glob("mine*")] == ["mine.yaml"]


@pytest.mark.parametrize("count", [20, 2, 3, 5])
def test_undivided_pictures_are_divided_class_by_class(tmp_path, here, count):
    drawn = draw(tmp_path / "pictures", count)
    overlay = describe(tmp_path / "pictures")
    described = overlay["datasets"]["mine"]
    tests = max(1, round(count / 5))
    assert described["counts"] == {"train": 2 * (count - tests), "test": 2 * tests}
    assert described["class_names"] == ["cat", "dog"] and described["format"] == "npz"
    parts = {split: prepared(overlay, split) for split in ("train", "test")}
    found = {(image.tobytes(), label) for part in parts.values() for image, label in zip(*part[:2], strict=True)}
    assert found == {(pixels.tobytes(), int(name.startswith("dog"))) for name, pixels in drawn.items()}
    assert sorted(parts["test"].labels) == [0] * tests + [1] * tests
    first = (here / "mine.npz").read_bytes(), (here / "mine.yaml").read_bytes()
    for path in here.glob("mine.*"):
        path.unlink()
    describe(tmp_path / "pictures")
    assert ((here / "mine.npz").read_bytes(), (here / "mine.yaml").read_bytes()) == first


def test_folders_named_by_numbers_are_the_classes(tmp_path):
    draw(tmp_path / "pictures", 4, ["10", "2", "0"])
    overlay = describe(tmp_path / "pictures")
    assert overlay["datasets"]["mine"]["classes"] == [0, 2, 10] and "class_names" not in overlay["datasets"]["mine"]
    assert set(prepared(overlay, "train").labels) == {0, 2, 10}


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    "names", [("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"), ("test_images", "Test.Labels")]
)
def test_a_folder_of_idx_files(tmp_path, arrays, names, pack):
    (tmp_path / "README.txt").touch()
    contents = {}
    for name, array in zip(["train-images", "train-labels", *names], arrays.values(), strict=True):
        contents[name] = idx(array)
        (tmp_path / name).write_bytes(pack(contents[name]))
    overlay = describe(tmp_path)
    found = {file["name"]: file["sha256"] for file in overlay["datasets"]["mine"]["files"].values()}
    assert found == {name: hashlib.sha256(content).hexdigest() for name, content in contents.items()}
    for split in ("train", "test"):
        assert np.array_equal(prepared(overlay, split).images, arrays[f"x_{split}"])


@pytest.mark.parametrize(("dimmed", "pixel_max"), [(1, 255), (16, 15), (200, 1)])
def test_an_npz_archive(tmp_path, arrays, dimmed, pixel_max):
    arrays = {name: array // dimmed if name[0] == "x" else array for name, array in arrays.items()}
    np.savez(tmp_path / "some archive.npz", **arrays)
    overlay = describe(tmp_path / "some archive.npz")
    assert overlay["datasets"]["mine"]["pixel_max"] == pixel_max
    assert np.array_equal(prepared(overlay, "test").images, arrays["x_test"])


@pytest.mark.parametrize(
    ("count", "batch_size"), [(2, 1), (8, 2), (16, 4), (20, 8), (25, 8), (320, 128), (318, 64), (400, 128)]
)
def test_the_overlay_runs_one_task_with_a_batch_size_that_fits(tmp_path, capsys, count, batch_size):
    train = 2 * (count - max(1, round(count / 5)))
    draw(tmp_path / "pictures", count, shape=(1, 1))
    overlay = describe(tmp_path / "pictures", "my-own")
    assert batch_size == 128 or batch_size <= max(1, train / 4) < 2 * batch_size
    task = {"model": "softmax", "classes": [0, 1], "learning_rate": 0.01, "lambdas": ["0.0"], "shuffle": [True]}
    del overlay["datasets"]
    assert overlay == {
        "dataset": "my-own",
        "images": {
            "train": {"file": "train", "first": 0, "count": train},
            "validation": {"file": "test", "first": 0, "count": 2 * count - train},
        },
        "training": {"batch_size": batch_size},
        "tasks": {"binary": None, "softmax": None, "my_own": task},
    }
    assert "snakemake --configfile my-own.yaml --directory my-own" in capsys.readouterr().out


def test_a_task_begins_with_a_letter(tmp_path):
    draw(tmp_path / "pictures", 2)
    assert list(describe(tmp_path / "pictures", "2nd")["tasks"]) == ["binary", "softmax", "data_2nd"]


def two_sizes(folder):
    draw(folder, 2)
    Image.new("L", (9, 9)).save(folder / "dog/000.png")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (two_sizes, r"dog/000\.png: 9 x 9 pixels|but shape is 9 x 9"),
        (lambda folder: draw(folder, 1, [f"{number:03}x" for number in range(257)]), "257 folders of classes"),
        (lambda folder: draw(folder, 2, ["cat"]), "1 folders of classes"),
        (lambda folder: draw(folder, 1), "too few pictures for a test part"),
        (lambda folder: draw(folder, 0), "no pictures"),
        (lambda folder: draw(folder / "train", 2), "holds train, but not both train and test"),
        (lambda folder: folder.mkdir(), "holds no folders of pictures, no IDX files"),
        (lambda folder: None, "not a folder"),
        (lambda folder: (folder.mkdir(), (folder / "train-images").touch()), "no IDX file of train labels"),
        (lambda folder: (draw(folder, 2), (folder / "list.txt").touch()), r"list\.txt: not a folder"),
        (lambda folder: (draw(folder, 2), (folder / "dog/list.txt").touch()), r"list\.txt: not a readable picture"),
    ],
)
def test_data_that_cannot_be_described(tmp_path, here, make, says):
    make(tmp_path / "pictures")
    with pytest.raises(InputError, match=says):
        main([str(tmp_path / "pictures"), "mine"])
    assert list(here.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["pictures"], "two arguments are needed: make dataset FROM=folder NAME=mine"),
        (["", ""], "two arguments are needed"),
        (["pictures", "Mine"], "NAME=Mine: use lower-case letters"),
        (["pictures", "../x"], "NAME=../x: use lower-case letters"),
        (["pictures", "mnist"], "NAME=mnist: this data set comes with the project"),
        (["pictures", "mine"], "mine.yaml: exists already: delete it or choose another NAME"),
        (["pictures", "other"], "other.npz: exists already"),
    ],
)
def test_names_that_cannot_be_used(here, arguments, says):
    (here / "mine.yaml").touch()
    (here / "other.npz").touch()
    draw(here / "pictures", 2)
    with pytest.raises(InputError) as raised:
        main(arguments)
    assert str(raised.value).startswith(says) and len(list(here.iterdir())) == 3
