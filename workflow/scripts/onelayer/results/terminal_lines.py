"""What the terminal says of results before and after a run. Snakemake itself imports this: nothing slow is imported here."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onelayer.experiment.claims import VERDICTS
from onelayer.experiment.task import Task
from onelayer.io.files import read_json, read_rows

Row = Mapping[str, str]

# What a person opens, by its path in the folder of results.
SHOWN = {
    "report/report.pdf": "the report",
    "report/report.tex": "the report as LaTeX source",
    "explorer.html": "the explorer, for a browser",
    "tables": "every number",
}


def made_from(results: Path, configuration: Mapping[str, Any], tasks: Mapping[str, Task]) -> str | None:
    """In a few words, from what the results of a folder were made, if that is not this configuration; None if it is, or there are none.

    The provenance tells, or, where a folder has none, one run of each task.
    """
    earlier = _said(results / "provenance.json", "configuration")
    if earlier:
        if earlier == json.loads(json.dumps(configuration)):
            return None
        names = ", ".join(name for name, task in earlier["tasks"].items() if task is not None)
        return f"source {earlier.get('source') or 'null'}, data set {earlier.get('dataset')}, tasks {names}"
    for folder in sorted(results.glob("runs/task=*")):
        name, summary = folder.name.removeprefix("task="), next(folder.glob("*/*/*/summary.json"), None)
        settings = _said(summary, "run") if summary else {}
        if not settings:
            continue
        if name not in tasks:
            return f"task {name}, data set {settings['dataset']}"
        place = [settings.get(key) for key in ("lam", "shuffle", "seed")]
        own = (run for run in tasks[name].runs if [float(run.lam), run.shuffle, run.seed] == place)
        asked = ({"file": "summary.json", **tasks[name].settings(run).plain()} for run in own)
        if settings not in (json.loads(json.dumps(one)) for one in asked):
            return f"task {name} with other settings"
    return None


def _said(path: Path, key: str) -> dict[str, Any]:
    """What a file says that it is made of; nothing if it is missing, or damaged, which its readers will say."""
    try:
        found: Any = read_json(path)[key]
        said: dict[str, Any] = json.loads(found) if isinstance(found, str) else found
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return said


def closing_lines(results: Path, differing: Mapping[str, Sequence[str]], jobs: int, seconds: float) -> str:
    """The lines that a run of everything ends with, of the tables metrics, published and claims in the folder of results.

    `differing` is that of the Source; `jobs` were run, in `seconds`.
    """
    tables = (results / f"tables/{name}.csv" for name in ("metrics", "published", "claims"))
    metrics, published, claims = map(read_rows, tables)
    minutes, rest = divmod(round(seconds), 60)
    lines = [f"Finished: {jobs} jobs in " + (f"{minutes} min {rest} s" if minutes else f"{rest} s"), ""]
    if metrics:
        lines += ["Best validation accuracy of each task, and its number of images", *best_runs(metrics), ""]
    if published:
        lines.append(published_values(published, differing))
    if claims:
        lines.append(claims_line(Counter({row["id"]: row["verdict"] for row in claims}.values())))
    shown = {path: what for path, what in SHOWN.items() if (results / path).exists()}
    if "report/report.pdf" in shown:
        shown.pop("report/report.tex", None)
    width = max(map(len, shown))
    return "\n".join([*lines, "", f"In {results.resolve()}", *(f"  {path:{width}}  {shown[path]}" for path in shown)])


def claims_line(claims: Counter[str]) -> str:
    """How many claims have each verdict, those first that were decided."""
    if "does not apply" in claims and set(claims) <= {"does not apply", "not run"}:
        return "Claims: none is decided here: these are not the data or settings of the source"
    counts = ", ".join(f"{claims[verdict]} {verdict}" for verdict in VERDICTS if claims[verdict])
    more = "; make evidence trains what decides more" if claims["not run"] or claims["too few runs"] else ""
    return f"Claims: {counts}{more}"


def best_runs(metrics: Sequence[Row]) -> list[str]:
    """A line for each task: its run with the largest validation accuracy (last weights; the first of equals), early stops."""
    width = max(len(row["task"]) for row in metrics)
    lines = []
    for task in dict.fromkeys(row["task"] for row in metrics):
        runs = [row for row in metrics if row["task"] == task]
        best = max(runs, key=lambda row: float(row["validation_accuracy"]))
        order = "shuffled" if best["shuffle"] == "true" else "file order"
        stopped, diverged = (sum(row[key] == "true" for row in runs) for key in ("stopped_early", "diverged"))
        ends = f"{stopped} of {len(runs)} stopped early"
        if diverged:
            ends += f", {diverged} diverged: a lower learning_rate may help"
        accuracy = f"{100 * float(best['validation_accuracy']):6.2f} % of {int(best['validation_images']):,}"
        lines.append(f"  {task:{width}}  {accuracy}  lambda {best['lambda']}, {order}, seed {best['seed']}; {ends}")
    return lines


def published_values(published: Sequence[Row], differing: Mapping[str, Sequence[str]]) -> str:
    """How many of the published values are met, which are missed, and why the others are not compared."""
    counts = Counter(row["verdict"] for row in published)
    missed = ", ".join(f"{row['quantity']} ({row['place']})" for row in published if row["verdict"] == "missed")
    apart = dict.fromkeys(row["task"] for row in published if row["verdict"] == "does not apply")
    reasons = ", ".join(dict.fromkeys(key for task in apart for key in differing[task]))
    others = {
        "missed": f"missed: {missed}",
        "does not apply": f"do not apply, their tasks differ in {reasons}",
        "not run": "of runs that are not in this configuration",
    }
    said = [f"{counts[verdict]} {why}" for verdict, why in others.items() if counts[verdict]]
    return "; ".join([f"Published values: {counts['met']} of {len(published)} met", *said])
