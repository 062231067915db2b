"""Which data sets are allowed, which files they name, and your own data: described by make dataset, and stored."""

import hashlib
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import prepare
from onelayer.data import description
from onelayer.data.content import content_hash
from onelayer.data.describe import describe, main, sets_of, stable_rate
from onelayer.data.description import DataSet, checked_datasets
from onelayer.data.found import what_is_there
from onelayer.data.readers.images import folder_hash
from onelayer.data.samples import choose_samples, inputs_of
from onelayer.data.store import ImageSet, read_images
from onelayer.experiment.config import read_yaml
from onelayer.models import loss_and_gradient, model_named
from tests.conftest import ROOT
from tests.data.conftest import ARRAYS, CLASSES, SPLITS, draw, write
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
        (COMMON | {"format": "npz"}, "files: is missing: format npz needs it"),
        (COMMON | {"format": "images"}, "folder: is missing: format images needs it"),
        (IMAGES | {"files": NPZ["files"]}, "files: does not fit format images"),
        (IMAGES | {"sources": ["http://a.org/"]}, "sources: format images is read from folders only"),
        (MNIST | {"files": dict(list(MNIST["files"].items())[:3])}, "files.test_labels: is missing"),
        (MNIST | {"files": MNIST["files"] | NPZ["files"]}, "files.archive: is unknown: format idx has the files t"),
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
    assert fetched.raw_paths("train").keys() == {"train_images", "train_labels"}
    assert fetched.fetched_file("t10k-labels-idx1-ubyte.gz") == MNIST["files"]["test_labels"]
    assert local.raw_paths("test") == {"archive": "here/mine.npz"}, "the one that will be missed"
    for folder, source in (("project/data", "project/data"), ("there", str(tmp_path / "there")), ("here", "here")):
        Path(folder).mkdir(parents=True)
        Path(folder, "mine.npz").touch()
        assert local.raw_paths("train") == local.raw_paths("test") == {"archive": f"{source}/mine.npz"}
    assert "datasets.mine.files has no file 'mine.npz' with a sha256" in refusal(local.fetched_file, "mine.npz")
    assert checked(IMAGES).raw_paths("train") == {"folders": ["here/pictures/train"]}
    for name in ("dog", "cat"):
        Path("here/pictures/train", name).mkdir(parents=True)
    assert checked(IMAGES).raw_paths("train")["folders"][1:] == ["here/pictures/train/cat", "here/pictures/train/dog"]


def test_only_what_may_change_the_images_is_read_with_them():
    named = {key: "x" for key in DataSet.__dataclass_fields__} | {"files": MNIST["files"]}
    keys = {"format", "shape", "classes", "counts", "arrays", "sha256", "pixel_max", "files", "folder", "class_names"}
    assert DataSet(**named).reading("train").keys() == keys
    assert DataSet(**named | {"folder": None}).reading("train").keys() == keys - {"folder", "class_names"}


def described(origin, name="mine"):
    """The overlay that is written, and its data set, checked as the pipeline does."""
    main([str(origin), name])
    overlay = read_yaml(Path(f"{name}.yaml"))
    assert "&" not in Path(f"{name}.yaml").read_text(), "no aliases"
    return overlay, checked(overlay["datasets"][name])


def stored(dataset, split, **changes):
    """The images that the pipeline stores of a data set, whose description may be changed before."""
    files = {role: Path(dataset.sources[0], file["name"]) for role, file in dataset.files_of(split).items()}
    files = files or {"folder": Path(dataset.sources[0], dataset.folder)}
    prepare.main("mine", split, dataset.reading(split) | changes, files, Path("x.parquet"))
    return read_images("x.parquet")


def pairs(images, labels):
    """Images and labels in an order that only they decide."""
    return sorted((image.tobytes(), int(label)) for image, label in zip(images, labels, strict=True))


