"""Reading IDX, the format in which MNIST is distributed.

An IDX file is a big-endian header and then the values, last axis fastest: two zero bytes, one byte for the
value type (8: unsigned byte), one byte for the number of axes, and a 32-bit length for each axis.
"""

import math
import struct

import numpy as np

from onelayer.errors import InputError

UNSIGNED_BYTE = 8


def parse_idx(content, name, ndim):
    """Values of an IDX file of unsigned bytes.

    Parameters
    ----------
    content : bytes
        The decompressed file.
    name : str
        What to call the file in a message.
    ndim : int
        Number of axes: 1 for labels, 3 for images.

    Returns
    -------
    numpy.ndarray of uint8, read-only, with `ndim` axes.

    Raises
    ------
    InputError
        The content is not an IDX file of unsigned bytes with `ndim` axes, or its length is not what its
        header says; the message names the file, the offset and what was expected there.
    """
    magic, header = idx_header((0,) * ndim)[:4], 4 + 4 * ndim
    if len(content) < header:
        raise InputError(f"{name}: offset {len(content)}: the file ends inside its header of {header} bytes")
    if content[:4] != magic:
        raise InputError(
            f"{name}: offset 0: expected the IDX magic number {magic.hex()} "
            f"(unsigned bytes, {ndim} axes), found {content[:4].hex()}"
        )
    shape = struct.unpack_from(f">{ndim}I", content, 4)
    if 0 in shape:
        offset = 4 + 4 * shape.index(0)
        raise InputError(f"{name}: offset {offset}: expected a length of at least 1, found 0")
    length = header + math.prod(shape)
    if len(content) != length:
        offset = min(len(content), length)
        raise InputError(f"{name}: offset {offset}: expected {length} bytes for shape {shape}, found {len(content)}")
    return np.frombuffer(content, np.uint8, offset=header).reshape(shape)


def idx_header(shape):
    """Header of the IDX file of an array of unsigned bytes."""
    return struct.pack(f">4B{len(shape)}I", 0, 0, UNSIGNED_BYTE, len(shape), *shape)
