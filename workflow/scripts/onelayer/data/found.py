"""What somebody's own data are: which format, which files, how they are divided; what can only be meant one way is taken."""

import contextlib
import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from onelayer.data.content import content_hash, visible
from onelayer.data.picture import pictures_of, read_pictures
from onelayer.data.preparation import PREPARATIONS, prepare
from onelayer.data.readers import ARRAYS, Bytes, reader_named
from onelayer.data.readers.npz import bytes_of
from onelayer.io.errors import InputError
from onelayer.io.files import UNREADABLE, write_arrays

SPLITS = ("train", "test")
TEST_SHARE = 5  # one image in five
IDX_NAME = re.compile(r"(train|t10k|test).*(images|labels)", re.IGNORECASE)
LABELS = ("label", "class", "target", "y")
TRIED = 200  # images that a preparation is tried on
ALIKE = 0.5  # a preparation that changes images by less than this share of their ink leaves them as they are


class Found(NamedTuple):
    """What is there: the format, its files by role, all in one folder, what is known already, and what is to be said of it."""

    form: str
    files: Mapping[str, Path]
    known: Mapping[str, Any]
    notes: Sequence[str] = ()


def what_is_there(origin: Path, archive: Path, size: int | None) -> Found:
    """The data at `origin`: an .npz archive or IDX files of one folder where they are; any other are copied into `archive`.

    Pictures are resized to `size` x `size` pixels if it is given.

    Raises InputError: nothing is there, or it can be meant in more than one way; what was found and what is needed is said.
    """
    entries = visible(origin) if origin.is_dir() else [origin]
    folders = [path for path in entries if path.is_dir()]
    nearby = [*entries, *(path for folder in folders for path in visible(folder))]
    idx = {path: match for path in nearby if path.is_file() and (match := IDX_NAME.search(path.name))}
    tables = [path for path in entries if path.name.lower().endswith((".csv", ".csv.gz"))]
    if folders and not idx:
        return _of_folders(origin, folders, archive, size)
    if size:
        raise InputError(f"{origin}: SIZE={size} is for pictures in folders, and here are none: leave it out")
    if origin.suffix == ".npz":
        return Found("npz", {"archive": origin}, _arrays_of(origin))
    if idx:
        return _of_idx(origin, idx, archive)
    if tables:
        return _of_tables(origin, tables, archive)
    raise InputError(f"{origin}: no folders of pictures, IDX files, .npz archive or table of pixels (.csv)")


def _of_idx(origin: Path, paths: Mapping[Path, re.Match[str]], archive: Path) -> Found:
    """Four IDX files: where they are, if that is one folder. The same content under two names is one file."""
    by_role: dict[str, dict[str, Path]] = {role: {} for role in ARRAYS}
    for path, match in paths.items():
        split = "train" if match[1].lower() == "train" else "test"
        by_role[f"{split}_{match[2].lower()}"].setdefault(content_hash(path), path)
    for role, found in by_role.items():
        if len(found) != 1:
            names = ", ".join(str(path.relative_to(origin)) for path in found.values()) or "none"
            needed = "one is needed, whose name has train, t10k or test, and images or labels"
            said = f"IDX files of {role.replace('_', ' ')}: {names}: {needed}: put the four that belong together in a folder"
            raise InputError(f"{origin}: {said}")
    files = {role: next(iter(found.values())) for role, found in by_role.items()}
    if len({path.parent for path in files.values()}) == 1:
        return Found("idx", files, {})
    return _written(archive, {split: reader_named("idx").read(files, split, {}) for split in SPLITS})


