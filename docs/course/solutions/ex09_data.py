"""Exercise 9: rings, crosses and bars in about the same place, of varying thickness and brightness, in noise.

A single layer adds up the pixels, each with its own weight. So a kind of picture must be brighter than the others in some
places: shapes that lie just anywhere look the same to it on average.
"""

import numpy as np
from PIL import Image

SIDE = 12


def make(folder):
    random = np.random.RandomState(0)
    for name, shape in {"ring": ring, "cross": cross, "bar": bar}.items():
        (folder / name).mkdir()
        for number in range(40):
            x, y = np.meshgrid(*2 * [np.arange(SIDE) - SIDE / 2 + 0.5 + random.uniform(-1, 1)])
            ink = shape(x, y, random.uniform(0.8, 1.5)) * random.uniform(120, 200)
            picture = np.clip(ink + random.uniform(0, 55, ink.shape), 0, 255).astype(np.uint8)
            Image.fromarray(picture).save(folder / name / f"{number}.png")


def ring(x, y, width):
    return abs(np.hypot(x, y) - 4) < width


def cross(x, y, width):
    return (abs(x - y) < width) | (abs(x + y) < width)


def bar(x, y, width):
    return abs(y) < width
