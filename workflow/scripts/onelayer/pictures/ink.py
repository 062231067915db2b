"""From a picture file to the ink in it: photographs, scans and drawings of one character on plain paper.

What brightens or darkens the paper slowly (light, shadows) and what is small (noise, dust) is not ink. How well that works on
simulated photographs, and where each number below comes from, tests/pictures/test_ink.py shows.
"""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage

from onelayer.io.errors import InputError

Floats = NDArray[np.float64]

LONGEST = 1024  # pixels; a longer picture is reduced to it
SMALL = 64  # up to this size it is an image of a data set, without light and noise of its own
COARSE = 256  # pixels in which the brightness of the paper is estimated
STROKE = 5  # a stroke is narrower than a fifth of the picture's shorter side
FAINTEST = 26  # of 255: ink takes at least a tenth of the light that its paper gives back
NOISE = 7  # and this many standard deviations of the paper's noise
SMALLEST = 40  # a character is at least a fortieth of the picture's longer side
ROUNDS = 3  # of parting ink from paper
EDGE = 4  # standard deviations of noise by which the edge of a stroke differs from paper
DARKEST = 4  # below this part of the brightest paper, noise is no longer taken relative to the light
PEN = 10  # a pen is at least as wide as a tenth of its character's height, as in MNIST; a thinner stroke is thickened
SPECK = 20  # a part with less than a twentieth of the ink of the largest part is a speck


def read_ink(path: str | Path) -> NDArray[np.uint8]:
    """The ink of a picture, uint8 (height, width), 0 on bare paper and 255 where it is full; at most LONGEST pixels long.

    Raises InputError: the file cannot be read as a picture, or holds no ink; the message begins with its path.
    """
    try:
        return ink_of(read_grey(path))
    except InputError as error:
        raise InputError(f"{path}: {error}") from error


def read_grey(path: str | Path) -> NDArray[np.uint8]:
    """Grey values of a picture, uint8 (height, width), upright, at most LONGEST pixels long, on white where it is transparent."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which change no pixel
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path) as picture:
                picture.draft("L", (LONGEST, LONGEST))  # JPEG alone: decoded at an eighth of its size if that is enough
                upright = ImageOps.exif_transpose(picture)
        return _grey(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InputError(f"more than {Image.MAX_IMAGE_PIXELS} pixels: save it smaller") from error
    except UnidentifiedImageError as error:
        raise InputError("not a picture in a format that Pillow reads") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InputError(f"not a picture that can be read: {error}") from error


def ink_of(grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The ink of grey values (height, width), as `read_ink` gives it.

    The paper's side of grey is that of the border. Ink is what Otsu's threshold (IEEE Transactions on Systems, Man, and
    Cybernetics 9(1), 1979) parts from the paper, with the fainter pixels that hang together with it.
    """
    contrast = _contrast(grey.astype(np.float64))
    faint, threshold, full = _levels(contrast)
    parts, count = ndimage.label(contrast > faint, np.ones((3, 3)))
    inks = ndimage.sum_labels(contrast > threshold, parts, np.arange(count + 1))
    kept = inks * SPECK >= inks.max()
    inner = kept & ~np.isin(np.arange(count + 1), _border(parts))
    if inner.any():  # what else reaches the border is a table, or a shadow
        kept = inner
    ink = np.where(kept[parts] & (parts > 0), (contrast - faint) / (full - faint), 0)
    height, width = (np.ptp(places) + 1 for places in np.nonzero(ink))
    if max(height, width) * SMALLEST < max(grey.shape):
        raise InputError("there is no ink in it")
    ink = np.clip(np.ceil(ink * 255), 0, 255).astype(np.uint8)
    return _thickened(ink, max(height, width) / PEN)


def _grey(picture: Image.Image) -> NDArray[np.uint8]:
    if picture.mode.startswith(("I", "F")):  # more than 8 bits: from the darkest to the lightest
        values = np.nan_to_num(np.asarray(picture, np.float64))
        picture = Image.fromarray((255 * (values - values.min()) / max(np.ptp(values), 1e-9)).astype(np.uint8))
    elif "A" in picture.mode or "a" in picture.mode or "transparency" in picture.info:
        picture = _flattened(picture.convert("RGBA"))
    picture = picture.convert("RGB").convert("L")
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
    return np.asarray(picture)


def _flattened(picture: Image.Image) -> Image.Image:
    """On white; on black where nothing would be seen on white."""
    for paper in ("white", "black"):
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, paper), picture).convert("L")
        if np.ptp(np.asarray(flat)) >= FAINTEST:
            break
    return flat


def _contrast(grey: Floats) -> Floats:
    """By how much each pixel is darker than its paper, or lighter on dark paper."""
    small = max(grey.shape) <= SMALL
    smooth = grey if small else ndimage.gaussian_filter(grey, 1)
    beyond = smooth - (0 if small else _ground(smooth))
    low, high = np.quantile(_border(beyond), [0.5, 0.5] if small else [0.1, 0.9])
    dark_paper = beyond.max() - high > low - beyond.min()
    if dark_paper:
        smooth, low = 255 - smooth, 255 - low
    paper = np.full_like(smooth, low) if small else _paper(smooth)
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


def _border(grey: Floats) -> Floats:
    return np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])


def _ground(grey: Floats) -> Floats:
    """The brightness of bare paper by the border alone: a surface of second degree through it, by least squares."""
    y, x = np.meshgrid(*(np.linspace(-1, 1, side) for side in grey.shape), indexing="ij")
    terms = [np.ones_like(x), x, y, x * y, x * x, y * y]
    fit = np.linalg.lstsq(np.stack([_border(term) for term in terms], axis=1), _border(grey), rcond=None)[0]
    return np.asarray(np.tensordot(fit, np.stack(terms), axes=1), np.float64)


def _paper(grey: Floats) -> Floats:
    """The brightness of light paper below its ink: what is dark and narrower than a stroke can be is filled."""
    side = min(1, COARSE / max(grey.shape))
    height, width = (max(1, round(length * side)) for length in grey.shape)
    coarse = Image.fromarray(grey.astype(np.float32)).resize((width, height), Image.Resampling.BOX)
    filled = ndimage.grey_closing(np.asarray(coarse), size=max(3, min(coarse.size) // STROKE))
    paper = Image.fromarray(filled).resize((grey.shape[1], grey.shape[0]), Image.Resampling.BILINEAR)
    return np.asarray(paper, np.float64)


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
