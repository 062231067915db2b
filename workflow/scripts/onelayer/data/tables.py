"""A table of pixels, a row an image: the CSV files that digits are often handed on in."""

import math
from pathlib import Path

import numpy as np

from onelayer.data.readers import Bytes
from onelayer.io.errors import InputError, one_line

LABELS = ("label", "class", "target", "y")


def is_table(path: Path) -> bool:
    """Whether a file has the suffix of a table."""
    return path.name.lower().endswith((".csv", ".csv.gz"))


def read_table(path: Path) -> tuple[Bytes, Bytes] | None:
    """Images uint8 (n, side, side) and labels uint8 (n,), or None if no column has labels.

    The labels have a name of LABELS, or, in a table without names, are the first of one column more than a square.

    Raises InputError: it is no table of pixels; the message names the file.
    """
    import pandas as pd

    try:
        table = pd.read_csv(path)
        if all(str(name).strip().replace(".", "").isdigit() for name in table.columns):
            table = pd.read_csv(path, header=None)
    except (OSError, ValueError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: not a table: {one_line(error)}") from error
    names = {str(name).lower(): name for name in table.columns}
    own = [names[name] for name in LABELS if name in names]
    if not own and table.columns[0] == 0 and math.isqrt(table.shape[1] - 1) ** 2 == table.shape[1] - 1:
        own = [0]
    if not own:
        return None
    values, labels = table.drop(columns=own[0]).to_numpy(), table[own[0]].to_numpy()
    side = math.isqrt(values.shape[1])
    if side**2 != values.shape[1] or side == 0:
        raise InputError(f"{path}: {values.shape[1]} columns beside {own[0]}: pixels of a square image are needed")
    for said, array in (("pixels", values), ("labels", labels)):
        if array.dtype.kind not in "iu" or array.min() < 0 or array.max() > 255:
            raise InputError(f"{path}: its {said} are not integers from 0 to 255")
    return values.astype(np.uint8).reshape(-1, side, side), labels.astype(np.uint8)
