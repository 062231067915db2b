"""One NumPy archive for both splits; its arrays have Keras's names, or those in the key `arrays`."""

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.data.readers import ARRAYS, Bytes, verified
from onelayer.io.errors import InputError, one_line
from onelayer.io.files import UNREADABLE

ROLES = ("archive",)


def read(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """Images and labels of a split."""
    path, names = files["archive"], ARRAYS | description.get("arrays", {})
    content = verified(files, "archive", description)
    try:
        archive = np.load(io.BytesIO(content), allow_pickle=False)
        if not isinstance(archive, np.lib.npyio.NpzFile):
            raise ValueError("a single array")
        found = []
        for name in (names[f"{split}_images"], names[f"{split}_labels"]):
            if name not in archive:
                advice = f"name them in the key arrays, or save them as {', '.join(ARRAYS.values())}"
                raise InputError(f"{path}: no array {name!r} among {one_line(', '.join(archive.files))}: {advice}")
            found.append(archive[name])
    except UNREADABLE as error:
        raise InputError(f"{path}: not an .npz of plain arrays: {one_line(error)}") from error
    return bytes_of(found[0], 3, f"{path}: {split} images"), bytes_of(found[1], 1, f"{path}: {split} labels")


def bytes_of(array: NDArray[Any], ndim: int, name: str) -> Bytes:
    """The same values as bytes; a last axis of length 1 (one channel) may be left out."""
    if array.ndim == ndim + 1 and array.shape[-1] == 1:
        array = array[..., 0]
    if array.ndim != ndim or not array.size:
        raise InputError(f"{name}: expected {ndim} axes, found shape {array.shape}")
    if array.dtype.kind not in "iu":
        raise InputError(f"{name}: store integers from 0 to 255 instead of {array.dtype}, as by astype('uint8')")
    if array.min() < 0 or array.max() > 255:
        raise InputError(f"{name}: from {array.min()} to {array.max()}, but only 0 to 255 are allowed")
    return array.astype(np.uint8)
