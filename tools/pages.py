"""How many test digits are still recognised when something else is on the page: python tools/pages.py [results].

`results` are those of make reproduce; the digits are the last of the test file. Prints the table of results/README.md.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from onelayer.data.preparation import prepare
from onelayer.data.store import read_images
from onelayer.io.errors import InputError
from onelayer.pictures.ink import ink_of, several_parts

Grey = NDArray[np.uint8]
SCALE = 8  # a digit is drawn this many times as large
COUNT = 1000


def page(digit: Grey) -> Grey:
    """A digit in black on white, with a margin."""
    picture = Image.fromarray(255 - digit)
    return np.asarray(picture.resize((digit.shape[1] * SCALE, digit.shape[0] * SCALE), Image.Resampling.BICUBIC))


def cropped(sheet: Grey) -> Grey:
    rows, columns = (np.flatnonzero((sheet < 128).any(axis=axis)) for axis in (1, 0))
    return sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def squared(sheet: Grey) -> Grey:
    made = sheet.copy()
    for lines in (made[::28], made[:, ::28]):
        np.minimum(lines, 190, out=lines)
    return made


def folded(sheet: Grey) -> Grey:
    half = len(sheet) // 2
    return np.vstack([sheet[:half], (sheet[half:] * 0.85).astype(np.uint8)])


def punched(sheet: Grey) -> Grey:
    made = np.pad(sheet, ((0, 0), (60, 0)), constant_values=255)
    rows, columns = np.ogrid[: made.shape[0], : made.shape[1]]
    made[(rows - made.shape[0] // 2) ** 2 + (columns - 22) ** 2 < 14**2] = 60
    return made


CASES: dict[str, Callable[[Grey], Grey]] = {
    "black on white, with a margin": lambda sheet: sheet,
    "white on black, with a margin": lambda sheet: 255 - sheet,
    "cropped to its ink, black on white": cropped,
    "cropped to its ink, white on black": lambda sheet: 255 - cropped(sheet),
    "the dark rim of a scan": lambda sheet: np.pad(sheet, 20, constant_values=15),
    "a printed box around it": lambda sheet: np.pad(np.pad(sheet, 4, constant_values=40), 30, constant_values=255),
    "a fold, one half in the shade": folded,
    "the hole of a punch": punched,
    "squared paper": squared,
    "upside down": lambda sheet: sheet[::-1, ::-1],
}


def main(results: Path) -> None:
    """Print a row a case: of how many digits the model says the right one."""
    path = results / "runs/task=softmax/lambda=0.0/shuffle=true/seed=0/weights.npz"
    weights = np.load(path, allow_pickle=False)["last"]
    test = read_images(results / "data/mnist/test.parquet")
    print(f"| on the page | right, of {COUNT:,} | no ink found | may be more than one |\n| --- | --- | --- | --- |")
    for name, change in CASES.items():
        right = none = several = 0
        for digit, label in zip(test.images[-COUNT:], test.labels[-COUNT:], strict=True):
            try:
                ink = ink_of(change(page(digit)))
                image = prepare(ink, "centred_by_mass", (28, 28), 255)
            except InputError:
                none += 1
                continue
            several += several_parts(ink)
            right += int((weights @ np.append(image.ravel() / 127.5 - 1, 1)).argmax() == label)
        print(f"| {name} | {right} | {none} | {several} |", flush=True)


if __name__ == "__main__":
    main(Path(*sys.argv[1:]) if sys.argv[1:] else Path("results"))
