"""How many test digits are still recognised when something else is on the page: python tools/pages.py [results] [count].

`results` are those of make reproduce; the digits are the last of the test file. Prints a table for results/README.md.
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


def page(digit: Grey) -> Grey:
    """A digit in black on white, with a margin."""
    picture = Image.fromarray(255 - digit)
    return np.asarray(picture.resize((digit.shape[1] * SCALE, digit.shape[0] * SCALE), Image.Resampling.BICUBIC))


def cropped(sheet: Grey) -> Grey:
    """The part between the outermost ink."""
    rows, columns = (np.flatnonzero((sheet < 128).any(axis=axis)) for axis in (1, 0))
    return sheet[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def rimmed(sheet: Grey) -> Grey:
    """In the dark of a scanner."""
    return np.pad(sheet, 20, constant_values=15)


def boxed(sheet: Grey) -> Grey:
    """In a printed box, on white."""
    return np.pad(np.pad(sheet, 4, constant_values=40), 30, constant_values=255)


def squared(sheet: Grey) -> Grey:
    """On squared paper."""
    made = sheet.copy()
    for lines in (made[::28], made[:, ::28]):
        np.minimum(lines, 190, out=lines)
    return made


def folded(sheet: Grey) -> Grey:
    """With a fold across: one half lies in the shade."""
    made = sheet.astype(float)
    made[len(made) // 2 :] *= 0.85
    return made.astype(np.uint8)


def punched(sheet: Grey) -> Grey:
    """With the hole of a punch at its left edge."""
    made = np.pad(sheet, ((0, 0), (60, 0)), constant_values=255)
    rows, columns = np.ogrid[: made.shape[0], : made.shape[1]]
    made[(rows - made.shape[0] // 2) ** 2 + (columns - 22) ** 2 < 14**2] = 60
    return made


CASES: dict[str, Callable[[Grey], Grey]] = {
    "black on white, with a margin": lambda sheet: sheet,
    "white on black, with a margin": lambda sheet: 255 - sheet,
    "cropped to its ink, black on white": cropped,
    "cropped to its ink, white on black": lambda sheet: 255 - cropped(sheet),
    "the dark rim of a scan": rimmed,
    "a printed box around it": boxed,
    "a fold, one half in the shade": folded,
    "the hole of a punch": punched,
    "squared paper": squared,
    "upside down": lambda sheet: sheet[::-1, ::-1],
}


def main(results: Path, count: int) -> None:
    """Print a row a case: of how many digits the model says the right one."""
    weights = np.load(results / "runs/task=softmax/lambda=0.0/shuffle=true/seed=0/weights.npz", allow_pickle=False)[
        "last"
    ]
    test = read_images(results / "data/mnist/test.parquet")
    digits, labels = test.images[-count:], test.labels[-count:]
    print(f"| on the page | right, of {count:,} | no ink found | may be more than one |\n| --- | --- | --- | --- |")
    for name, change in CASES.items():
        right = none = several = 0
        for digit, label in zip(digits, labels, strict=True):
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
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "results"), int(sys.argv[2]) if len(sys.argv) > 2 else 1000)
