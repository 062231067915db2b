"""The page: the template with its style and scripts, filled in."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import jinja2
import vl_convert
from markupsafe import Markup

from onelayer.data.store import finite_or_none
from onelayer.explorer.packing import packed
from onelayer.shown import short

# In this order: what a script uses stands before it.
SCRIPTS = ("preparation.js", "model.js", "common.js", "curves.js", "weights.js", "images.js", "draw.js", "main.js")


def render(folder: str | Path, content: Mapping[str, Any], **plain: Any) -> str:
    """The page as HTML.

    Parameters
    ----------
    folder : path of workflow/explorer
    content : mapping
        What the scripts read, as JSON.
    plain
        What the template prints: tables as lists of rows.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"short": short, "counted": counted}
    own = {path: Markup(Path(folder, path).read_text(encoding="utf-8")) for path in ("style.css", *SCRIPTS)}
    return environment.get_template("page.html.jinja").render(
        plain,
        content=as_script(content),
        style=own["style.css"],
        scripts=[own[path] for path in SCRIPTS],
        vega=packed(vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed").encode()),
    )


def as_script(content: Mapping[str, Any]) -> Markup:
    """JSON that can stand in a script element: nothing in it ends the element, and what is not finite is null."""
    text = json.dumps(finite_or_none(content), ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def counted(verdicts: Sequence[str]) -> str:
    """How many there are of each: "met (20), missed (1)"."""
    return ", ".join(f"{verdict} ({count})" for verdict, count in Counter(verdicts).most_common())