def _arrays_of(path: Path) -> dict[str, Any]:
    """What the arrays of an archive are called by role, if that is not as in Keras."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            shapes = {name: arrays[name].shape for name in arrays.files}
    except UNREADABLE:  # which its reader will say
        return {}
    named = {}
    for role, name in ARRAYS.items():
        split, axes = role.partition("_")[0], (3, 4) if role.endswith("images") else (1,)
        fitting = [own for own in shapes if split in own.lower() and len(shapes[own]) in axes]
        named[role] = fitting[0] if len(fitting) == 1 else name
    return {} if named == ARRAYS else {"arrays": named}


def _of_tables(origin: Path, paths: Sequence[Path], archive: Path) -> Found:
    """Tables of pixels with a column of labels: one that is divided, or one a split."""
    tables = {path: _table(path) for path in paths}
    labelled = {path.name.lower(): table for path, table in tables.items() if table}
    notes = [f"{path.name}: has no column of labels: left out" for path, table in tables.items() if not table]
    of_split = {split: [table for name, table in labelled.items() if split in name] for split in SPLITS}
    if len(labelled) == 1:
        ((images, labels),) = labelled.values()
        order = sorted(range(len(labels)), key=lambda n: hashlib.sha256(str(n).encode()).digest())
        return _written(archive, _divided(images, labels, np.array(order)))._replace(notes=notes)
    if len(labelled) == 2 and all(len(own) == 1 for own in of_split.values()):
        return _written(archive, {split: own[0] for split, own in of_split.items()})._replace(notes=notes)
    names, needed = ", ".join(labelled) or "none", "needed is one, or one each with train and test in its name"
    raise InputError(f"{origin}: tables with labels: {names}: {needed}")


def _table(path: Path) -> tuple[Bytes, Bytes] | None:
    """Images and labels of a table with a row an image, or None if no column has labels.

    The labels have a name of LABELS, or, in a table without names, are the first column.
    """
    table = pd.read_csv(path)
    if all(str(name).strip().replace(".", "").isdigit() for name in table.columns):
        table = pd.read_csv(path, header=None)
    own = [name for name in table.columns if name == 0 or str(name).lower() in LABELS]
    if not own:
        return None
    values = table.drop(columns=own[0]).to_numpy()
    side = math.isqrt(values.shape[1])
    if side**2 != values.shape[1] or side == 0:
        raise InputError(f"{path}: {values.shape[1]} columns beside {own[0]}: pixels of a square image are needed")
    pixels = bytes_of(values.reshape(-1, side, side), 3, f"{path}: pixels")
    return pixels, bytes_of(table[own[0]].to_numpy(), 1, f"{path}: labels")


def _of_folders(origin: Path, folders: Sequence[Path], archive: Path, size: int | None) -> Found:
    """Pictures in folders of classes, below train and test or not."""
    splits = [path.name for path in folders if path.name in SPLITS]
    if len(splits) == 1:
        raise InputError(f"{origin}: holds {splits[0]}, but not both train and test: add the other, or only classes")
    parts = [origin / split for split in SPLITS] if splits else [origin]
    pictures = {part: pictures_of(part) for part in parts}
    for part, own in pictures.items():
        if not own:
            raise InputError(f"{part}: no pictures in the folders of the classes")
    read = {path: path.parent.name for own in pictures.values() for path in own}
    labels = _labels_of(set(read.values()))
    left_out = []
    for path in (path for part in parts for path in visible(part)):
        if path.is_dir() and path.name not in labels:
            raise InputError(f"{path}: no pictures in this folder: fill it, or delete it")
        left_out += [other.name for other in (visible(path) if path.is_dir() else [path]) if other not in read]
    more = f" and {len(left_out) - 4} more" if len(left_out) > 4 else ""
    notes = [f"Left out, because they are no pictures: {', '.join(left_out[:4])}{more}"] if left_out else []
    known: dict[str, Any] = {"pixel_max": 255}
    if list(labels) != [str(label) for label in labels.values()]:
        known["class_names"] = list(labels)
    images, numbers = read_pictures([*read], size), np.array([labels[name] for name in read.values()], np.uint8)
    if splits:
        train = len(pictures[parts[0]])
        sets = {"train": (images[:train], numbers[:train]), "test": (images[train:], numbers[train:])}
    else:
        sets = _divided(images, numbers, np.arange(len(images)))  # by the hashes of names: any order is random
    return _written(archive, sets)._replace(known=known, notes=notes)


def _labels_of(names: set[str]) -> dict[str, int]:
    """Classes by the names of their folders: the numbers that these are, or else their places in the alphabet."""
    if len(names) > 256:
        raise InputError(f"{len(names)} folders of classes: at most 256 are possible")
    if all(re.fullmatch("0|[1-9][0-9]{0,2}", name) and int(name) < 256 for name in names):
        return {name: int(name) for name in sorted(names, key=int)}
    return {name: label for label, name in enumerate(sorted(names))}


def _divided(images: Bytes, labels: Bytes, order: NDArray[np.int64]) -> dict[str, tuple[Bytes, Bytes]]:
    """Both parts: of each class one image in TEST_SHARE tests, the first in an order that is a random choice."""
    test = np.zeros(len(labels), bool)
    for label in np.unique(labels):
        own = order[labels[order] == label]
        test[own[: min(max(1, round(len(own) / TEST_SHARE)), len(own) - 1)]] = True
    if not test.any():
        raise InputError("too few images for a test part: at least one class needs two")
    return {"train": (images[~test], labels[~test]), "test": (images[test], labels[test])}


def _written(archive: Path, sets: Mapping[str, tuple[Bytes, Bytes]]) -> Found:
    """Both parts in one archive."""
    if len({int(label) for _, labels in sets.values() for label in labels}) < 2:
        raise InputError("the labels are all the same, but at least two classes are needed")
    arrays: dict[str, Bytes] = {}
    for split, (images, labels) in sets.items():
        arrays |= {ARRAYS[f"{split}_images"]: images, ARRAYS[f"{split}_labels"]: labels}
    write_arrays(archive, arrays)
    return Found("npz", {"archive": archive}, {})


def polarity_of(images: Bytes, pixel_max: int) -> str:
    """`dark` if the borders of most images are light, else `light`."""
    borders = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    return "dark" if np.median(np.median(borders, axis=1)) > pixel_max * 2 / 3 else "light"


def preparation_of(images: Bytes, pixel_max: int, ink: str) -> str | None:
    """The preparation that leaves images like these nearly as they are, or None.

    The one that changes them least does, if the median share of their ink that it changes is below ALIKE.
    """
    chosen = images[:: max(1, len(images) // TRIED)].astype(np.int64)
    light = pixel_max - chosen if ink == "dark" else chosen
    changes = {}
    for name in PREPARATIONS:
        shares = []
        for image in light:
            with contextlib.suppress(InputError):
                made = prepare((image * 255 // pixel_max).astype(np.uint8), name, image.shape, pixel_max)
                shares.append(np.abs(made - image).sum() / image.sum())
        changes[name] = np.median(shares) if shares else np.inf
    best = min(changes, key=changes.__getitem__)
    return best if changes[best] < ALIKE else None
