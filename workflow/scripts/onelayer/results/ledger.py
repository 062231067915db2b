"""The ledger: each claim with its number, its interval and its verdict. A verdict is computed and never written by hand."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.io.errors import InputError
from onelayer.io.files import finite_or_none
from onelayer.results.measures import MEASURES, NotRun, Tables
from onelayer.results.statistics import Interval

COLUMNS = ["id", "place", "claim", "task", "measure", "value", "low", "high", "runs", "rule", "verdict", "reason"]


def ledger(claims: Sequence[Mapping[str, Any]], tables: Tables) -> list[dict[str, Any]]:
    """A row for each claim, with the keys COLUMNS.

    Parameters
    ----------
    claims : as claims.yaml of a source holds them
    tables : Tables

    Returns
    -------
    list of dict
        `value`, `low` and `high` (a 95 % interval) are None if the measure has none. The verdict is "supported" if the whole
        interval keeps the rule, "contradicted" if none of it does, "undecided" otherwise, if one run alone stands for what
        chance decides, or if the value is not defined (not finite), and "not run" if the runs that could tell are not in
        this configuration.
    """
    return [{key: row[key] for key in COLUMNS} for row in (_row(claim, tables) for claim in claims)]


def _row(claim: Mapping[str, Any], tables: Tables) -> dict[str, Any]:
    row = {key: claim[key] for key in ("id", "place", "claim")}
    task = claim["measure"].get("task")
    row |= {"task": task, "measure": claim["measure"]["name"], "rule": rule_text(claim["rule"])}
    arguments = {key: value for key, value in claim["measure"].items() if key != "name"}
    if claim["measure"]["name"] not in MEASURES:
        raise InputError(f"claims.yaml: {claim['id']}: unknown measure; known: {', '.join(MEASURES)}")
    try:
        measured = MEASURES[claim["measure"]["name"]](tables, **arguments)
    except NotRun as missing:
        empty = dict.fromkeys(("value", "low", "high", "runs"))
        return row | empty | {"verdict": "not run", "reason": f"This configuration has no {missing}."}
    verdict = decide(measured, claim["rule"])
    numbers = {name: finite_or_none(getattr(measured, name)) for name in ("value", "low", "high")}
    return row | numbers | {"runs": measured.runs, "verdict": verdict, "reason": reason(claim, measured, verdict)}


def decide(measured: Interval, rule: Mapping[str, float]) -> str:
    """The verdict on a number under a rule: `above` or `below` a limit, or `from` one `to` another."""
    if not math.isfinite(measured.value) or measured.low is None or measured.high is None:
        return "undecided"
    low, high = limits(rule)
    if low <= measured.low and measured.high <= high:
        return "supported"
    return "contradicted" if measured.high < low or measured.low > high else "undecided"


def limits(rule: Mapping[str, float]) -> tuple[float, float]:
    """Lowest and highest value that keep a rule. A limit itself does not keep `above` or `below`."""
    if "above" in rule:
        return math.nextafter(rule["above"], math.inf), math.inf
    if "below" in rule:
        return -math.inf, math.nextafter(rule["below"], -math.inf)
    return rule["from"], rule["to"]


def rule_text(rule: Mapping[str, float], unit: str = "") -> str:
    """A rule in words, its limits in the unit of what is measured."""
    shown = {word: _limit(limit, unit) for word, limit in rule.items()}
    if "from" in rule:
        return f"from {shown['from']} to {shown['to']}" if rule["from"] != rule["to"] else f"exactly {shown['to']}"
    ((word, limit),) = shown.items()
    return f"{word} {limit}"


def reason(claim: Mapping[str, Any], measured: Interval, verdict: str) -> str:
    """One sentence: what was measured, what came out, and what that decides."""
    unit = claim.get("unit", "")
    if not math.isfinite(measured.value):
        return f"{claim['quantity']} is not defined in every run."
    value = _number(measured.value, unit)
    if measured.low is None or measured.high is None:
        return f"{claim['quantity']} is {value}: a single run, no interval."
    if measured.low == measured.high:
        found = f"{claim['quantity']} is {value}"
    else:
        found = f"{claim['quantity']} is {value} (95 % interval {_number(measured.low, unit)} to {_number(measured.high, unit)}"
        found += f", {measured.runs} runs)" if measured.runs > 1 else ")"
    word = {
        "supported": "as the claim asks",
        "contradicted": "which contradicts the claim",
        "undecided": "inconclusive because only part of the interval keeps the rule",
    }
    return f"{found}, {word[verdict]}: {rule_text(claim['rule'], unit)}."


def _number(value: float, unit: str) -> str:
    if unit == "points":
        return f"{100 * value:.2f} points"
    if unit == "%":
        return f"{100 * value:.2f} %"
    return f"{value:.4g}" + (f" {unit}" if unit else "")


def _limit(limit: float, unit: str) -> str:
    return f"{100 * limit:g} {unit}" if unit in ("points", "%") else f"{limit:g}"
