"""The formats of raw data, one function each.

A reader takes the raw files of a split by role, `train` or `test`, and the description of the data set, and gives back
images, uint8 (n, height, width), and labels, uint8 (n,). To add a format: a function, its line in READERS, and the
roles that it reads in ROLES.
"""

import hashlib
import io
import math
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from onelayer.data.content import content_hash, verified_content
from onelayer.errors import InputError, one_line

Bytes = npt.NDArray[np.uint8]
Reader = Callable[[Mapping[str, Path], str, Mapping[str, Any]], tuple[Bytes, Bytes]]

KERAS_ARRAYS = {"train_images": "x_train", "train_labels": "y_train", "test_images": "x_test", "test_labels": "y_test"}
UNSIGNED_BYTE = 8


def read_idx(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """IDX, the format of MNIST: one file of images and one of labels, gzipped or not.

    A file is a big-endian header and then the values, last axis fastest. The header is two zero bytes, one byte for the
    type of the values (8: unsigned byte), one for the number of axes, and a 32-bit length for each axis.
    """
    images, labels = f"{split}_images", f"{split}_labels"
    return (
        parse_idx(_content(files, images, description), files[images], ndim=3),
        parse_idx(_content(files, labels, description), files[labels], ndim=1),
    )


def parse_idx(content: bytes, path: Path, ndim: int) -> Bytes:
    """Values of an IDX file of unsigned bytes with `ndim` axes; an InputError names the file and the offset."""
    magic, header = bytes([0, 0, UNSIGNED_BYTE, ndim]), 4 + 4 * ndim
    if len(content) < header:
        raise InputError(f"{path}: offset {len(content)}: the file ends inside its header of {header} bytes")
    if content[:4] != magic:
        raise InputError(
            f"{path}: offset 0: expected the IDX magic number {magic.hex()} (unsigned bytes, {ndim} axes), "
            f"found {content[:4].hex()}"
        )
    shape = struct.unpack_from(f">{ndim}I", content, 4)
    if 0 in shape:
        raise InputError(f"{path}: offset {4 + 4 * shape.index(0)}: expected a length of at least 1, found 0")
    length = header + math.prod(shape)
    if len(content) != length:
        offset = min(len(content), length)
        raise InputError(f"{path}: offset {offset}: expected {length} bytes for shape {shape}, found {len(content)}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def read_npz(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """One NumPy archive for both splits; its arrays have Keras's names, or those in `arrays`."""
    path = files["archive"]
    content = _content(files, "archive", description)
    names = KERAS_ARRAYS | description.get("arrays", {})
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("a single array")
        for name in (names[f"{split}_images"], names[f"{split}_labels"]):
            if name not in archive:
                held = one_line(", ".join(archive.files))
                raise InputError(f"{path}: no array {name!r} among {held}: name them in the key arrays")
        images, labels = archive[names[f"{split}_images"]], archive[names[f"{split}_labels"]]
    except (ValueError, OSError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path}: not an .npz of plain arrays: {one_line(error)}") from error
    return _bytes(images, 3, f"{path}: {split} images"), _bytes(labels, 1, f"{path}: {split} labels")


def _bytes(array: npt.NDArray[Any], ndim: int, name: str) -> Bytes:
    """The same values as bytes; a last axis of length 1 (one channel) may be left out."""
    if array.ndim == ndim + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != ndim:
        raise InputError(f"{name}: expected {ndim} axes, found shape {array.shape}")
    if array.dtype.kind not in "iu":
        raise InputError(f"{name}: store integers from 0 to 255 instead of {array.dtype}, as by astype('uint8')")
    if not array.size:
        raise InputError(f"{name}: the array is empty")
    if array.min() < 0 or array.max() > 255:
        raise InputError(f"{name}: from {array.min()} to {array.max()}, but only 0 to 255 are allowed")
    return array.astype(np.uint8)


def read_pictures(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """A folder of pictures, <split>/<class>/<picture>, in any format that Pillow reads, made greyscale.

    Their order is that of the hashes of their names, so that the first n images are a mixture of all classes.
    """
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


def visible(folder: Path) -> list[Path]:
    """What a folder holds, sorted; hidden files, which some file managers leave, are passed over."""
    if not folder.is_dir():
        raise InputError(f"{folder}: not a folder")
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def _content(files: Mapping[str, Path], role: str, description: Mapping[str, Any]) -> bytes:
    """Content of the file of a role, held to its hash if the description has one."""
    return verified_content(files[role], description.get("files", {}).get(role, {}).get("sha256"))


READERS: dict[str, Reader] = {"idx": read_idx, "npz": read_npz, "images": read_pictures}
# By format the roles that `files` must name; none: the format reads a folder.
ROLES: dict[str, tuple[str, ...]] = {"idx": tuple(KERAS_ARRAYS), "npz": ("archive",), "images": ()}
