"""The page: the template with its style and scripts, filled in."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from onelayer.explorer.content import packed
from onelayer.io.files import finite_or_none

FOLDER = Path(__file__).resolve().parents[3] / "explorer"


def page_html(content: Mapping[str, Any], vega: str, **plain: Any) -> str:
    """The page.

    Parameters
    ----------
    content : what the scripts read, as JSON, in which nothing ends the script element; what is not finite is null
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
    environment.policies["json.dumps_kwargs"] = {"allow_nan": False, "separators": (",", ":")}
    scripts = {path.stem: Markup(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.js"))}
    return environment.get_template("page.html.jinja").render(
        plain,
        content=finite_or_none(content),
        style=Markup((FOLDER / "style.css").read_text(encoding="utf-8")),
        main=scripts.pop("main"),  # after what it uses
        scripts=scripts,
        vega=packed(vega.encode()),
    )
