"""A small made-up file, then the digits, against the project's own images."""

import struct

import numpy as np
from checking import Hint, compare, raw

from tests.training import golden

MADE_UP = struct.pack(">4I", 2051, 3, 4, 5) + bytes(range(60))


def check(answer):
    made_up = np.arange(60, dtype=np.uint8).reshape(3, 4, 5)
    for content, expected in ((MADE_UP, made_up), (raw(), golden.stored("test").images)):
        count, height, width = expected.shape
        try:
            found = answer.images_of(content)
        except (ValueError, MemoryError, struct.error) as error:
            raise Hint(
                f'images_of stopped with {error!r}. Is the header read as big-endian (">4I"), and the rest begun at byte 16?'
            ) from error
        flat = np.frombuffer(content, np.uint8)
        compare("images_of", found, expected, {
            "height and width are swapped: the header names the height first.": expected.reshape(count, width, height),
            "the bytes run along the columns: the last axis, the width, runs fastest.": flat[16:].reshape(expected.shape, order="F"),
            "the header was taken for pixels: skip its 16 bytes.": flat[: expected.size].reshape(expected.shape),
        })  # fmt: skip
        if np.asarray(found).dtype != np.uint8:
            raise Hint(f"images_of: the type is {np.asarray(found).dtype}, but a byte is np.uint8.")
    for largest in (16, 255):
        images = np.random.RandomState(2).randint(0, largest + 1, (4, 3, 2)).astype(np.uint8)
        pixels = images.reshape(4, 6)
        expected = with_one(2.0 * pixels / largest - 1)
        wrapped, whole = pixels - np.uint8(largest // 2), pixels - float(largest // 2)
        compare(f"inputs_of for pixels up to {largest}", answer.inputs_of(images, largest), expected, {
            "the constant 1 is missing: append a column.": expected[:, :-1],
            "the constant 1 comes last, not first.": np.roll(expected, 1, axis=1),
            "this runs from 0 to 1; it should run from -1 to 1.": with_one(pixels / largest),
            "this runs from -1/2 to 1/2; it should run from -1 to 1.": with_one(pixels / largest - 0.5),
            "the largest value of a pixel is meant, not the largest of these images.": with_one(2.0 * pixels / pixels.max() - 1),
            "bytes wrap round, 3 - 8 is 251: make them floats before subtracting.": with_one(wrapped / (largest / 2)),
            "half of 255 is 127.5: divide by 2 with /, not //.": with_one(whole / (largest // 2)),
        })  # fmt: skip


def with_one(inputs):
    return np.hstack([inputs, np.ones((len(inputs), 1))])
