"""Published values beside rebuilt ones."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

COLUMNS = ["quantity", "place", "task", "lambda", "shuffle", "seed"]
COLUMNS += ["published", "rebuilt", "difference", "tolerance", "verdict"]


def published_rows(
    values: Sequence[Mapping[str, Any]],
    summaries: Sequence[Mapping[str, Any]],
    differing: Mapping[str, Sequence[str]],
) -> list[list[Any]]:
    """A row for each published value.

    Parameters
    ----------
    values : as config/published.yaml holds them
    summaries : those of all runs
    differing : `differing` of the Source

    Returns
    -------
    list of rows with the columns COLUMNS. The difference is rebuilt minus published. The verdict is "met" if the difference is
    at most the tolerance times the published value and "missed" otherwise; "does not apply" if the settings of the run are
    not the published ones; "not run" if there is no such run.
    """
    return [[row.get(column) for column in COLUMNS] for row in (_row(v, summaries, differing) for v in values)]


def is_met(published: float, rebuilt: float, tolerance: float) -> bool:
    """Whether a rebuilt value is within the tolerance, relative to the published one; never if it is not a number."""
    return abs(rebuilt - published) <= tolerance * abs(published)


def by_run(published: Iterable[Mapping[str, str]]) -> dict[str, list[Mapping[str, str]]]:
    """Rows of the table under headings that name their place and run, in their order."""
    groups: dict[str, list[Mapping[str, str]]] = {}
    for row in published:
        order = f"shuffled, seed {row['seed']}" if row["shuffle"] == "true" else "file order"
        groups.setdefault(f"{row['place']}: {row['task']}, lambda {row['lambda']}, {order}", []).append(row)
    return groups


def _row(
    value: Mapping[str, Any], summaries: Sequence[Mapping[str, Any]], differing: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    run = value["run"]
    row = {key: value[key] for key in ("quantity", "place", "published", "tolerance")} | run
    row["shuffle"] = str(run["shuffle"]).lower()
    found = [summary for summary in summaries if _is_of(summary, run)]
    if run["task"] not in differing or not (found or differing[run["task"]]):
        return {**row, "verdict": "not run"}
    if differing[run["task"]]:
        return {**row, "verdict": "does not apply"}
    rebuilt = found[0][value["column"]]
    met = is_met(value["published"], rebuilt, value["tolerance"])
    difference = rebuilt - value["published"]
    return {**row, "rebuilt": rebuilt, "difference": difference, "verdict": "met" if met else "missed"}


def _is_of(summary: Mapping[str, Any], run: Mapping[str, Any]) -> bool:
    same = (summary[key] == run[key] for key in ("task", "shuffle", "seed"))
    return all(same) and float(summary["lambda"]) == float(run["lambda"])
