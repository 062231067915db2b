"""IDX, the format of MNIST: one file of images and one of labels a split, gzipped or not.

A file is a big-endian header and then the values, last axis fastest. The header is two zero bytes, one byte for the type of
the values (8: unsigned byte), one for the number of axes, and a 32-bit length for each axis.
"""

import math
import struct
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.data.readers import ARRAYS, Bytes, verified
from onelayer.io.errors import InputError

ROLES = tuple(ARRAYS)


def read(files: Mapping[str, Path], split: str, description: Mapping[str, Any]) -> tuple[Bytes, Bytes]:
    """Images and labels of a split."""
    images, labels = f"{split}_images", f"{split}_labels"
    pixels = parse_idx(verified(files, images, description), files[images], ndim=3)
    return pixels, parse_idx(verified(files, labels, description), files[labels], ndim=1)


def parse_idx(content: bytes, path: Path, ndim: int) -> Bytes:
    """Values of an IDX file of unsigned bytes with `ndim` axes; an InputError names the file and the offset."""
    magic, header = bytes([0, 0, 8, ndim]), 4 + 4 * ndim
    if content[:4] != magic or len(content) < header:
        raise InputError(
            f"{path}: offset 0: expected the IDX magic number {magic.hex()} (unsigned bytes, {ndim} axes) and {ndim} lengths, "
            f"found {content[:header].hex()}"
        )
    shape = struct.unpack_from(f">{ndim}I", content, 4)
    length = header + math.prod(shape)
    if len(content) != length:
        offset = min(len(content), length)
        raise InputError(f"{path}: offset {offset}: expected {length} bytes for shape {shape}, found {len(content)}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)
