"""The contact sheet of predicted pictures: each as it was read, as the models saw it, and what they say of it."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image

from onelayer.figures import Drawn
from onelayer.figures.common import new_figure, show_image
from onelayer.pictures.predict import Picture

MOST = 60  # pictures on a sheet; the table has all
COLUMNS, MANY, WIDER = 3, 15, 6  # columns; with more than MANY pictures, WIDER
WIDTH = 3.0  # inches of a column
SIDE = 1.2  # inches of a picture
LINE = 0.17  # inches of a line of text
LONGEST = 240  # pixels of a picture as it was read
LETTERS = 60  # in a line


def draw(pictures: Sequence[Picture], lines: Mapping[str, Sequence[str]], pixel_max: int) -> Drawn:
    """Up to MOST of the pictures that are predicted.

    Parameters
    ----------
    lines : by the name of a picture what is written below it
    pixel_max : the largest pixel value of the images
    """
    predicted = [picture for picture in pictures if picture.image is not None]
    shown = predicted[:MOST]
    columns = min(COLUMNS if len(shown) <= MANY else WIDER, len(shown))
    rows = math.ceil(len(shown) / columns)
    texts = max(len(lines[picture.name]) for picture in shown) + 1
    height, head = SIDE + texts * LINE + 0.2, 0.35
    figure = new_figure(columns * WIDTH, rows * height + head)
    figure.set_layout_engine("none")  # every place is given
    total = rows * height + head
    left_out = "" if len(shown) == len(predicted) else f", the first {MOST} of {len(predicted)}"
    figure.text(0.1 / (columns * WIDTH), 1 - 0.2 / total, f"As read, and as the models saw it{left_out}", va="center")
    for number, picture in enumerate(shown):
        row, column = divmod(number, columns)
        left, top = column * WIDTH + 0.1, total - head - row * height
        assert picture.grey is not None and picture.image is not None
        for offset, image, largest in ((0, _reduced(picture.grey), 255), (SIDE + 0.1, picture.image, pixel_max)):
            box = ((left + offset) / (columns * WIDTH), (top - SIDE) / total, SIDE / (columns * WIDTH), SIDE / total)
            show_image(figure.add_axes(box), image, largest)
        for place, text in enumerate([picture.name, *lines[picture.name]]):
            short = text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
            y = (top - SIDE - (place + 0.7) * LINE) / total
            weight = "bold" if place == 0 else "normal"
            figure.text(left / (columns * WIDTH), y, short, va="center", fontsize=7, weight=weight, parse_math=False)
    return figure


def _reduced(grey: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(grey)
    picture.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
    return np.asarray(picture)
