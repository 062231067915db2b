"""The ledger: each claim with its numbers, its intervals and its verdict. A verdict is computed and never written by hand."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.experiment.claims import VERDICTS, Claim
from onelayer.io.files import finite_or_none
from onelayer.results.measures import NotMeasured, measure
from onelayer.results.rebuilt import Rebuilt
from onelayer.results.statistics import Interval

OF_CLAIM = ("id", "origin", "place", "claim", "quantity", "of", "at", "over")
COLUMNS = [*OF_CLAIM, "task", "value", "low", "high", "runs", "images", "unit", "rule", "turns_at", "part", "verdict"]
COLUMNS += ["reason"]
DECIDED = VERDICTS[:4]  # by an interval


def ledger(
    claims: Sequence[Claim], rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]], shape: Sequence[int]
) -> list[dict[str, Any]]:
    """A row for each claim and each of its tasks, with the keys COLUMNS.

    `differing` is that of the Source; `shape` is (height, width) of the images. `value`, `low` and `high` (a 99 % interval) are those
    of the task, None if there are none, and `part` is what they decide. `verdict` is that of the claim: of its one task; or, over
    data, that in which all parts agree, "mixed" if some are decided one way and some another, and else "undecided". `turns_at` is
    the limit at which the part would be decided otherwise, if the limit is ours.
    """
    rows = []
    for claim in claims:
        parts = [_row(claim, task, rebuilt, differing, shape) for task in claim.tasks]
        verdict = together([part["part"] for part in parts])
        rows += [part | {"verdict": verdict} for part in parts]
    return rows


def grouped(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows of a ledger as one entry a claim, with `parts`, its rows."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        own = {key: row[key] for key in (*OF_CLAIM, "unit", "rule", "verdict")}
        found.setdefault(row["id"], own | {"parts": []})["parts"].append(row)
    return list(found.values())


def _row(
    claim: Claim, task: str, rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]], shape: Sequence[int]
) -> dict[str, Any]:
    """The row of one task, without the verdict of the claim."""
    row = dict.fromkeys(COLUMNS) | {key: getattr(claim, key) for key in (*OF_CLAIM, "unit")}
    row |= {"task": task, "rule": rule_text(claim)}
    try:
        for name in (task, claim.pair[0]) if claim.contrast == "against" else (task,):
            if claim.held and differing.get(name):
                keys = ", ".join(differing[name])
                raise NotMeasured("does not apply", f"Task {name} differs from the source's in {keys}.")
        measured = measure(claim, task, rebuilt, shape)
    except NotMeasured as why:
        return row | dict(zip(("part", "reason"), why.args, strict=True))
    part = decide(measured, claim.rule, claim.margin)
    row |= {key: finite_or_none(getattr(measured, key)) for key in ("value", "low", "high", "runs")}
    row |= {"images": measured.images or None, "part": part, "reason": reason(claim, measured)}
    return row | {"turns_at": turns_at(measured, claim.rule, part) if claim.ours else None}


def decide(measured: Interval, rule: Mapping[str, float], margin: float) -> str:
    """The verdict on a measure under a rule: `above` or `below` a limit, or `from` one `to` another.

    "no difference" if the whole interval is within the margin around 0; else "supported" if all of it keeps the rule,
    "contradicted" if none does, "undecided" if some does or the value is not defined; "too few runs" if there is no interval.
    """
    value, low, high, *_ = measured
    if not math.isfinite(value):
        return "undecided"
    if low is None or high is None:
        return "too few runs"
    if -margin < low and high < margin:
        return "no difference"
    lowest, highest = limits(rule)
    if lowest <= low and high <= highest:
        return "supported"
    return "contradicted" if high < lowest or low > highest else "undecided"


def together(verdicts: Sequence[str]) -> str:
    """The verdict of a claim from those of its parts."""
    found = set(verdicts)
    if len(found) > 1 and found <= set(DECIDED):
        return "mixed"
    order = ("does not apply", "not run", "too few runs", "undecided")
    return next((name for name in order if name in found), verdicts[0])


def limits(rule: Mapping[str, float]) -> tuple[float, float]:
    """Lowest and highest value that keep a rule. A limit itself does not keep `above` or `below`."""
    if "above" in rule:
        return math.nextafter(rule["above"], math.inf), math.inf
    if "below" in rule:
        return -math.inf, math.nextafter(rule["below"], -math.inf)
    return rule["from"], rule["to"]


def turns_at(measured: Interval, rule: Mapping[str, float], verdict: str) -> float | None:
    """The limit of a rule `above` or `below` beyond which the verdict would be another; None for another rule or verdict."""
    if "from" in rule or verdict not in ("supported", "contradicted"):
        return None
    kept_from_below = ("above" in rule) == (verdict == "supported")
    return measured.low if kept_from_below else measured.high


def rule_text(claim: Claim) -> str:
    """The rule of a claim in words, and its margin, in the unit of what is measured."""
    shown = {word: shown_number(limit, claim.unit, exact=True) for word, limit in claim.rule.items()}
    text = " ".join(f"{word} {limit}" for word, limit in shown.items())
    if len(set(shown.values())) < len(shown):
        text = f"exactly {shown['to']}"
    margin = f", and less than {shown_number(claim.margin, claim.unit, exact=True)} is no difference"
    return text + margin if claim.margin else text


def reason(claim: Claim, measured: Interval) -> str:
    """One sentence: what was measured, what came out, and what that decides."""
    value, low, high, runs, images, exact = measured
    if not math.isfinite(value):
        return f"{claim.quantity} is not defined in every run."
    found, asked = f"{claim.quantity} is {shown_number(value, claim.unit)}", f"the rule asks for {rule_text(claim)}."
    if exact:
        return f"{found}; {asked}"
    if low is None or high is None:
        return f"{found}, of {runs} run{'s' * (runs != 1)}: too few, or too much alike, for an interval."
    varied = [f"{runs} seeds"] * (runs > 1) + [f"{images:,} images"] * (images > 0)
    bounds = f"{shown_number(low, claim.unit)} to {shown_number(high, claim.unit)}"
    return f"{found} (99 % interval {bounds}, {' and '.join(varied)}); {asked}"


def shown_number(value: float, unit: str, exact: bool = False) -> str:
    """A number in its unit: to four digits or two decimals, or, of a limit, as it is."""
    if unit in ("points", "%"):
        return f"{100 * value:g} {unit}" if exact else f"{100 * value:.2f} {unit}"
    return f"{value:g}" if exact else f"{value:.4g}"
