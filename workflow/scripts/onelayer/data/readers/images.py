"""A folder of images, <split>/<class>/<image>, made greyscale.

Their order is that of the hashes of their names, so that the first n images are a mixture of all classes. What is no picture by
its suffix is passed over.
"""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from onelayer.data.content import content_hash, visible
from onelayer.data.picture import SUFFIXES, read_grey
from onelayer.data.readers import Bytes
from onelayer.io.errors import InputError

ROLES: tuple[str, ...] = ()


def read(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """Images and labels of a split."""
    folder, expected = files["folder"], description.get("sha256")
    if expected and (found := folder_hash(folder)) != expected:
        damaged = f"damaged or changed, expected SHA-256 {expected}, found {found}"
        raise InputError(f"{folder}: {damaged}: if the pictures are right, describe them again with make dataset")
    classes = [int(label) for label in description["classes"]]
    labels = dict(zip(description.get("class_names", map(str, classes)), classes, strict=True))
    for path in visible(folder / split):
        if path.is_dir() and path.name not in labels:
            raise InputError(f"{path}: not the name of a class: {', '.join(labels)}")
    pictures = pictures_of(folder / split)
    if not pictures:
        raise InputError(f"{folder / split}: no pictures in its folders")
    return read_pictures(pictures, labels, description["shape"])


def pictures_of(folder: Path) -> list[Path]:
    """All <class>/<picture> below a folder, in the order of the hashes of these names."""
    classes = [path for path in visible(folder) if path.is_dir()]
    paths = [path for own in classes for path in visible(own) if path.suffix.lower() in SUFFIXES and path.is_file()]
    return sorted(paths, key=lambda path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest())


def read_pictures(
    paths: Sequence[Path], labels: Mapping[str, int], shape: Sequence[int], resize: bool = False
) -> tuple[Bytes, Bytes]:
    """Pictures of a shape, resized to it or not, as grey values, and the labels of their folders."""
    images = []
    for path in paths:
        grey = read_grey(path, deep=False)
        if resize:
            grey = np.asarray(Image.fromarray(grey).resize((shape[1], shape[0]), Image.Resampling.LANCZOS))
        images.append(grey)
    for path, image in zip(paths, images, strict=True):
        if image.shape != tuple(shape):
            sizes = Counter(f"{height} x {width}" for height, width in (own.shape for own in images))
            said = ", ".join(f"{count} of {size}" for size, count in sizes.most_common(5))
            raise InputError(
                f"{path}: {image.shape[0]} x {image.shape[1]} pixels (height x width) instead of {shape[0]} x {shape[1]}; of all "
                f"pictures {said}: make them one size, as make dataset does with SIZE=28"
            )
    return np.stack(images), np.array([labels[path.parent.name] for path in paths], np.uint8)


def folder_hash(folder: Path) -> str:
    """SHA-256 of the pictures below <split>/<class>: of their sorted relative names, each followed by the SHA-256 of its content."""
    splits = [path for path in visible(folder) if path.is_dir()]
    files = {path.relative_to(folder).as_posix(): path for split in splits for path in pictures_of(split)}
    lines = "".join(f"{name}\n{content_hash(files[name])}\n" for name in sorted(files))
    return hashlib.sha256(lines.encode()).hexdigest()
