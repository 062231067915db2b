"""Published values beside rebuilt ones."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from onelayer.experiment.task import Run
from onelayer.experiment.values import Value
from onelayer.io.errors import InputError
from onelayer.results.rebuilt import Rebuilt

COLUMNS = ["quantity", "place", "task", "lambda", "shuffle", "seed", "at", "cell", "published", "unit", "kind"]
COLUMNS += ["rebuilt", "units", "verdict", "other_seeds", "others_met"]


def published_rows(
    values: Sequence[Value], rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """A row for each published value, with the keys COLUMNS; `differing` is that of the Source.

    `units` is rebuilt minus published in units of the last printed digit, or of what could be read. The verdict is "met" if that is
    within the tolerance of the value (onelayer.experiment.values), else "missed"; "does not apply" if the settings of the task are
    not the source's; "not run" if there is no such run. `others_met` is how many of the run's `other_seeds` meet the value too.
    """
    return [dict.fromkeys(COLUMNS) | _row(value, rebuilt, differing) for value in values]


def is_met(value: Value, number: Decimal) -> bool:
    """Whether a rebuilt number is within the tolerance of a published value, the bound included."""
    return number.is_finite() and abs(number - value.printed) <= value.tolerance


def in_printed_digits(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose rebuilt number has as many decimals as the printed one, of what is missed or was read off a figure two more."""
    if row["rebuilt"] in (None, ""):
        return dict(row)
    printed, own = (max(0, -int(Decimal(row[key]).as_tuple().exponent)) for key in ("published", "rebuilt"))
    more = min(2, max(0, own - printed)) if row["verdict"] == "missed" or row["kind"] == "read off" else 0
    return {**row, "rebuilt": f"{Decimal(row['rebuilt']):.{printed + more}f}"}


def by_place(published: Iterable[Mapping[str, str]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of the table under headings that name their place and run, in their order, as a person reads them.

    A matrix is one row, met if all of its entries are.
    """
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in published:
        order = "" if row["at"] == "minimum" else ", shuffled" if row["shuffle"] == "true" else ", file order"
        seed = f", seed {row['seed']}" if order == ", shuffled" else ""
        heading = f"{row['place']}: {row['task']}, lambda {row['lambda']}{order}{seed}"
        if row["cell"] in ("", "0 0"):
            groups.setdefault(heading, []).append(in_printed_digits(row))
        if row["cell"]:
            whole = groups[heading][-1]
            verdict = "missed" if "missed" in (whole["verdict"], row["verdict"]) else row["verdict"]
            whole |= {"published": "a matrix", "rebuilt": "", "units": "", "verdict": verdict}
            whole["entries"] = whole.get("entries", 0) + 1
    return groups


def _row(value: Value, rebuilt: Rebuilt, differing: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    run = value.run
    row: dict[str, Any] = {key: getattr(value, key) for key in ("quantity", "place", "published")}
    row |= {"task": run.task, "lambda": run.lam, "shuffle": str(run.shuffle).lower(), "seed": run.seed}
    row |= {"at": value.moment, "cell": " ".join(map(str, value.cell or ()))}
    row |= {"unit": "percent" if value.percent else "", "kind": "read off" if value.fineness else "printed"}
    if differing.get(run.task):
        return row | {"verdict": "does not apply"}
    if run.task not in differing or not rebuilt.has(value, run):
        return row | {"verdict": "not run"}
    number = rebuilt.number(value, run)
    seeds = [] if value.when == "minimum" else rebuilt.runs
    others = [other for other in seeds if other[:3] == run[:3] and other.seed != run.seed]
    units = f"{float((number - value.printed) / value.unit):.3g}"
    row |= {"rebuilt": number, "units": units, "verdict": "met" if is_met(value, number) else "missed"}
    return row | {"other_seeds": len(others), "others_met": sum(_meets(value, rebuilt, other) for other in others)}


def _meets(value: Value, rebuilt: Rebuilt, run: Run) -> bool:
    """Whether another run meets a value; it may have ended before the value's step."""
    try:
        return is_met(value, rebuilt.number(value, run))
    except InputError:
        return False
