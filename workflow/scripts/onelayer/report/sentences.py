"""Sentences of the report that count settings and verdicts, and the cells of the table of claims, as LaTeX.

What runs and minima show is said by report/findings.tex.jinja.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from onelayer.experiment.claims import VERDICTS
from onelayer.experiment.task import Task
from onelayer.report.latex import Latex, counted, escape, integer, listed, significant, typewriter
from onelayer.stopping import rule_of

Entry = Mapping[str, Any]
ORIGINS = {"source": "of the source", "own": "beyond it", "literature": "of other publications"}
# Of verdicts on claims those that are no adjectives, and of verdicts on published values all.
CLAIMS, VALUES = {"does not apply": "not applicable"}, {"met": "met", "missed": "missed"}
VALUES |= {"not run": "of runs outside this grid", "does not apply": "of tasks with other settings here"}


def join(sentences: Iterable[str]) -> Latex:
    """Sentences one after the other."""
    return Latex("\n".join(sentences))


def figures(task: str, drawn: Sequence[str], *kinds: str) -> Latex:
    """References to those figures of a task that are drawn; empty if none is."""
    labels = [Latex(f"\\ref{{fig:{task}-{kind}}}") for kind in kinds if kind in drawn]
    return Latex(f"{'Figures' if len(labels) > 1 else 'Figure'}~{listed(labels)}" if labels else "")


def stops(tasks: Mapping[str, Task]) -> Latex:
    """When training ends early."""
    rules: dict[str, list[Latex]] = {}
    for name, task in tasks.items():
        if task.runs:
            rules.setdefault(rule_of(task.early_stop).ends_when, []).append(typewriter(name))
    ends = {when: "never ends early" if when == "never" else f"ends early {escape(when)}" for when in rules}
    return join(f"Training of {listed(names)} {ends[when]}." for when, names in rules.items())


def streams(tasks: Mapping[str, Task]) -> Latex:
    """Whose random stream has run on from earlier models."""
    found = []
    for name, task in tasks.items():
        counts = {run.lam: task.settings(run).permutations_before for run in task.runs if run.shuffle}
        differ = len({*counts.values()}) > 1
        by = rf" for $\lambda$ of {listed([*counts])}" if differ else ""
        each = listed([integer(count) for count in (counts.values() if differ else {*counts.values()})])
        if any(counts.values()):
            begin = f"The runs of {typewriter(name)} begin where the random stream of earlier models ended"
            found.append(f"{begin}, after {each} permutations{by}.")
    return join(found)


def verdicts(published: Sequence[Mapping[str, str]]) -> Latex:
    """How many of the published values are met, missed, not run or do not apply, and how many were read off figures."""
    counts, read_off = Counter(row["verdict"] for row in published), sum(row["kind"] == "read off" for row in published)
    finely = f" Read off figures: {integer(read_off)}." if read_off else ""
    if counts["met"] == len(published):
        return Latex(f"All {integer(len(published))} published values are met.{finely}")
    parts = [Latex(f"{integer(counts[verdict])} {words}") for verdict, words in VALUES.items() if counts[verdict]]
    return Latex(f"Of {integer(len(published))} published values: {listed(parts)}.")


def claims_in_short(claims: Sequence[Entry]) -> Latex:
    """How many claims have each verdict, those of the source apart from others."""
    sentences = []
    for origin, words in ORIGINS.items():
        counts = Counter(claim["verdict"] for claim in claims if claim["origin"] == origin)
        parts = [f"{integer(counts[name])} {CLAIMS.get(name, name)}" for name in VERDICTS if counts[name]]
        if parts:
            sentences.append(f"Of {counted(counts.total(), 'claim')} {words}: {listed(parts)}.")
    return join(sentences)


def in_numbers(claims: Sequence[Entry]) -> Latex:
    """The claims of the source that the data do not bear out, each with what was measured."""
    sentences = []
    for verdict in ("contradicted", "mixed", "no difference"):
        own = [claim for claim in claims if claim["origin"] == "source" and claim["verdict"] == verdict]
        if own:
            sentences.append(f"{verdict.capitalize()}: {'; '.join(map(_with_numbers, own))}.")
    return join(sentences)


def _with_numbers(claim: Entry) -> str:
    parts = [part for part in claim["parts"] if part["value"] is not None]
    values = [Latex(in_unit(part) + (" points" if part["unit"] == "points" else "")) for part in parts]
    where = f" in {len(values)} parts of the data" if len(values) > 1 else ""
    return f"{escape(claim['claim'].rstrip('.'))} ({listed(values)}{where})"


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
