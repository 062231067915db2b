"""What the report says of claims: counts of verdicts, the numbers of the abstract, and the cells of the table of claims."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.experiment.claims import VERDICTS
from onelayer.report.latex import EMPTY, Latex, counted, escape, integer, listed, significant

Entry = Mapping[str, Any]
ORIGINS = {"source": "of the source", "own": "beyond it", "literature": "of other publications"}
WORDS = {"does not apply": "not applicable"}  # of verdicts that are no adjectives
NOT_AS_SAID = ("contradicted", "mixed", "no difference")


def claims_in_short(claims: Sequence[Entry]) -> Latex:
    """How many claims have each verdict, those of the source apart from others."""
    sentences = []
    for origin, words in ORIGINS.items():
        own = [claim for claim in claims if claim["origin"] == origin]
        counts = Counter(claim["verdict"] for claim in own)
        parts = [Latex(f"{integer(counts[name])} {WORDS.get(name, name)}") for name in VERDICTS if counts[name]]
        if own:
            sentences.append(f"Of {counted(len(own), 'claim')} {words}: {listed(parts)}.")
    return Latex("\n".join(sentences))


def in_numbers(claims: Sequence[Entry]) -> Latex:
    """The claims of the source that the data do not bear out, each with what was measured."""
    sentences = []
    for verdict in NOT_AS_SAID:
        own = [claim for claim in claims if claim["origin"] == "source" and claim["verdict"] == verdict]
        if own:
            sentences.append(f"{verdict.capitalize()}: {'; '.join(map(_with_numbers, own))}.")
    return Latex("\n".join(sentences))


def _with_numbers(claim: Entry) -> str:
    values = [with_unit(part) for part in claim["parts"] if part["value"] is not None]
    where = f" in {len(values)} parts of the data" if len(values) > 1 else ""
    return f"{escape(claim['claim'].rstrip('.'))} ({listed(values)}{where})"


def shown(claims: Sequence[Entry]) -> list[Entry]:
    """The claims of which something was measured."""
    return [claim for claim in claims if any(part["value"] is not None for part in claim["parts"])]


def with_unit(part: Entry) -> Latex:
    """The value of a claim's measure with its unit, for a sentence."""
    return Latex(f"{measured(part)} {part['unit']}") if part["unit"] == "points" else measured(part)


def measured(part: Entry) -> Latex:
    """The value of a claim's measure with its unit, for a cell of a table."""
    return escape(EMPTY) if part["value"] is None else _in_unit(part["value"], part["unit"])


def interval(part: Entry) -> Latex:
    """The interval of a claim's measure, for a cell of a table."""
    if part["low"] is None or _exact(part):
        return escape(EMPTY)
    return Latex(f"{_in_unit(part['low'], part['unit'])} to {_in_unit(part['high'], part['unit'])}")


def varied(part: Entry) -> Latex:
    """What an interval is over, with how many of each."""
    if part["low"] is None or _exact(part):
        return escape(EMPTY)
    seeds = [counted(part["runs"], "seed")] if part["runs"] > 1 else []
    return Latex(listed(seeds + ([counted(part["images"], "image")] if part["images"] else [])))


def _exact(part: Entry) -> bool:
    """Whether no chance decides the value."""
    return bool(part["low"] == part["high"] and part["runs"] == 1)


def turns(part: Entry) -> Latex:
    """The limit at which a verdict would be another, where the limit is ours."""
    return Latex("") if part["turns_at"] is None else _in_unit(part["turns_at"], part["unit"])


def _in_unit(value: float, unit: str) -> Latex:
    if unit in ("points", "%"):
        text = f"{100 * value:.2f}"
        sign = "$-$" if float(text) < 0 else ""
        return Latex(f"{sign}{text.removeprefix('-')}" + (r"\,\%" if unit == "%" else ""))
    return integer(round(value)) if abs(value) >= 1000 else significant(value)
