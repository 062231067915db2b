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
HEAD = 0.35  # inches of the first line
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
    row_height = SIDE + (max(len(lines[picture.name]) for picture in shown) + 1) * LINE + 0.2
    width, height = columns * WIDTH, math.ceil(len(shown) / columns) * row_height + HEAD
    figure = new_figure(width, height)
    figure.set_layout_engine("none")  # every place is given
    left_out = "" if len(shown) == len(predicted) else f", the first {MOST} of {len(predicted)}"
    figure.text(0.1 / width, 1 - 0.2 / height, f"As read, and as the models saw it{left_out}", va="center")
    for number, picture in enumerate(shown):
        row, column = divmod(number, columns)
        left, top = column * WIDTH + 0.1, height - HEAD - row * row_height
        assert picture.grey is not None
        read = Image.fromarray(picture.grey)
        read.thumbnail((LONGEST, LONGEST), Image.Resampling.BOX)
        for offset, image, largest in ((0, read, 255), (SIDE + 0.1, picture.image, pixel_max)):
            box = ((left + offset) / width, (top - SIDE) / height, SIDE / width, SIDE / height)
            show_image(figure.add_axes(box), np.asarray(image), largest)
        for place, text in enumerate([picture.name, *lines[picture.name]]):
            short = text if len(text) <= LETTERS else f"{text[: LETTERS - 1]}…"
            y, weight = (top - SIDE - (place + 0.7) * LINE) / height, "normal" if place else "bold"
            figure.text(left / width, y, short, va="center", fontsize=7, weight=weight, parse_math=False)
    return figure
