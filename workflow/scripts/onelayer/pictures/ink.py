"""From a picture file to the ink in it: photographs, scans and drawings of one character on plain paper.

What brightens or darkens the paper slowly (light, shadows) and what is small (noise, dust) is not ink. How well that works,
tools/pages.py shows.
"""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from onelayer.data.picture import FAINTEST, read_grey
from onelayer.io.errors import InputError

Floats = NDArray[np.float64]

LONGEST = 1024  # pixels; a longer picture is reduced to it
SMALL = 64  # up to this size it is an image of a data set, without light and noise of its own
STROKE = 5  # a stroke is narrower than a fifth of the picture's shorter side
NOISE = 7  # and this many standard deviations of the paper's noise
SMALLEST = 40  # a character is at least a fortieth of the picture's longer side
ROUNDS = 3  # of parting ink from paper
EDGE = 4  # standard deviations of noise by which the edge of a stroke differs from paper
DARKEST = 4  # below this part of the brightest paper, noise is no longer taken relative to the light
PEN = 10  # a pen is at least as wide as a tenth of its character's height, as in MNIST; a thinner stroke is thickened
RIMS = 3  # around a sheet: the dark of a scanner, a printed box
SHEET = 0.5  # a sheet is at least this share of the picture
FULL = 0.9  # and fills at least this share of the box around it
CROPPED = 0.75  # of a side, and half of that of the other: ink that takes more leaves too little paper around it
NARROW = 2.4  # times as long as wide: no page, and hardly anything but a 1 that was cut out
PLAIN = 0.04  # of the contrast: paper whose brightness varies by less is even, without shadows on it
LIKE = 0.4  # parts of which the second has this share of the ink of the first are of like size
ALIKE = 0.1  # shares that differ by less are alike
SMALL_PART = 3  # a part with less than a third of the ink of the largest is something else, as the hole of a punch is
APART = 4  # if it is further away than a quarter of the longer side of that
SPECK = 20  # a part with less than a twentieth of the ink of the largest part is a speck


def read_ink(path: str | Path) -> NDArray[np.uint8]:
    """The ink of a picture, uint8 (height, width), 0 on bare paper and 255 where it is full; at most LONGEST pixels long.

    Raises InputError: the file cannot be read as a picture, or holds no ink.
    """
    return ink_of(read_grey(path, LONGEST))


def ink_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink of grey values (height, width), as `read_ink` gives it.

    The paper's side of grey is that of the border. Ink is what Otsu's threshold (IEEE Transactions on Systems, Man, and
    Cybernetics 9(1), 1979) parts from the paper, with the fainter pixels that hang together with it.
    """
    grey = _with_margin(_inside_rims(grey))
    contrast = _contrast(grey.astype(np.float64))
    faint, threshold, full = _levels(contrast)
    parts, count = ndimage.label(contrast > faint, np.ones((3, 3)))
    numbers = np.arange(count + 1)
    inks = ndimage.sum_labels(contrast > threshold, parts, numbers)
    inks[inks * SPECK < inks.max()] = 0
    inner = np.where(np.isin(numbers, _border(parts)), 0, inks)
    if inner.any():  # what else reaches the border is a table, or a shadow
        inks = inner
    box = ndimage.find_objects(parts)[int(inks.argmax()) - 1]
    reach = max(side.stop - side.start for side in box) // APART
    around = tuple(slice(max(0, side.start - reach), side.stop + reach) for side in box)
    kept = (inks > 0) & ((inks * SMALL_PART >= inks.max()) | np.isin(numbers, parts[around]))
    ink = np.where(kept[parts], (contrast - faint) / (full - faint), 0)
    height, width = (np.ptp(places) + 1 for places in np.nonzero(ink))
    if max(height, width) * SMALLEST < max(grey.shape):
        raise InputError("there is no ink in it")
    ink = np.clip(np.ceil(ink * 255), 0, 255).astype(np.uint8)
    return _thickened(ink, max(height, width) / PEN)


def several_parts(ink: NDArray[np.uint8]) -> bool:
    """Whether ink falls into parts of like size side by side or one above the other, as that of several characters does.

    They are if they overlap by less than a fifth of the shorter, from left to right or from top to bottom.
    """
    parts, count = ndimage.label(ink > 0, np.ones((3, 3)))
    inks = ndimage.sum_labels(ink, parts, np.arange(1, count + 1))
    largest = np.argsort(-inks)[:2]
    if len(largest) < 2 or inks[largest[1]] < LIKE * inks[largest[0]]:
        return False
    boxes = ndimage.find_objects(parts)
    for one, other in zip(*(boxes[place] for place in largest), strict=True):
        overlap = min(one.stop, other.stop) - max(one.start, other.start)
        if overlap < min(one.stop - one.start, other.stop - other.start) / 5:
            return True
    return False


def _inside_rims(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What is inside rims that run all around: of a scan the sheet, and of a printed box what is written in it."""
    for _ in range(RIMS if max(grey.shape) > SMALL else 0):
        if np.ptp(grey) < FAINTEST:
            break
        dark = grey <= _otsu(grey.astype(np.float64))
        around = _border(dark).mean()
        if 0.05 < around < 0.95:
            break
        parts, _ = ndimage.label(ndimage.binary_fill_holes(dark if around < 0.5 else ~dark))
        largest = int(np.bincount(parts.ravel())[1:].argmax())
        place = ndimage.find_objects(parts)[largest]
        sheet = parts[place] == largest + 1
        if sheet.size < SHEET * grey.size or sheet.mean() < FULL or min(sheet.shape) < SMALL:
            break
        edge = 1 + min(sheet.shape) // 50
        grey = grey[place][edge:-edge, edge:-edge]
    return grey


