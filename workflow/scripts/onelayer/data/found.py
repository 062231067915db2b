"""What somebody's own data are: which format, which files, how they are divided; what can only be meant one way is taken."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.data.content import content_hash, visible
from onelayer.data.picture import is_picture, read_grey
from onelayer.data.preparation import PREPARATIONS, prepare
from onelayer.data.readers import ARRAYS, Bytes, reader_named
from onelayer.data.readers.images import folder_hash, pictures_of
from onelayer.data.tables import is_table, read_table
from onelayer.io.errors import InputError
from onelayer.io.files import write_arrays

SPLITS = ("train", "test")
MOST_CLASSES = 256
PIXEL_MAX = 255
TEST_SHARE = 5  # one image in five
IDX_NAME = re.compile(r"(train|t10k|test).*(images|labels)", re.IGNORECASE)
TRIED = 200  # images that a preparation is tried on
ALIKE = 0.5  # a preparation that changes images by less than this share of their ink leaves them as they are


class Found(NamedTuple):
    """What is there: the format, the folder of its files, these by role, what is known already, and what is to be said of it."""

    form: str
    source: Path
    files: Mapping[str, Path]
    known: Mapping[str, Any]
    notes: Sequence[str] = ()


def what_is_there(origin: Path, archive: Path, shape: tuple[int, int] | None) -> Found:
    """The data at `origin`; `archive` is written if they have to be divided, or pictures to be resized to `shape`.

    Raises InputError: nothing is there, or it can be meant in more than one way; what was found and what is needed is said.
    """
    if origin.is_file():
        return _of_file(origin, archive)
    entries = visible(origin)
    folders = [path for path in entries if path.is_dir()]
    nearby = [*entries, *(path for folder in folders for path in visible(folder))]
    idx = [path for path in nearby if path.is_file() and IDX_NAME.search(path.name)]
    if idx:
        return _of_idx(_idx_files(origin, idx), archive)
    tables = [path for path in entries if is_table(path)]
    if tables and not folders:
        return _of_tables(origin, tables, archive)
    if not folders:
        raise InputError(
            f"{origin}: holds {_names(entries)}, and no folders of pictures, IDX files, .npz archive or table of pixels"
        )
    return _of_folders(origin, folders, archive, shape)


def _of_file(path: Path, archive: Path) -> Found:
    if path.suffix == ".npz":
        return Found("npz", path.parent, {"archive": path}, _arrays_of(path))
    if is_table(path):
        return _of_tables(path.parent, [path], archive)
    raise InputError(f"{path}: no .npz archive and no table of pixels: name the folder of pictures or of IDX files")


def _of_idx(files: Mapping[str, Path], archive: Path) -> Found:
    """Four IDX files: where they are, if that is one folder."""
    folders = {path.parent for path in files.values()}
    if len(folders) == 1:
        return Found("idx", folders.pop(), files, {})
    return _written(archive, {split: reader_named("idx").read(files, split, {}) for split in SPLITS}, {}, [])


def _idx_files(folder: Path, paths: Sequence[Path]) -> dict[str, Path]:
    """Four IDX files by role; the same content under two names is one file."""
    by_role: dict[str, dict[str, Path]] = {role: {} for role in ARRAYS}
    for path in sorted(paths, key=lambda path: len(path.parts)):
        match = IDX_NAME.search(path.name)
        assert match
        split = "train" if match[1].lower() == "train" else "test"
        by_role[f"{split}_{match[2].lower()}"].setdefault(content_hash(path), path)
    for role, found in by_role.items():
        said = role.replace("_", " ")
        if not found:
            raise InputError(
                f"{folder}: no IDX file of {said}: its name has train, t10k or test, and {said.split()[1]}"
            )
        if len(found) > 1:
            names = ", ".join(str(path.relative_to(folder)) for path in found.values())
            raise InputError(
                f"{folder}: several IDX files of {said}: {names}: put the four that belong together in a folder"
            )
    return {role: next(iter(found.values())) for role, found in by_role.items()}


def _arrays_of(path: Path) -> dict[str, Any]:
    """What the arrays of an archive are called by role, if that is not as in Keras."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            shapes = {name: arrays[name].shape for name in arrays.files}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path}: no .npz archive of plain arrays") from error
    if set(ARRAYS.values()) <= set(shapes):
        return {}
    named = {}
    for role in ARRAYS:
        split, kind = role.split("_")
        axes = (3, 4) if kind == "images" else (1,)
        names = [name for name in shapes if split in name.lower() and len(shapes[name]) in axes]
        if len(names) != 1:
            held = ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "nothing"
            raise InputError(
                f"{path}: holds {held}; needed are images (n, height, width) and labels (n,), with train and test in their names"
            )
        named[role] = names[0]
    return {"arrays": named}


