"""The report's LaTeX source: a frame with one file a section, filled in from tables.

In the templates `<< >>` prints and `<% %>` controls. Whatever is printed is escaped for LaTeX, unless onelayer.latex has
made it LaTeX.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2

from onelayer import comparisons, latex, sentences
from onelayer.grid import Task
from onelayer.models import MODELS
from onelayer.shown import flat, grouped, read_json, read_rows

EVIDENCE_TABLES = ("optimum", "diagnostics", "calibration", "ranking", "comparisons")


def templates_of(folder: Path) -> dict[str, str]:
    """Templates by name. Each ends with its line, also where a copy from a code host has lost the last newline."""
    paths = folder.rglob("*.jinja")
    return {str(path.relative_to(folder)): path.read_text(encoding="utf-8").rstrip("\n") + "\n" for path in paths}


def render(
    folder: str | Path, tables: Mapping[str, str], provenance: str, tasks: Mapping[str, Task], **plain: Any
) -> str:
    """LaTeX source of the report.

    Parameters
    ----------
    folder : path of workflow/report
    tables : dict
        Paths by name: the CSV tables metrics, sweep, published, gradients and, with evidence, EVIDENCE_TABLES; findings and
        claims, JSON.
    provenance : path
        The provenance; the report prints it without its part about the machine, and is the same wherever it is rebuilt.
    tasks : dict
    plain : the rest of onelayer.context.context_of, and `versions`
    """
    environment = jinja2.Environment(
        loader=jinja2.DictLoader(templates_of(Path(folder))),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=jinja2.StrictUndefined,
        finalize=latex.escape,
    )
    filters = (
        latex.integer,
        latex.fixed,
        latex.significant,
        latex.percent,
        latex.points,
        latex.breakable,
        latex.typewriter,
    )
    environment.filters |= {function.__name__: function for function in filters}
    environment.filters |= {"listed": latex.listed, "as_is": latex.Latex}  # as_is: what a macro made is LaTeX already
    rows = {name: read_rows(tables[name]) for name in ("metrics", "sweep", "published", "gradients")}
    order = list(tasks)
    rows["metrics"].sort(
        key=lambda row: (order.index(row["task"]), float(row["lambda"]), row["shuffle"], int(row["seed"]))
    )
    document, claims = read_json(provenance), read_json(tables["claims"])
    evidence = {name: read_rows(tables[name]) for name in EVIDENCE_TABLES if name in tables}
    return environment.get_template("report.tex.jinja").render(
        plain,
        **rows,
        published_groups=grouped(rows["published"]),
        claims=claims,
        evidence=evidence,
        findings=read_json(tables["findings"]),
        provenance=document,
        configuration=list(flat(document["configuration"])),
        tasks=tasks,
        models=MODELS,
        used_models=list(dict.fromkeys(task["model"] for task in tasks.values())),
        say=sentences,
        compare=comparisons,
        EMPTY=latex.EMPTY,
    )
