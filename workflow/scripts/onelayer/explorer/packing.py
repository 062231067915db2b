"""Arrays as text for the page: differences that compress well, deflated (zlib), in base64. model.js unpacks them.

Weights at the snapshots are rounded to 16 bits on one scale a run, an error of at most 1/65,534 of its largest weight, and
each snapshot but the first is stored as its difference from the one before, modulo 2^16. High and low bytes stand apart.
"""

import base64
import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.models import Floats

LARGEST = 2**15 - 1


def packed(content: bytes) -> str:
    """Bytes as text."""
    return base64.b64encode(zlib.compress(content, 9)).decode("ascii")


def packed_planes(values: NDArray[Any]) -> str:
    """Numbers as text: the first bytes of all, then the second, and so on; little-endian."""
    little = np.ascontiguousarray(values, values.dtype.newbyteorder("<"))
    return packed(little.view(np.uint8).reshape(values.size, values.itemsize).T.tobytes())


def packed_snapshots(snapshots: Floats) -> tuple[str, float]:
    """Snapshots (n, K, D) as text, and the scale: the weight that one unit of it stands for."""
    scale = float(np.abs(snapshots).max()) / LARGEST or 1.0
    rounded = np.rint(snapshots / scale).astype(np.int64)
    differences = np.diff(rounded, axis=0, prepend=0)
    return packed_planes(differences.astype(np.uint16)), scale  # astype wraps around, and so does the page
