"""What the report says of claims: counts of verdicts, the numbers of the abstract, and the cells of the table of claims."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.experiment.claims import VERDICTS
from onelayer.report.latex import Latex, counted, escape, integer, listed, significant
from onelayer.report.sentences import join

Entry = Mapping[str, Any]
ORIGINS = {"source": "of the source", "own": "beyond it", "literature": "of other publications"}
WORDS = {"does not apply": "not applicable"}  # of verdicts that are no adjectives


def claims_in_short(claims: Sequence[Entry]) -> Latex:
    """How many claims have each verdict, those of the source apart from others."""
    sentences = []
    for origin, words in ORIGINS.items():
        counts = Counter(claim["verdict"] for claim in claims if claim["origin"] == origin)
        parts = [f"{integer(counts[name])} {WORDS.get(name, name)}" for name in VERDICTS if counts[name]]
        if parts:
            sentences.append(f"Of {counted(counts.total(), 'claim')} {words}: {listed(parts)}.")
    return join(*sentences)


def in_numbers(claims: Sequence[Entry]) -> Latex:
    """The claims of the source that the data do not bear out, each with what was measured."""
    sentences = []
    for verdict in ("contradicted", "mixed", "no difference"):
        own = [claim for claim in claims if claim["origin"] == "source" and claim["verdict"] == verdict]
        if own:
            sentences.append(f"{verdict.capitalize()}: {'; '.join(map(_with_numbers, own))}.")
    return join(*sentences)


def _with_numbers(claim: Entry) -> str:
    parts = [part for part in claim["parts"] if part["value"] is not None]
    values = [Latex(in_unit(part) + (" points" if part["unit"] == "points" else "")) for part in parts]
    where = f" in {len(values)} parts of the data" if len(values) > 1 else ""
    return f"{escape(claim['claim'].rstrip('.'))} ({listed(values)}{where})"


def shown(claims: Sequence[Entry]) -> list[Entry]:
    """The claims of which something was measured."""
    return [claim for claim in claims if any(part["value"] is not None for part in claim["parts"])]


def in_unit(part: Entry, key: str = "value") -> Latex:
    """A number of a part of a claim in its unit, for a cell of a table; empty if it is None."""
    value, unit = part[key], part["unit"]
    if value is None:
        return Latex("")
    if unit in ("points", "%"):
        text = f"{100 * value:.2f}"
        sign = "$-$" if float(text) < 0 else ""
        return Latex(f"{sign}{text.removeprefix('-')}" + (r"\,\%" if unit == "%" else ""))
    return integer(value) if abs(value) >= 1000 else significant(value)


def interval(part: Entry) -> Latex:
    """The interval of a part of a claim; empty if it has none, or no chance decides the value."""
    if part["low"] is None or (part["low"] == part["high"] and part["runs"] == 1):
        return Latex("")
    return Latex(f"{in_unit(part, 'low')} to {in_unit(part, 'high')}")


def varied(part: Entry) -> Latex:
    """What the interval is over, with how many of each; empty without an interval."""
    seeds = [counted(part["runs"], "seed")] if interval(part) and part["runs"] > 1 else []
    images = [counted(part["images"], "image")] if interval(part) and part["images"] else []
    return listed(seeds + images)