def _with_margin(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """With a margin of paper where a plain picture is cropped to its ink.

    Ink has a smaller share of the border than of the whole; where the shares are ALIKE it is what there is less of.
    """
    values = grey.astype(np.float64)
    if np.ptp(grey) < FAINTEST:
        return grey
    dark = values <= _otsu(values)
    excess = _border(dark).mean() - dark.mean()
    ink = dark if (dark.mean() < 0.5 if abs(excess) < ALIKE else excess < 0) else ~dark
    paper = np.median(values[~ink])
    uneven = np.median(np.abs(values[~ink] - paper)) > PLAIN * abs(np.median(values[ink]) - paper)
    if uneven and max(grey.shape) < NARROW * min(grey.shape):
        return grey
    spans = [np.ptp(np.flatnonzero(ink.any(axis=axis))) + 1 for axis in (1, 0)]
    shares = [span / side for span, side in zip(spans, grey.shape, strict=True)]
    if max(shares) < CROPPED or min(shares) < CROPPED / 2:
        return grey
    return np.pad(grey, max(grey.shape) // 4 + 1, constant_values=np.uint8(paper))


def _contrast(grey: Floats) -> Floats:
    """By how much each pixel is darker than its paper, or lighter on dark paper."""
    small = max(grey.shape) <= SMALL
    smooth = grey if small else ndimage.gaussian_filter(grey, 1)
    beyond = smooth - (0 if small else _ground(smooth))
    low, high = np.quantile(_border(beyond), [0.5, 0.5] if small else [0.1, 0.9])
    dark_paper = beyond.max() - high > low - beyond.min()
    if dark_paper:
        smooth, low = 255 - smooth, 255 - low
    # The paper below the ink: what is dark and narrower than a stroke can be is filled.
    paper = (
        np.full_like(smooth, low) if small else ndimage.grey_closing(smooth, size=max(3, min(smooth.shape) // STROKE))
    )
    contrast: Floats = paper - smooth
    # Light paper: relative to the light on it, so that ink in a shadow counts as much as beside it.
    return contrast if dark_paper else 255 * contrast / np.maximum(paper, max(1, paper.max() / DARKEST))


def _levels(contrast: Floats) -> tuple[float, float, float]:
    """Contrasts: where the edge of the ink begins, what is ink for sure, and full ink."""
    rest = contrast
    for _ in range(ROUNDS):
        if np.ptp(rest) < FAINTEST:
            break
        threshold = _otsu(rest)
        dark = contrast > threshold
        paper, full = np.median(contrast[~dark]), np.median(contrast[dark])
        noise = 1.4826 * np.median(np.abs(contrast[~dark] - paper))
        if full - paper >= max(FAINTEST, NOISE * noise):
            return paper + max((threshold - paper) / 2, EDGE * noise), threshold, full
        rest = contrast[dark]
    raise InputError("there is no ink in it")


def _border(grey: NDArray[Any]) -> NDArray[Any]:
    return np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])


def _ground(grey: Floats) -> Floats:
    """The brightness of bare paper by the border alone: a surface of second degree through it, by least squares."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in grey.shape), indexing="ij")
    terms = [np.ones_like(x), x, y, x * y, x * x, y * y]
    fit = np.linalg.lstsq(np.stack([_border(term) for term in terms], axis=1), _border(grey), rcond=None)[0]
    return np.asarray(np.tensordot(fit, np.stack(terms), axes=1), np.float64)


def _thickened(ink: NDArray[np.uint8], width: float) -> NDArray[np.uint8]:
    """The ink with strokes at least `width` pixels wide; a stroke's width is four times the mean distance to its edge."""
    depths = ndimage.distance_transform_edt(np.pad(ink >= 128, 1))
    reach = round((width - 4 * depths[depths > 0].mean() + 1) / 2) if depths.any() else 0
    if reach < 1:
        return ink
    y, x = np.ogrid[-reach : reach + 1, -reach : reach + 1]
    return ndimage.grey_dilation(np.pad(ink, reach), footprint=y * y + x * x <= reach * reach)


def _otsu(values: Floats) -> float:
    """The threshold that parts values into two groups whose means lie furthest apart, weighted by their sizes."""
    counts, edges = np.histogram(values, 256)
    middles = (edges[:-1] + edges[1:]) / 2
    below = counts.cumsum()
    above = counts.sum() - below
    sums = (counts * middles).cumsum()
    with np.errstate(divide="ignore", invalid="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1:][np.nanargmax(between)])