@pytest.mark.parametrize(("form", "origin"), [("idx", "."), ("npz", "mine.npz"), ("images", "pictures")])
def test_data_of_every_format_are_described_where_they_are_and_stored(tmp_path, form, origin):
    files = write(form, ARRAYS)
    hashes = {role: (content_hash if path.is_file() else folder_hash)(path) for role, path in files.items()}
    overlay, dataset = described(origin)
    images = {"shape": [4, 3], "pixel_max": 255, "classes": [0, 1]}
    expected = {"title": "mine", "format": form, "counts": {"train": 6, "test": 6}, "sources": [str(tmp_path)]} | images
    if form == "images":
        expected |= {"class_names": ["cat", "dog"], "folder": "pictures", "sha256": hashes["folder"]}
        Path("pictures/train/.hidden").write_text("left by a file manager")
    else:
        expected["files"] = {role: {"name": path.name, "sha256": hashes[role]} for role, path in files.items()}
    assert overlay["datasets"]["mine"] == expected | {
        "preparation": "counted_in_blocks"
    }  # leaves so few pixels as they are
    for split in SPLITS:
        back = stored(dataset, split)
        assert pairs(*back[:2]) == pairs(ARRAYS[f"x_{split}"], ARRAYS[f"y_{split}"])
        assert 0 < back.labels[:3].sum() < 3, "the first images are a mixture of classes"
        sources = [{"file": files[role].name, "sha256": hashes[role]} for role in dataset.files_of(split) or ["folder"]]
        sha256 = hashlib.sha256(back.images.tobytes() + back.labels.tobytes()).hexdigest()
        more = {"dataset": "mine", "split": split, "count": 6, "sources": sources, "sha256": sha256}
        assert back.metadata == images | more


@pytest.mark.parametrize(
    ("count", "tests", "batch_size", "classes"),
    [(2, 1, 1, CLASSES), (3, 1, 1, CLASSES), (8, 2, 2, ("10", "2")), (318, 64, 64, CLASSES), (320, 64, 128, CLASSES)],
)
def test_undivided_pictures_are_divided_80_to_20_by_class(capsys, count, tests, batch_size, classes):
    pixels = np.random.RandomState(0).randint(0, 256, (2 * count, 4, 3)).astype(np.uint8)
    draw("pictures", pixels, [0, 1] * count, classes)
    overlay, dataset = described("pictures")
    labels = [int(name) if name.isdigit() else number for number, name in enumerate(classes)]
    assert dataset.classes == sorted(labels) and dataset.class_names == (None if "2" in classes else ["cat", "dog"])
    train, test = (stored(dataset, split) for split in SPLITS)
    assert sorted(pairs(*train[:2]) + pairs(*test[:2])) == pairs(pixels, labels * count)
    assert sorted(test.labels) == sorted(labels * tests)
    there = what_is_there(Path("pictures"), Path("again.npz"), None)
    describe(there, sets_of(there))
    assert Path("again.npz").read_bytes() == Path("mine.npz").read_bytes()
    task = {"model": "softmax", "classes": sorted(labels), "lambdas": ["0.0"], "shuffle": [True]}
    sets = {"train": ("train", 2 * (count - tests)), "validation": ("test", 2 * tests)}
    images = {role: {"file": split, "first": 0, "count": number} for role, (split, number) in sets.items()}
    del overlay["datasets"]
    rest = {"source": None, "dataset": "mine", "training": {"batch_size": batch_size}}
    assert 0.1 <= overlay["tasks"]["mine"].pop("learning_rate") <= 0.4
    assert overlay == {**rest, "images": images, "tasks": {"mine": task}}
    assert "snakemake --configfile mine.yaml --directory mine" in capsys.readouterr().out


def blank(folder="pictures", count=4, classes=CLASSES):
    draw(folder, np.zeros((count, 4, 3), np.uint8), [number % len(classes) for number in range(count)], classes)


