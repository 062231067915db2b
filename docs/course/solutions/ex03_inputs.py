"""Exercise 3: 16 bytes of header, then bytes; floats before any arithmetic, because bytes wrap round below 0."""

import struct

import numpy as np


def images_of(content):
    _, count, height, width = struct.unpack(">4I", content[:16])
    return np.frombuffer(content, np.uint8, offset=16).reshape(count, height, width)


def inputs_of(images, largest):
    pixels = images.reshape(len(images), -1).astype(np.float64)
    middle = largest / 2
    return np.hstack([(pixels - middle) / middle, np.ones((len(images), 1))])
