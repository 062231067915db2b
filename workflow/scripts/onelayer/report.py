"""The report's LaTeX source: a template filled in from tables.

In the template `<< >>` prints and `<% %>` controls. Whatever is printed is escaped for LaTeX, unless a
filter of this module has made it LaTeX.
"""

import csv
import json
from pathlib import Path

import jinja2

ESCAPES = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\$",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "'": r"\textquotesingle{}",
    "`": r"\textasciigrave{}",
    "-": r"{-}",
    "\u2013": r"\textendash{}",
    "\u2014": r"\textemdash{}",
}
LAST_LATIN = "\u017f"  # the end of what the T1 fonts cover in one run, but for these:
MISSING = frozenset("ĦħĸĿŀŉŦŧſ")


class Latex(str):
    """Text that is LaTeX already."""


def escape(text):
    """Text that LaTeX prints as it is typed; a character that the fonts lack prints as its code point."""
    if isinstance(text, Latex):
        return text
    return Latex("".join(_escape_character(character) for character in str(text)))


def _escape_character(character):
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isspace():
        return " "
    if character.isprintable() and character <= LAST_LATIN and character not in MISSING:
        return character
    return rf"\texttt{{U+{ord(character):04X}}}"


def integer(value):
    """12345 as 12,345."""
    return Latex(f"{round(float(value)):,}".replace(",", "{,}"))


def fixed(value, digits):
    """A number with so many decimals."""
    return Latex(f"{float(value):.{digits}f}")


def significant(value, digits=3):
    """A number with so many significant digits; very large or small ones as a power of ten."""
    mantissa, _, exponent = f"{float(value):.{digits}g}".partition("e")
    return Latex(rf"${mantissa}\times 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$")


def percent(value, digits=1):
    """A fraction as a percentage."""
    return Latex(rf"{100 * float(value):.{digits}f}\,\%")


def points(value, digits=2):
    """A difference of fractions in percentage points."""
    return Latex(f"{100 * float(value):.{digits}f}")


def breakable(text):
    """Text in typewriter that may be broken anywhere: hashes."""
    return Latex(r"\texttt{" + r"\allowbreak{}".join(escape(character) for character in str(text)) + "}")


def typewriter(text):
    """Text in typewriter that may be broken after a dot, a comma or an underscore: keys and values."""
    pieces = "".join(escape(c) + (r"\allowbreak{}" if c in "._,/-" else "") for c in str(text))
    return Latex(rf"\texttt{{{pieces}}}")


def read_rows(path):
    """Rows of a CSV file as dicts of strings: every digit stays as the table has it."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def render(template_path, tables, provenance):
    """LaTeX source of the report.

    Parameters
    ----------
    template_path : path-like
    tables : dict
        Paths of the tables by name. `findings` and `experiment`, which pair names with values, reach the
        template as mappings; the others as lists of rows. All values are strings.
    provenance : path-like
        The provenance, which reaches the template without its part about the machine.
    """
    template_path = Path(template_path)
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(template_path.parent),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        finalize=escape,
    )
    filters = (integer, fixed, significant, percent, points, breakable, typewriter)
    environment.filters |= {function.__name__: function for function in filters}
    values = {name: read_rows(path) for name, path in tables.items()}
    for name in ("findings", "experiment"):
        values[name] = dict(tuple(row.values()) for row in values[name])
    values["provenance"] = json.loads(Path(provenance).read_text(encoding="utf-8"))
    del values["provenance"]["machine"]  # the report is the same wherever it is rebuilt
    return environment.get_template(template_path.name).render(values)
