"""The page: the template with its style and scripts, filled in."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from onelayer.explorer.packing import packed
from onelayer.io.files import finite_or_none

FOLDER = Path(__file__).resolve().parents[3] / "explorer"
# In this order: what a script uses stands before it.
SCRIPTS = (
    *("preparation.js", "model.js", "common.js", "curves.js", "weights.js", "images.js", "draw.js"),
    *("train.js", "playground.js", "main.js"),
)


def page_html(content: Mapping[str, Any], vega: str, **plain: Any) -> str:
    """The page.

    Parameters
    ----------
    content : what the scripts read, as JSON
    vega : the library that draws curves, JavaScript
    plain
        What the template prints: tables as lists of rows.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"short": short, "counted": counted}
    own = {path: Markup((FOLDER / path).read_text(encoding="utf-8")) for path in ("style.css", *SCRIPTS)}
    return environment.get_template("page.html.jinja").render(
        plain,
        content=as_script(content),
        style=own["style.css"],
        engine=own["train.js"],
        scripts=[own[path] for path in SCRIPTS],
        vega=packed(vega.encode()),
    )


def as_script(content: Mapping[str, Any]) -> Markup:
    """JSON that can stand in a script element: nothing in it ends the element, and what is not finite is null."""
    text = json.dumps(finite_or_none(content), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def counted(verdicts: Sequence[str]) -> str:
    """How many there are of each: "met (20), missed (1)"."""
    return ", ".join(f"{verdict} ({count})" for verdict, count in Counter(verdicts).most_common())


def short(text: str) -> str:
    """A field of a table for a person: six digits of a number that is not an integer; other text as it is."""
    try:
        return text if text.lstrip("-").isdigit() else f"{float(text):.6g}"
    except ValueError:
        return text
