"""Tables as pages to read in a browser, each one file that needs no other."""

import base64
import csv
import io
from collections.abc import Sequence
from pathlib import Path

import jinja2

from onelayer.shown import as_number

TEMPLATES = Path(__file__).resolve().parents[2] / "report"
SHORT = 8  # characters of a number that is shown as it stands
LONG = 40  # characters from which a text gets a wide column


def table_page(path: str | Path) -> str:
    """The HTML page of a CSV table: all of its rows, and the file itself to save.

    Parameters
    ----------
    path : path of a CSV file with a header
    """
    content = Path(path).read_bytes()
    names, *rows = csv.reader(io.StringIO(content.decode("utf-8"), newline=""))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True
    )
    environment.filters["shortened"] = shortened
    return environment.get_template("table.html").render(
        name=Path(path).stem,
        columns=[{"name": name, "kind": kind([row[place] for row in rows])} for place, name in enumerate(names)],
        rows=rows,
        source=base64.b64encode(content).decode("ascii"),
    )


def kind(cells: Sequence[str]) -> str:
    """Whether a column holds numbers ("number", aligned on the right), long texts ("long") or neither ("")."""
    filled = [cell for cell in cells if cell]
    if filled and all(as_number(cell) is not None for cell in filled):
        return "number"
    return "long" if any(len(cell) > LONG for cell in filled) else ""


def shortened(cell: str) -> str:
    """A cell as it stands, but five digits of a number that is longer than SHORT characters and no integer."""
    number = as_number(cell)
    return f"{number:.5g}" if len(cell) > SHORT and isinstance(number, float) else cell
