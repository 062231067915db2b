"""Picture files as grey values: upright, and on paper where they are transparent.

Only formats that Pillow reads itself are opened: it hands others, EPS among them, to other programs.
"""

import hashlib
import warnings
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from onelayer.data.content import visible
from onelayer.io.errors import InputError, one_line

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "WEBP", "PPM")
SUFFIXES = [".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".pbm", ".pgm", ".ppm", ".pnm"]
FAINTEST = 26  # of 255: ink takes at least a tenth of the light that its paper gives back


def read_grey(path: str | Path, longest: int | None = None, deep: bool = True) -> NDArray[np.uint8]:
    """Grey values of a picture, uint8 (height, width).

    Parameters
    ----------
    longest : pixels of the longer side that it is reduced to, if it has more
    deep : whether more than 8 bits a pixel are spread from the darkest to the lightest, and not refused

    Raises InputError: it cannot be read; the message begins with `path`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which change no pixel
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=FORMATS) as picture:
                if longest:  # JPEG alone is decoded at an eighth of its size if that is enough
                    picture.draft("L", (longest, longest))
                upright = ImageOps.exif_transpose(picture)
        if upright.mode.startswith(("I", "F")):
            if not deep:
                raise InputError(f"{path}: more than 8 bits a pixel: store it with 8")
            values = np.nan_to_num(np.asarray(upright, np.float64))
            spread = 255 * (values - values.min()) / max(np.ptp(values), 1e-9)
            upright = Image.fromarray(spread.astype(np.uint8))
        elif "A" in upright.mode or "a" in upright.mode or "transparency" in upright.info:
            upright = _flattened(upright.convert("RGBA"))
        if upright.mode != "L":
            upright = upright.convert("L" if upright.mode == "1" else "RGB").convert("L")
        if longest:
            upright.thumbnail((longest, longest), Image.Resampling.BOX)
        return np.asarray(upright)
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise InputError(f"{path}: more than {Image.MAX_IMAGE_PIXELS} pixels: save it smaller") from error
    except UnidentifiedImageError as error:
        raise InputError(f"{path}: no picture in a format that is read: {', '.join(FORMATS)}") from error
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise InputError(f"{path}: not a readable picture: {one_line(error)}") from error


def pictures_of(folder: Path) -> list[Path]:
    """All <class>/<picture> below a folder, known by their suffixes.

    Their order is that of the hashes of these names, so that the first n are a mixture of all classes.
    """
    classes = [path for path in visible(folder) if path.is_dir()]
    paths = [path for own in classes for path in visible(own) if path.suffix.lower() in SUFFIXES and path.is_file()]
    return sorted(paths, key=lambda path: hashlib.sha256(path.relative_to(folder).as_posix().encode()).digest())


def read_pictures(paths: Sequence[Path], size: int | None) -> NDArray[np.uint8]:
    """Grey values of pictures of one size, or resized to `size` x `size` pixels: uint8 (n, height, width).

    Raises InputError: one cannot be read, has more than 8 bits a pixel, or another size.
    """
    images = []
    for path in paths:
        grey = read_grey(path, deep=False)
        if size:
            grey = np.asarray(Image.fromarray(grey).resize((size, size), Image.Resampling.LANCZOS))
        images.append(grey)
    shapes = Counter(image.shape for image in images).most_common(5)
    if len(shapes) > 1:
        other = next(path for path, image in zip(paths, images, strict=True) if image.shape != shapes[0][0])
        sizes = ", ".join(f"{count} of {height} x {width}" for (height, width), count in shapes)
        raise InputError(f"{other}: another size; of all (height x width) {sizes}: make them one size, as by SIZE=28")
    return np.stack(images)


def _flattened(picture: Image.Image) -> Image.Image:
    """On white; on black where nothing would be seen on white."""
    for paper in ("white", "black"):
        flat = Image.alpha_composite(Image.new("RGBA", picture.size, paper), picture).convert("L")
        if np.ptp(np.asarray(flat)) >= FAINTEST:
            break
    return flat
