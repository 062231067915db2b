"""What a run came to, in the few lines that it ends with. Snakemake itself imports this: nothing slow is imported here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from onelayer.shown import read_rows

Row = Mapping[str, str]

VERDICTS = ("supported", "contradicted", "undecided", "not run")
# What a person opens, by its path in the folder of results.
SHOWN = {
    "report/report.pdf": "the report",
    "report/report.tex": "the report as LaTeX source",
    "explorer.html": "the explorer, for a browser",
    "tables": "every number",
}


def summary(results: Path, differing: Mapping[str, Sequence[str]], jobs: int, seconds: float) -> str:
    """The lines that a run of everything ends with.

    Parameters
    ----------
    results : Path
        Folder of results, with tables/{metrics,published,claims}.csv.
    differing : dict
        See onelayer.published.published_table.
    jobs : int
        Jobs that were run.
    seconds : float
        Time that they took.
    """
    tables = {name: read_rows(results / f"tables/{name}.csv") for name in ("metrics", "published", "claims")}
    lines = [
        f"Finished: {jobs} jobs in {duration(seconds)}",
        "",
        "Best validation accuracy of each task",
        *("  " + line for line in best_runs(tables["metrics"])),
        "",
        published_values(tables["published"], differing),
        f"Claims of the source: {verdicts(tables['claims'])}",
        "",
        f"In {results.resolve()}",
        *("  " + line for line in files_to_open(results)),
    ]
    return "\n".join(lines)


def best_runs(metrics: Sequence[Row]) -> list[str]:
    """A line for each task: its run with the largest validation accuracy (last weights; the first of equals), early stops."""
    tasks = {row["task"]: [other for other in metrics if other["task"] == row["task"]] for row in metrics}
    width = max(map(len, tasks), default=0)
    lines = []
    for task, runs in tasks.items():
        best = max(runs, key=lambda row: float(row["validation_accuracy"]))
        accuracy = 100 * float(best["validation_accuracy"])
        lines.append(f"{task:{width}}  {accuracy:6.2f} %  {_which(best, runs)}; {_ends(runs)}")
    return lines


def published_values(published: Sequence[Row], differing: Mapping[str, Sequence[str]]) -> str:
    """How many of the published values are met, which are missed, and why the others are not compared."""
    counts = Counter(row["verdict"] for row in published)
    compared = counts["met"] + counts["missed"]
    parts = [f"{counts['met']} of {len(published)} published values met"] if compared else []
    if counts["missed"]:
        missed = [f"{row['quantity']} ({row['place']})" for row in published if row["verdict"] == "missed"]
        parts.append(f"{counts['missed']} missed: {', '.join(missed)}")
    if counts["does not apply"]:
        concerned = {row["task"] for row in published if row["verdict"] == "does not apply"}
        parts.append(f"{counts['does not apply']} do not apply: {_differences(concerned, differing)}")
    if counts["not run"]:
        parts.append(f"{counts['not run']} of runs that are not in this configuration")
    return ("" if compared else "Published values: ") + "; ".join(parts)


def verdicts(claims: Iterable[Row]) -> str:
    """How many claims have each verdict. Not run are those whose runs are not in this configuration."""
    counts = Counter(row["verdict"] for row in claims)
    return ", ".join(f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict])


def files_to_open(results: Path) -> list[str]:
    """A line for each of SHOWN that is there; the source of the report only where there is no PDF."""
    there = [path for path in SHOWN if (results / path).exists()]
    if "report/report.pdf" in there:
        there.remove("report/report.tex")
    width = max(map(len, there), default=0)
    return [f"{path:{width}}  {SHOWN[path]}" for path in there]


def duration(seconds: float) -> str:
    """Time in words: `42 s`, `3 min 5 s`."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _which(best: Row, runs: Sequence[Row]) -> str:
    """Lambda of a run; its order and its seed, where the task has several."""
    parts = [f"lambda {best['lambda']}"]
    if len({row["shuffle"] for row in runs}) > 1:
        parts.append("shuffled" if best["shuffle"] == "true" else "file order")
    if len({row["seed"] for row in runs}) > 1:
        parts.append(f"seed {best['seed']}")
    return ", ".join(parts)


def _ends(runs: Sequence[Row]) -> str:
    """How many runs stopped early, and when; how many diverged."""
    stops = sorted(int(row["stop_epoch"]) for row in runs if row["stopped_early"] == "true")
    text = "no early stop" if not stops else f"{len(stops)} of {len(runs)} stopped early"
    if stops:
        text += f" (epoch {stops[0]})" if stops[0] == stops[-1] else f" (epochs {stops[0]} to {stops[-1]})"
    diverged = sum(row["diverged"] == "true" for row in runs)
    return text + (f", {diverged} diverged" if diverged else "")


def _differences(tasks: Iterable[str], differing: Mapping[str, Sequence[str]]) -> str:
    """Which tasks differ in what from those of the source; those that differ in the same are named together."""
    names: dict[tuple[str, ...], list[str]] = {}
    for task in sorted(tasks):
        names.setdefault(tuple(differing.get(task, ())), []).append(task)
    return "; ".join(
        f"{' and '.join(same)} {'differs' if len(same) == 1 else 'differ'} in {', '.join(keys)}"
        for keys, same in names.items()
    )
