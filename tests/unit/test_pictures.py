"""Pictures become ink: formats, light and dark paper, photographs, and what is no picture or has no ink."""

import numpy as np
import pytest
from PIL import Image, ImageOps
from scipy import ndimage

from onelayer.data.preparation import prepare
from onelayer.errors import InputError
from onelayer.pictures import LONGEST, PEN, ink_of, read_grey, read_ink
from tests.drawings import drawn, photographed


def prepared(ink):
    return prepare(ink, "centred_by_mass", (28, 28), 255).astype(float)


def alike(ink, other):
    """Correlation of two inks as a model would see them, blurred, because a pixel to the side is no matter."""
    images = [ndimage.gaussian_filter(prepared(some), 1.5).ravel() for some in (ink, other)]
    return np.corrcoef(images)[0, 1]


SEVEN = 255 - np.asarray(drawn(7, paper=255, ink=0))


def transparent(colour):
    picture = Image.new("RGBA", (160, 160), (*colour, 0))
    picture.putalpha(Image.fromarray(SEVEN))
    return picture


def deep(dtype, factor):
    return Image.fromarray((np.asarray(drawn(7), float) * factor).astype(dtype))


PICTURES = {
    "grey.png": lambda: drawn(7),
    "dark.png": lambda: drawn(7, paper=30, ink=220),
    "faint.png": lambda: drawn(7, paper=230, ink=170),
    "colour.png": lambda: ImageOps.colorize(drawn(7, 255, 0), black="blue", white="#f0e8d0"),
    "black.png": lambda: transparent((0, 0, 0)),
    "white.png": lambda: transparent((255, 255, 255)),
    "palette.gif": lambda: drawn(7),
    "windows.bmp": lambda: drawn(7).convert("RGB"),
    "scan.tiff": lambda: drawn(7),
    "fax.tif": lambda: drawn(7).convert("1"),
    "print.jpg": lambda: drawn(7).convert("CMYK"),
    "web.webp": lambda: drawn(7).convert("RGB"),
    "sixteen.png": lambda: deep(np.uint16, 200),
    "floating.tiff": lambda: deep(np.float32, 0.001),
    "wide.png": lambda: ImageOps.pad(drawn(7), (900, 160), color=245),
    "large.jpg": lambda: drawn(7).resize((3000, 3000)),
}


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_drawing_in_any_format_is_the_same_ink(tmp_path, name):
    PICTURES[name]().save(tmp_path / name)
    ink = read_ink(tmp_path / name)
    assert ink.dtype == np.uint8 and max(ink.shape) <= LONGEST + 2 * LONGEST // PEN
    assert alike(ink, SEVEN) > 0.97
    assert not ink[0].any() and not ink[:, 0].any() and ink.max() == 255


def test_a_photograph_that_says_it_lies_on_its_side_is_turned(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn it by 90 degrees clockwise to see it upright
    drawn(7).rotate(90, expand=True).save(tmp_path / "turned.jpg", exif=exif)
    assert alike(read_ink(tmp_path / "turned.jpg"), SEVEN) > 0.97


@pytest.mark.parametrize(
    "changes", [{}, {"noise": 25}, {"shadow": 0.5}, {"paper": 50, "ink": 200}, {"ink": 120, "noise": 6}]
)
@pytest.mark.parametrize("digit", [0, 2, 7])
def test_of_a_photograph_the_ink_is_left(digit, changes):
    ink = ink_of(np.asarray(photographed(digit, seed=digit, angle=0, **changes)))
    assert alike(ink, ink_of(np.asarray(drawn(digit)))) > 0.9
    rows, columns = (np.flatnonzero(ink.any(axis=axis)) for axis in (1, 0))
    assert max(np.ptp(rows), np.ptp(columns)) < 190  # of 155 that are drawn: no speck of noise, no edge of a shadow


@pytest.mark.parametrize("changes", [{}, {"noise": 0}, {"noise": 40}, {"paper": 50}, {"noise": 3, "shadow": 0.2}])
def test_bare_paper_has_no_ink(changes):
    for seed in range(3):
        with pytest.raises(InputError, match="no ink"):
            ink_of(np.asarray(photographed(None, seed, **changes)))


def test_specks_and_a_dark_table_are_no_ink():
    page = np.asarray(photographed(7, seed=1, angle=0)).copy()
    alone = prepared(ink_of(page))
    page[:, :12] = 20
    page[5:8, 300:303] = 30
    assert np.corrcoef(prepared(ink_of(page)).ravel(), alone.ravel())[0, 1] > 0.95


def test_images_of_a_data_set_stay_what_they_are():
    """Small pictures have no light and no noise of their own; compression leaves some."""
    image = prepared(SEVEN).astype(np.uint8)
    for picture in (image, 255 - image):
        assert np.corrcoef(prepared(ink_of(picture)).ravel(), image.ravel())[0, 1] > 0.98


def test_a_thin_pen_is_drawn_thicker_and_a_thick_one_left():
    thin, thick = (ink_of(np.asarray(drawn(7, pen=pen))) for pen in (0.015, 0.1))
    assert 0.06 < (thin > 0).sum() / (thick > 0).sum() * 0.1 < 0.12
    assert thick.shape == (160, 160)


def test_what_is_no_picture_is_refused_in_one_line(tmp_path):
    drawn(7).save(tmp_path / "whole.png")
    files = {
        "empty.png": b"",
        "seven.txt": b"seven",
        "broken.png": (tmp_path / "whole.png").read_bytes()[:300],
        "huge.pbm": b"P4 30000 30000\n",
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    Image.new("L", (50, 50), 240).save(tmp_path / "blank.png")
    reasons = dict.fromkeys(files, "not a picture in a format") | {
        "broken.png": "not a picture that can be read",
        "huge.pbm": "pixels",
        "blank.png": "no ink",
    }
    for name, reason in reasons.items():
        with pytest.raises(InputError, match=reason) as refused:
            read_ink(tmp_path / name)
        assert "\n" not in str(refused.value) and str(refused.value).startswith(str(tmp_path / name))
    with pytest.raises(InputError, match="can be read"):
        read_grey(tmp_path / "missing.png")