@pytest.mark.parametrize(
    ("name", "make", "says"),
    [
        ("", blank, "two arguments are needed: make dataset FROM=folder NAME=mine"),
        ("../x", blank, "NAME=../x: use lower-case letters"),
        ("mnist", blank, "NAME=mnist: this data set comes with the project"),
        ("one", blank, "one.yaml: of an earlier make dataset: rm one.yaml, or choose another NAME"),
        ("two", blank, "two.npz: of an earlier make dataset: rm two.npz"),
        (
            "x",
            lambda: draw("pictures", [np.zeros((3, n), np.uint8) for n in (1, 2, 3)], [0, 1, 0]),
            "pictures of several sizes: 1 of 3 x 1, 1 of 3 x 3",
        ),
        ("x", lambda: blank("pictures", 257, [f"{number:03}x" for number in range(257)]), "257 folders of classes"),
        ("x", lambda: blank(count=2), "too few images for a test part"),
        ("x", lambda: [Path("pictures", name).mkdir(parents=True) for name in CLASSES], "no pictures"),
        ("x", lambda: blank("pictures/train"), "holds train, but not both train and test"),
        ("x", lambda: Path("pictures").mkdir(), "holds nothing, and no folders of pictures, IDX files"),
        ("x", lambda: None, "pictures: no such file or folder"),
        ("x", lambda: (Path("pictures").mkdir(), Path("pictures/train-images").touch()), "no IDX file of train labels"),
        (
            "x",
            lambda: (blank(), Path("pictures/dog/list.png").touch()),
            "list.png: no picture in a format that is read",
        ),
        ("x", lambda: (blank(), Path("pictures/cow").mkdir()), "pictures/cow: no pictures in this folder"),
    ],
)
def test_data_that_cannot_be_described_and_names_that_cannot_be_used_are_refused(name, make, says):
    for written in ("one.yaml", "two.npz"):
        Path(written).touch()
    make()
    assert says in refusal(main, ["pictures", name])
    assert {path.name for path in Path().iterdir()} <= {"pictures", "one.yaml", "two.npz"}


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"classes": [0, 2]}, "image 1 has the label 1, but config: datasets.mine.classes is [0, 2]"),
        ({"counts": {"train": 7}}, "6 images, but config: datasets.mine.counts.train is 7"),
        ({"pixel_max": 126}, "image 3 has a pixel of 127, but config: datasets.mine.pixel_max is 126"),
        ({"shape": [3, 4]}, "images of shape [4, 3], but config: datasets.mine.shape is [3, 4]"),
        ({"arrays": {"train_labels": "five"}}, "6 images, but 5 labels"),
    ],
)
def test_dark_images_are_described_and_not_stored_if_they_are_not_as_described(change, says):
    dark = {name: array // 2 if name[0] == "x" else array for name, array in ARRAYS.items()}
    overlay, dataset = described(write("npz", dark | {"five": ARRAYS["y_train"][:5]})["archive"], "2nd-own")
    assert dataset.pixel_max == 127 and "data_2nd_own" in overlay["tasks"]
    assert f"/mine.npz: {says}" in refusal(stored, dataset, "train", **change) and not Path("x.parquet").exists()


def test_the_learning_rate_of_a_data_set_is_below_what_diverges():
    """Pictures that are nearly white: descent on them diverges at four times the bound, of which the rate is half."""
    random = np.random.RandomState(0)
    images = 255 - random.randint(0, 40, (60, 20, 20)).astype(np.uint8)
    samples = choose_samples(ImageSet(images, np.arange(60, dtype=np.uint8) % 3, {"pixel_max": 255}), [0, 1, 2])
    inputs, model, losses = inputs_of(samples, "float64"), model_named("softmax"), {}
    rate = stable_rate(images, 255)
    for own in (rate, 16 * rate):
        weights = np.zeros((3, 401))
        for _ in range(30):
            loss, gradient = loss_and_gradient(model, weights, inputs, samples.targets, 0.0, "sum")
            weights -= own * gradient
        losses[own] = loss
    assert losses[rate] < np.log(3) < losses[16 * rate]
