"""Text and numbers as LaTeX. Whatever is not `Latex` already is escaped before it is printed."""

import math
from collections.abc import Sequence

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
    "λ": r"$\lambda$",
    "½": r"$\frac12$",
}
LAST_LATIN = "\u017f"  # the end of what the T1 fonts cover in one run, but for these:
MISSING = frozenset("ĦħĸĿŀŉŦŧſ")
EMPTY = "\u2014"  # in a cell that has no value


class Latex(str):
    """Text that is LaTeX already."""


def escape(text: object) -> Latex:
    """Text that LaTeX prints as it is typed; a character that the fonts lack prints as its code point."""
    if isinstance(text, Latex):
        return text
    return Latex("".join(map(_escape_character, str(text))))


def _escape_character(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isspace():
        return " "
    if character.isprintable() and character <= LAST_LATIN and character not in MISSING:
        return character
    return rf"\texttt{{U+{ord(character):04X}}}"


def integer(value: float | str) -> Latex:
    """12345 as 12,345."""
    return Latex(f"{round(float(value)):,}".replace(",", "{,}"))


def fixed(value: float | str, digits: int) -> Latex:
    """A number with `digits` decimals; one of 1,000 and more with three significant digits; EMPTY if it is not finite."""
    if not math.isfinite(float(value)):
        return Latex(EMPTY)
    return Latex(f"{float(value):.{digits}f}") if abs(float(value)) < 1e3 else significant(value)


def significant(value: float | str, digits: int = 3) -> Latex:
    """A number with `digits` significant digits; very large or small ones as a power of ten; EMPTY if it is not finite."""
    if not math.isfinite(float(value)):
        return Latex(EMPTY)
    mantissa, _, exponent = f"{float(value):.{digits}g}".partition("e")
    return Latex(rf"${mantissa}\times 10^{{{int(exponent)}}}$" if exponent else f"${mantissa}$")


def percent(value: float | str, digits: int = 1) -> Latex:
    """A fraction as a percentage."""
    return Latex(rf"{100 * float(value):.{digits}f}\,\%")


def points(value: float | str, digits: int = 2) -> Latex:
    """A difference of fractions in percentage points."""
    return Latex(f"{100 * float(value):.{digits}f}")


def breakable(text: object) -> Latex:
    """Text in typewriter that may be broken anywhere: hashes."""
    return Latex(r"\texttt{" + r"\allowbreak{}".join(map(escape, str(text))) + "}")


def typewriter(text: object) -> Latex:
    """Text in typewriter that may be broken after punctuation: keys, values and file names."""
    pieces = "".join(escape(c) + (r"\allowbreak{}" if c in "._,/-" else "") for c in str(text))
    return Latex(rf"\texttt{{{pieces}}}")


def counted(number: int, noun: str) -> Latex:
    """A number and its noun: 1 evaluation, 2 evaluations."""
    return Latex(f"{integer(number)} {noun}{'s' * (number != 1)}")


def listed(items: Sequence[str]) -> Latex:
    """a, b and c; empty without items."""
    *others, last = map(escape, items or [""])
    return Latex(f"{', '.join(others)} and {last}" if others else last)
