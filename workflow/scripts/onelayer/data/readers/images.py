"""A folder of images, <split>/<class>/<image>, in any format that Pillow reads, made greyscale.

Their order is that of the hashes of their names, so that the first n images are a mixture of all classes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.data.content import content_hash, visible
from onelayer.data.readers import Bytes
from onelayer.io.errors import InputError, one_line

ROLES: tuple[str, ...] = ()


def read(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """Images and labels of a split."""
    folder, expected = files["folder"], description.get("sha256")
    if expected and (found := folder_hash(folder)) != expected:
        raise InputError(
            f"{folder}: damaged or changed, expected SHA-256 {expected}, found {found}: if the pictures are right, "
            "describe them again with make dataset"
        )
    classes = [int(label) for label in description["classes"]]
    labels = dict(zip(description.get("class_names", map(str, classes)), classes, strict=True))
    for path in visible(folder / split):
        if path.name not in labels:
            raise InputError(f"{path}: not the name of a class: {', '.join(labels)}")
    pictures = pictures_of(folder / split)
    if not pictures:
        raise InputError(f"{folder / split}: no pictures in its folders")
    images = np.stack([read_picture(path, description["shape"]) for path in pictures])
    return images, np.array([labels[path.parent.name] for path in pictures], np.uint8)


def pictures_of(folder: Path) -> list[Path]:
    """All <class>/<picture> below a folder, in the order of the hashes of these names."""
    paths = [path for subfolder in visible(folder) for path in visible(subfolder)]
    return sorted(paths, key=lambda path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest())


def read_picture(path: Path, shape: Sequence[int]) -> Bytes:
    """Grey values (height, width) of one picture of that shape."""
    from PIL import Image  # here, because only this format needs it

    height, width = shape
    try:
        with Image.open(path) as picture:
            if picture.size != (width, height):
                found = "{1} x {0}".format(*picture.size)
                raise InputError(f"{path}: {found} pixels (height x width), but shape is {height} x {width}")
            if picture.mode.startswith(("I", "F")):
                raise InputError(f"{path}: more than 8 bits a pixel: store it with 8")
            return np.asarray(picture.convert("L"))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: not a readable picture: {one_line(error)}") from error


def folder_hash(folder: Path) -> str:
    """SHA-256 of a folder: of the sorted relative names of its files, each followed by the SHA-256 of its content."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("[!.]*") if path.is_file()}
    return hashlib.sha256(
        "".join(f"{name}\n{content_hash(files[name])}\n" for name in sorted(files)).encode()
    ).hexdigest()