def _of_tables(folder: Path, paths: Sequence[Path], archive: Path) -> Found:
    """Tables of pixels with a column of labels: one that is divided, or one a split."""
    labelled, notes = {}, []
    for path in paths:
        if (content := read_table(path)) is None:
            notes.append(f"{path.name}: has no column of labels: left out")
        else:
            labelled[path] = content
    of_split = {split: [path for path in labelled if split in path.name.lower()] for split in SPLITS}
    if len(labelled) == 2 and all(len(own) == 1 for own in of_split.values()):
        sets = {split: labelled[own[0]] for split, own in of_split.items()}
    elif len(labelled) == 1:
        ((images, labels),) = labelled.values()
        order = sorted(range(len(labels)), key=lambda n: hashlib.sha256(str(n).encode()).digest())
        test = _test_part(order, labels.tolist())
        sets = {"train": (images[~test], labels[~test]), "test": (images[test], labels[test])}
    else:
        names = ", ".join(path.name for path in labelled) or "none"
        raise InputError(
            f"{folder}: tables with labels: {names}: needed is one, or one each with train and test in its name"
        )
    return _written(archive, sets, {}, notes)


def _of_folders(origin: Path, folders: Sequence[Path], archive: Path, shape: tuple[int, int] | None) -> Found:
    names = [path.name for path in folders]
    splits = [split for split in SPLITS if split in names]
    if len(splits) == 1:
        raise InputError(f"{origin}: holds {splits[0]}, but not both train and test: add the other, or only classes")
    parts = [origin / split for split in splits] or [origin]
    labels = _labels_of([path.name for part in parts for path in visible(part) if path.is_dir()])
    known: dict[str, Any] = {"class_names": list(labels), "classes": list(labels.values())}
    notes = [note for part in parts for note in _left_out(part)]
    # In the order of hashes, so that the first of a class are a random choice.
    pictures = {part: pictures_of(part) for part in parts}
    if not any(pictures.values()):
        raise InputError(f"{origin}: no pictures in the folders of the classes")
    if splits and shape is None:
        size = _one_size(origin, (_size(path) for own in pictures.values() for path in own))
        known |= {"folder": origin.name, "shape": list(size), "sha256": folder_hash(origin)}
        return Found("images", origin.parent, {"folder": origin}, known, notes)
    sets = {part.name: _stacked(origin, own, labels, shape) for part, own in pictures.items()}
    if not splits:
        ((images, own),) = sets.values()
        test = _test_part(range(len(own)), own.tolist())
        sets = {"train": (images[~test], own[~test]), "test": (images[test], own[test])}
    return _written(archive, sets, known | {"pixel_max": PIXEL_MAX}, notes)


