"""Exercise 3 (Task 2a): from raw bytes to inputs.

An IDX file of images begins with a header of four big-endian 32-bit integers: the magic number 2051, the number of images,
their height and their width. Then comes one byte a pixel, image by image, row by row.

A pixel p becomes the input x = (p - m) / m with m half of the largest pixel value, so that x runs from -1 to 1. A constant 1
is appended to every image: its weight is the bias.

Check: python docs/course/check.py 3
"""

import numpy as np  # noqa: F401


def images_of(content):
    """The images, uint8 (n, height, width), of the bytes of an IDX file. struct.unpack and np.frombuffer help."""
    raise NotImplementedError("images_of: unpack the header first, then look at the bytes after it")


def inputs_of(images, largest):
    """Inputs, float64 (n, height * width + 1), for images whose largest possible pixel value is `largest`."""
    raise NotImplementedError("inputs_of: flatten, scale, append the constant")
