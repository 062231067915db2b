"""From a drawing to an image like those of a data set, by the name that the data set gives as its `preparation`.

Everything here is counted in integers, so that the page on which one draws (workflow/explorer/preparation.js) comes to the
same bytes. The MNIST digits were fitted into 20 x 20 pixels and moved so that their centre of mass is the centre of 28 x 28
(Y. LeCun, L. Bottou, Y. Bengio and P. Haffner, Proceedings of the IEEE 86(11), 1998, section III A); in the Digits the ink of
32 x 32 bitmaps is counted in blocks of 4 x 4 (E. Alpaydin and C. Kaynak, Cascading classifiers, Kybernetika 34(4), 1998).

A new preparation is a function here, its line in PREPARATIONS, and its twin on the page.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.io.errors import InputError

Ink = NDArray[np.uint8]
Counts = NDArray[np.int64]

# The bitmaps of the Digits: BLOCK x BLOCK pixels make one pixel of the image; a digit is at most three quarters as wide; a pixel is
# ink where at least 3/8 of it are. Width and share are those at which its own test images, drawn again, are recognised best.
BLOCK, WIDTH, SHARE = 4, (3, 4), 96


def prepare(ink: Ink, preparation: str, shape: Sequence[int], pixel_max: int) -> Ink:
    """An image as the model was trained on.

    Parameters
    ----------
    ink : uint8 (height, width), 0 is bare paper, 255 full ink
    preparation : a name in PREPARATIONS
    shape, pixel_max : height and width of the data set's images, and their largest pixel value

    Returns uint8 `shape`.

    Raises InputError: there is no ink, or too little of it to be seen at the size of the image.
    """
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        raise InputError("there is no ink in it")
    box = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1].astype(np.int64)
    return PREPARATIONS[preparation](_darkened(box, 255), shape, pixel_max).astype(np.uint8)


def centred_by_mass(box: Counts, shape: Sequence[int], pixel_max: int) -> Counts:
    """Fitted into 5/7 of the image, its darkest pixel at `pixel_max`, the centre of mass in the image's centre.

    It is moved by whole pixels, and not beyond the edge.
    """
    room = [rounded(side * 5, 7) for side in shape]
    # The longer side of the box, by the room that there is for it, fills it; the other keeps its proportion.
    longer = 0 if box.shape[0] * room[1] >= box.shape[1] * room[0] else 1
    height, width = (max(1, rounded(length * room[longer], box.shape[longer])) for length in box.shape)
    fitted = _darkened(resampled(box, height, width), pixel_max)
    mass = fitted.sum()
    top = _offset(shape[0], height, fitted.sum(axis=1) @ np.arange(height), mass)
    left = _offset(shape[1], width, fitted.sum(axis=0) @ np.arange(width), mass)
    return _placed(fitted, top, left, shape)


def counted_in_blocks(box: Counts, shape: Sequence[int], pixel_max: int) -> Counts:
    """As high as a bitmap of 4 x 4 pixels for each of the image's, its ink counted in these blocks."""
    bitmap = [side * BLOCK for side in shape]
    width = min(max(1, rounded(box.shape[1] * bitmap[0], box.shape[0])), bitmap[1] * WIDTH[0] // WIDTH[1])
    dots = (_darkened(resampled(box, bitmap[0], width), 255) >= SHARE).astype(np.int64)
    blocks = _placed(dots, 0, (bitmap[1] - width) // 2, bitmap).reshape(shape[0], BLOCK, shape[1], BLOCK)
    return rounded(blocks.sum(axis=(1, 3)) * pixel_max, BLOCK * BLOCK)


PREPARATIONS: dict[str, Callable[[Counts, Sequence[int], int], Counts]] = {
    "centred_by_mass": centred_by_mass,
    "counted_in_blocks": counted_in_blocks,
}


def resampled(box: Counts, height: int, width: int) -> Counts:
    """The mean ink below each pixel of a grid (height, width) laid over `box`, rounded."""
    sums = _overlaps(height, box.shape[0]) @ box @ _overlaps(width, box.shape[1]).T
    return rounded(sums, box.size)


def rounded(numerator: Any, denominator: int) -> Any:
    """The nearest integer to a quotient, halves upwards."""
    return (2 * numerator + denominator) // (2 * denominator)


def _darkened(ink: Counts, largest: int) -> Counts:
    """The darkest pixel at `largest`, the others in proportion."""
    if not ink.any():
        raise InputError("its ink is too thin for its size")
    return rounded(ink * largest, ink.max())


def _overlaps(cells: int, pixels: int) -> Counts:
    """How much of each cell (row) lies on each pixel (column), both over one length of `cells * pixels`."""
    cell, pixel = np.arange(cells)[:, None] * pixels, np.arange(pixels)[None, :] * cells
    return np.maximum(0, np.minimum(cell + pixels, pixel + cells) - np.maximum(cell, pixel))


def _offset(side: int, length: int, moment: int, mass: int) -> int:
    """Where a row of `length` begins, for its centre of mass to come nearest to the middle of `side`."""
    return int(min(max(rounded(side // 2 * mass - moment, mass), 0), side - length))


def _placed(part: Counts, top: int, left: int, shape: Sequence[int]) -> Counts:
    image = np.zeros(tuple(shape), np.int64)
    image[top : top + part.shape[0], left : left + part.shape[1]] = part
    return image
