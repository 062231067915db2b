import struct

import numpy as np
import pytest

from onelayer.errors import InputError
from onelayer.idx import parse_idx


def idx(array):
    return struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def test_reads_back_what_was_written():
    images = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    assert np.array_equal(parse_idx(idx(images), "x", 3), images)
    labels = np.array([3, 1, 2], np.uint8)
    assert np.array_equal(parse_idx(idx(labels), "x", 1), labels)


GOOD = idx(np.zeros((2, 3, 4), np.uint8))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "offset 0"),
        (GOOD[:10], "ends inside its header"),
        (b"\x1f" + GOOD[1:], "magic number 00000803"),
        (GOOD[:2] + b"\x0d" + GOOD[3:], "magic number"),
        (idx(np.zeros(40, np.uint8)), "3 axes"),
        (GOOD[:-1], "expected 40 bytes for shape (2, 3, 4), found 39"),
        (GOOD + b"x", "found 41"),
        (GOOD[:8] + b"\0" * 4 + GOOD[12:], "offset 8: expected a length of at least 1, found 0"),
        (GOOD[:4] + b"\xff" * 12 + GOOD[16:], "expected"),
    ],
)
def test_refuses_what_is_not_idx(content, says):
    with pytest.raises(InputError) as raised:
        parse_idx(content, "some-file", 3)
    assert str(raised.value).startswith("some-file: offset")
    assert says in str(raised.value)
