"""Write an overlay that describes somebody's own data and runs the pipeline on them: make dataset FROM=folder NAME=mine.

FROM is a folder of pictures by class (<class>/*, or train/<class>/* and test/<class>/*), an .npz archive with Keras's names,
or a folder of four IDX files. Pictures that are not divided yet are divided 80:20 by the hashes of their names, and both
parts are copied into NAME.npz; nothing in FROM is changed.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from onelayer.data.content import content_hash, visible
from onelayer.data.description import PROJECT
from onelayer.data.readers import ARRAYS, reader_named
from onelayer.data.readers.images import folder_hash, pictures_of, read_picture
from onelayer.io.errors import InputError
from onelayer.io.files import write_arrays, write_text

USAGE = "make dataset FROM=folder NAME=mine"
SPLITS = ("train", "test")
MOST_CLASSES = 256
PIXEL_MAX = 255
TEST_SHARE = 5  # one picture in five
IDX_NAME = re.compile(r"(train|t10k|test).*(images|labels)", re.IGNORECASE)


def main(argv: list[str]) -> None:
    """Write NAME.yaml for FROM into the current folder and say how to run it; `argv` holds both."""
    if len(argv) != 2 or not all(argv):
        raise InputError(f"two arguments are needed: {USAGE}")
    origin, name = Path(argv[0]).resolve(), argv[1]
    builtin = yaml.safe_load((PROJECT / "config/datasets.yaml").read_text(encoding="utf-8"))["datasets"]
    if not re.fullmatch("[a-z0-9][a-z0-9_-]*", name):
        raise InputError(f"NAME={name}: use lower-case letters, digits, '-' and '_', the first a letter or a digit")
    if name in builtin:
        raise InputError(f"NAME={name}: this data set comes with the project: choose another name")
    for path in (Path(f"{name}.yaml"), Path(f"{name}.npz")):
        if path.exists() and path.resolve() != origin:
            raise InputError(f"{path}: exists already: delete it or choose another NAME")
    described = {"title": name} | describe(origin, Path(f"{name}.npz"))
    overlay = overlay_of(name, described)
    text = yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    write_text(f"{name}.yaml", f"# Made by make dataset. Run: {_command(name)}\n{text}")
    count = described["counts"]
    print(
        f"{name}.yaml: {len(described['classes'])} classes, {count['train']} training and {count['test']} test images"
    )
    print(f"Run: {_command(name)}")


def overlay_of(name: str, description: dict[str, Any]) -> dict[str, Any]:
    """The configuration that trains on a data set: one softmax task, and no published report."""
    counts, classes = description["counts"], list(description["classes"])  # a copy: YAML would write an alias
    batch_size = 128
    while batch_size > max(1, counts["train"] // 4):
        batch_size //= 2
    task = name.replace("-", "_")
    task = (task if task[0].isalpha() else f"data_{task}")[:20]
    settings = {"model": "softmax", "classes": classes, "learning_rate": 0.01, "lambdas": ["0.0"], "shuffle": [True]}
    return {
        "source": None,
        "dataset": name,
        "images": {
            "train": {"file": "train", "first": 0, "count": counts["train"]},
            "validation": {"file": "test", "first": 0, "count": counts["test"]},
        },
        "training": {"batch_size": batch_size},
        "tasks": {task: settings},
        "datasets": {name: description},
    }


def describe(origin: Path, archive: Path) -> dict[str, Any]:
    """The description of the data at `origin`; `archive` is written if they have to be divided."""
    if origin.suffix == ".npz" and origin.is_file():
        return _described(origin.parent, "npz", {"archive": origin})
    names = [path.name for path in visible(origin)]
    known: dict[str, Any]
    if any(IDX_NAME.match(name) and (origin / name).is_file() for name in names):
        return _described(origin, "idx", _idx_files(origin, names))
    if not any((origin / name).is_dir() for name in names):
        raise InputError(f"{origin}: holds no folders of pictures, no IDX files and is no .npz archive")
    if all(split in names for split in SPLITS):
        labels = _labels_of([path.name for split in SPLITS for path in visible(origin / split)])
        known = {"class_names": list(labels), "classes": list(labels.values()), "folder": origin.name}
        known |= {"shape": _shape_of(pictures_of(origin / "train")), "sha256": folder_hash(origin)}
        return _described(origin.parent, "images", {"folder": origin}, known)
    for split in SPLITS:
        if split in names:
            raise InputError(f"{origin}: holds {split}, but not both train and test: add the other, or only classes")
    labels = _labels_of(names)
    write_arrays(archive, _divided(origin, labels))
    known = {"class_names": list(labels), "classes": list(labels.values()), "pixel_max": PIXEL_MAX}
    return _described(archive.resolve().parent, "npz", {"archive": archive}, known)


def _described(
    source: Path, form: str, files: Mapping[str, Path], known: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """A description whose counts, classes, shape and pixel_max are found by reading the files."""
    known = dict(known or {})
    sets = {split: reader_named(form).read(files, split, known) for split in SPLITS}
    brightest = max(int(images.max()) for images, _ in sets.values())
    found: dict[str, Any] = {
        "format": form,
        "shape": list(sets["train"][0].shape[1:]),
        "pixel_max": PIXEL_MAX if form == "images" or brightest > PIXEL_MAX // 2 else max(1, brightest),
        "classes": sorted({int(label) for _, labels in sets.values() for label in labels}),
        "counts": {split: len(labels) for split, (_, labels) in sets.items()},
        "sources": [str(source)],
    }
    if form != "images":
        found["files"] = {role: {"name": path.name, "sha256": content_hash(path)} for role, path in files.items()}
    described = found | known
    if described.get("class_names") == [str(label) for label in described["classes"]]:
        del described["class_names"]
    if len(described["classes"]) < 2:
        raise InputError(f"{source}: the labels are all the same, but at least two classes are needed")
    return described


def _idx_files(folder: Path, names: list[str]) -> dict[str, Path]:
    """The four IDX files by role."""
    files: dict[str, Path] = {}
    for name in names:
        if match := IDX_NAME.match(name):
            split = "train" if match[1].lower() == "train" else "test"
            files.setdefault(f"{split}_{match[2].lower()}", folder / name)
    for role in ARRAYS:
        if role not in files:
            raise InputError(
                f"{folder}: no IDX file of {role.replace('_', ' ')}: its name begins with train, t10k or test"
            )
    return files


def _labels_of(names: list[str]) -> dict[str, int]:
    """Classes by the names of their folders: the numbers that these are, or else their places in the alphabet."""
    names = sorted(set(names))
    if not 2 <= len(names) <= MOST_CLASSES:
        raise InputError(f"{len(names)} folders of classes: from 2 to {MOST_CLASSES} are allowed")
    if all(re.fullmatch("0|[1-9][0-9]{0,2}", name) and int(name) < MOST_CLASSES for name in names):
        return {name: int(name) for name in sorted(names, key=int)}
    return {name: label for label, name in enumerate(names)}


def _shape_of(pictures: list[Path]) -> list[int]:
    """Height and width of the first picture; reading the others holds them to it."""
    from PIL import Image

    if not pictures:
        raise InputError("no pictures in the folders of the classes")
    try:
        with Image.open(pictures[0]) as picture:
            return [picture.height, picture.width]
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{pictures[0]}: not a readable picture: {error}") from error


def _divided(folder: Path, labels: Mapping[str, int]) -> dict[str, np.ndarray[Any, Any]]:
    """The arrays of pictures divided class by class: each class has test pictures if it has two pictures."""
    pictures = pictures_of(folder)  # in the order of hashes, so that the first of a class are a random choice
    shape = _shape_of(pictures)
    parts: dict[str, list[Path]] = {"train": [], "test": []}
    for name in labels:
        members = [path for path in pictures if path.parent.name == name]
        tests = min(max(1, round(len(members) / TEST_SHARE)), len(members) - 1)
        parts["test"] += members[:tests]
        parts["train"] += members[tests:]
    arrays = {}
    for split, chosen in parts.items():
        if not chosen:
            raise InputError(f"{folder}: too few pictures for a {split} part: at least one class needs two")
        chosen.sort(key=pictures.index)
        arrays[ARRAYS[f"{split}_images"]] = np.stack([read_picture(path, shape) for path in chosen])
        arrays[ARRAYS[f"{split}_labels"]] = np.array([labels[path.parent.name] for path in chosen], np.uint8)
    return arrays


def _command(name: str) -> str:
    return f"snakemake --configfile {name}.yaml --directory {name}"


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"Error: {error}")