def _one_size(origin: Path, sizes: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The size of all pictures, height and width; refused if there are several."""
    counts = Counter(sizes)
    if len(counts) > 1:
        said = ", ".join(f"{count} of {height} x {width}" for (height, width), count in counts.most_common(5))
        more = " and others" if len(counts) > 5 else ""
        raise InputError(
            f"{origin}: pictures of several sizes: {said}{more}: SIZE=28 makes them 28 x 28, or make them one size"
        )
    return next(iter(counts))


def _left_out(folder: Path) -> list[str]:
    """What is in the folders of classes and no picture, in a line; a folder without a picture is refused."""
    others = [path for path in visible(folder) if path.is_file()]
    for own in visible(folder):
        if own.is_dir():
            held = visible(own)
            if not any(is_picture(path) for path in held):
                raise InputError(f"{own}: no pictures in this folder: fill it, or delete it")
            others += [path for path in held if not (is_picture(path) and path.is_file())]
    return [f"{folder}: left out, because they are no pictures: {_names(others)}"] if others else []


def _names(paths: Sequence[Path]) -> str:
    names = [path.name for path in paths]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "") or "nothing"


def _size(path: Path) -> tuple[int, int]:
    """Height and width of a picture, upright, from its head alone: a folder may hold large pictures."""
    from PIL import Image

    try:
        with Image.open(path) as picture:
            turned = picture.getexif().get(0x0112, 1) >= 5  # EXIF's orientation: a quarter turn
            return (picture.width, picture.height) if turned else (picture.height, picture.width)
    except (OSError, ValueError, SyntaxError) as error:
        raise InputError(f"{path}: not a readable picture: {error}") from error


def _labels_of(names: Sequence[str]) -> dict[str, int]:
    """Classes by the names of their folders: the numbers that these are, or else their places in the alphabet."""
    names = sorted(set(names))
    if not 2 <= len(names) <= MOST_CLASSES:
        raise InputError(f"{len(names)} folders of classes: from 2 to {MOST_CLASSES} are allowed")
    if all(re.fullmatch("0|[1-9][0-9]{0,2}", name) and int(name) < MOST_CLASSES for name in names):
        return {name: int(name) for name in sorted(names, key=int)}
    return {name: label for label, name in enumerate(names)}


def _test_part(order: Sequence[int], labels: Sequence[Any]) -> NDArray[np.bool_]:
    """Which images test: of each class one in TEST_SHARE, the first in an order that is a random choice; at least one of two."""
    members: dict[Any, list[int]] = {}
    for place in order:
        members.setdefault(labels[place], []).append(place)
    test = np.zeros(len(labels), bool)
    for own in members.values():
        test[own[: min(max(1, round(len(own) / TEST_SHARE)), len(own) - 1)]] = True
    for split, count in (("train", (~test).sum()), ("test", test.sum())):
        if not count:
            raise InputError(f"too few images for a {split} part: at least one class needs two")
    return test


def _stacked(
    origin: Path, paths: Sequence[Path], labels: Mapping[str, int], shape: tuple[int, int] | None
) -> tuple[Bytes, Bytes]:
    """Pictures, of `shape` if it is given, and the labels of their folders."""
    from PIL import Image

    images: list[Bytes] = []
    for path in paths:
        try:
            grey = read_grey(path, deep=False)
        except InputError as error:
            raise InputError(f"{path}: {error}") from error
        if shape is not None and grey.shape != shape:
            grey = np.asarray(Image.fromarray(grey).resize(shape[::-1], Image.Resampling.LANCZOS))
        if images and grey.shape != images[0].shape:
            _one_size(origin, map(_size, paths))
        images.append(grey)
    return np.stack(images), np.array([labels[path.parent.name] for path in paths], np.uint8)


def _written(
    archive: Path, sets: Mapping[str, tuple[Bytes, Bytes]], known: Mapping[str, Any], notes: Sequence[str]
) -> Found:
    """Both parts in one archive."""
    if len({int(label) for _, labels in sets.values() for label in labels}) < 2:
        raise InputError("the labels are all the same, but at least two classes are needed")
    arrays: dict[str, Bytes] = {}
    for split, (images, labels) in sets.items():
        arrays |= {ARRAYS[f"{split}_images"]: images, ARRAYS[f"{split}_labels"]: labels}
    write_arrays(archive, arrays)
    return Found("npz", archive.resolve().parent, {"archive": archive}, known, notes)


def ink_of(images: Bytes, pixel_max: int) -> str:
    """`dark` if the borders of most images are light, else `light`."""
    borders = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    return "dark" if np.median(np.median(borders, axis=1)) > pixel_max * 2 / 3 else "light"


def preparation_of(images: Bytes, pixel_max: int, ink: str | None) -> str | None:
    """The preparation that leaves images like these nearly as they are, or None."""
    chosen = images[:: max(1, len(images) // TRIED)].astype(np.int64)
    light = pixel_max - chosen if ink == "dark" else chosen
    changes = {name: _change(name, light, pixel_max) for name in PREPARATIONS}
    best = min(changes, key=lambda name: changes[name])
    return best if changes[best] < ALIKE else None


def _change(preparation: str, images: NDArray[np.int64], pixel_max: int) -> float:
    """The median share of their ink by which a preparation changes images."""
    shares = []
    for image in images:
        try:
            made = prepare((image * 255 // pixel_max).astype(np.uint8), preparation, image.shape, pixel_max)
        except InputError:
            continue
        shares.append(np.abs(made - image).sum() / image.sum())
    return float(np.median(shares)) if shares else np.inf
