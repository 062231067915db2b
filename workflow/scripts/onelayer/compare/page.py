"""The differences of two folders as one HTML file that needs no other."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

import jinja2

from onelayer.compare.charts import chart
from onelayer.compare.differences import ROUNDING, Difference, paired
from onelayer.compare.folders import Folder, RunKey
from onelayer.compare.images import Tested
from onelayer.data.description import PROJECT
from onelayer.shown import as_number
from onelayer.shown import short as shortened

TEMPLATES = PROJECT / "workflow/comparison"
FIRST_METRICS = ("validation_accuracy", "validation_loss", "steps")
MOST_ROWS = 200  # of one table; the CSV file has all
OPEN_ROWS = 12  # a longer table is folded
MOST_CHARTS = 30  # runs whose curves are drawn


class Drawn(NamedTuple):
    """A run of one folder or of both, or two runs that differ in lambda, and its curves as SVG."""

    title: str
    charts: list[str]


def render(
    a: Folder, b: Folder, differences: Sequence[Difference], tested: Sequence[Tested], untested: dict[str, str]
) -> str:
    """The page; its bytes follow from the arguments."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters |= {"short": short, "signed": signed, "as_written": as_written}
    kinds = {kind: list(found) for kind, found in groupby(differences, key=lambda difference: difference.kind)}
    drawn, candidates = curves_drawn(a, b, differences)
    return environment.get_template("page.html.jinja").render(
        a=a,
        b=b,
        style=Path(TEMPLATES, "style.css").read_text(encoding="utf-8"),
        differences=differences,
        kinds=kinds,
        paired=paired(a, b),
        unequal={difference.run for difference in kinds.get("metric", [])},
        metrics=metric_tables(kinds.get("metric", [])),
        tested=tested,
        untested=untested,
        drawn=drawn,
        candidates=candidates,
        most_rows=MOST_ROWS,
        open_rows=OPEN_ROWS,
        most_charts=MOST_CHARTS,
        rounding=f"{ROUNDING:g}".replace("e-0", "e-"),
    )


def metric_tables(
    differences: Sequence[Difference],
) -> dict[str, tuple[list[str], dict[RunKey, dict[str, Difference]]]]:
    """By task: the metrics that differ in any of its runs, and by run its differences by metric."""
    tables: dict[str, tuple[list[str], dict[RunKey, dict[str, Difference]]]] = {}
    for difference in differences:
        if difference.run:
            columns, runs = tables.setdefault(difference.run.task, ([], {}))
            runs.setdefault(difference.run, {})[difference.key] = difference
            if difference.key not in columns:
                columns.append(difference.key)
    for columns, _ in tables.values():
        columns.sort(key=lambda name: FIRST_METRICS.index(name) if name in FIRST_METRICS else len(FIRST_METRICS))
    return tables


def curves_drawn(a: Folder, b: Folder, differences: Sequence[Difference]) -> tuple[list[Drawn], int]:
    """What is drawn of the runs whose curves differ or that one folder alone has, and how many pictures all would be.

    Where they are more than MOST_CHARTS, the first of each task and lambda are drawn, up to so many.
    """
    pairs: list[tuple[RunKey | None, RunKey | None]] = []
    for run in dict.fromkeys(difference.run for difference in differences if difference.kind == "curve"):
        pairs.append((run, run))
    pairs += _unpaired(a, b)
    chosen = pairs
    if len(pairs) > MOST_CHARTS:
        first: dict[Any, tuple[RunKey | None, RunKey | None]] = {}
        for pair in pairs:
            first.setdefault(tuple(run and run[:2] for run in pair), pair)
        chosen = list(first.values())[:MOST_CHARTS]
    return [_drawn(a, b, *pair) for pair in chosen], len(pairs)


def _unpaired(a: Folder, b: Folder) -> list[tuple[RunKey | None, RunKey | None]]:
    """Runs of one folder alone; where each has one of a task, order and seed, the two together: a changed lambda."""
    only = [[run for run in one.runs if run not in other.runs] for one, other in ((a, b), (b, a))]
    pairs: list[tuple[RunKey | None, RunKey | None]] = []
    for place in dict.fromkeys((run.task, run.shuffle, run.seed) for runs in only for run in runs):
        ones, others = ([run for run in runs if (run.task, run.shuffle, run.seed) == place] for runs in only)
        if len(ones) == len(others) == 1:
            pairs.append((ones[0], others[0]))
        else:
            pairs += [*((run, None) for run in ones), *((None, run) for run in others)]
    return pairs


def _drawn(a: Folder, b: Folder, one: RunKey | None, other: RunKey | None) -> Drawn:
    curves = {}
    if one:
        curves["A"] = a.curves[one]
    if other:
        curves["B"] = b.curves[other]
    if one and other:
        title = f"{one.task}: {one.place}" + ("" if one == other else f" in A, λ = {other.lam} in B")
    else:
        run = one or other
        assert run is not None
        title = f"{run.task}: {run.place}, only in {'A' if one else 'B'}"
    names = {"validation_loss": "validation loss", "validation_accuracy": "validation accuracy"}
    charts = [
        chart(label, {side: (table.index, table[column]) for side, table in curves.items()})
        for column, label in names.items()
    ]
    return Drawn(title, charts)


def short(text: str | None) -> str:
    """A field of a table for a person, also where there is none."""
    return shortened(text) if text else "–"


def as_written(text: str) -> str:
    """A setting or a version for a person: a hash without its end, and no number rounded, for 1.10 is not 1.1."""
    return f"{text[:12]}…" if len(text) in (40, 64) and set(text) <= set("0123456789abcdef") else text


def signed(text: str) -> str:
    """A difference for a person: its sign and three digits."""
    number = as_number(text)
    return (
        (f"{number:+.3g}" if isinstance(number, float) else f"{number:+d}").replace("-", "−")
        if number is not None
        else text
    )
