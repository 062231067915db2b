"""The report's LaTeX source: a frame with one file a section, filled in from tables.

In the templates `<< >>` prints and `<% %>` controls. Whatever is printed is escaped for LaTeX, unless onelayer.report.latex
has made it LaTeX.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any

import jinja2

from onelayer.data.store import read_metadata
from onelayer.experiment.task import Task
from onelayer.figures import figure_named
from onelayer.io.files import read_json, read_rows
from onelayer.models import model_named
from onelayer.report import latex, sentences
from onelayer.results.published import by_place
from onelayer.stopping import rule_of

FOLDER = Path(__file__).resolve().parents[3] / "report"
FILTERS = ("counted", "integer", "fixed", "significant", "percent", "points", "breakable", "typewriter", "listed")


def report_source(
    tables: Mapping[str, str],
    images: Sequence[str],
    tasks: Mapping[str, Task],
    figures: Mapping[str, Mapping[str, str]],
    **plain: Any,
) -> str:
    """LaTeX source of the report.

    Parameters
    ----------
    tables : paths by name: the CSV tables metrics, sweep, published, gradients and, with evidence, optimum; findings and
        claims, JSON
    images : the stored images, whose raw files are listed
    figures : by task and figure what its files are called
    plain
        What templates print as it is: `names`, the names of the classes by task; `clipped`, by task the figures with
        published limits; `sections`, `introduction`, `slips` and the details `source` of the Source; `appended`, the tasks of
        its evidence; `differing`; `parts_figure`, what the figure of the claims is called, or None; `dataset`, what is shown of it; `versions`.
    """
    rows = {name: read_rows(tables[name]) for name in ("metrics", "sweep", "published", "gradients")}
    order = list(tasks)
    rows["metrics"].sort(
        key=lambda row: (order.index(row["task"]), float(row["lambda"]), row["shuffle"], int(row["seed"]))
    )
    findings, claims = read_json(tables["findings"]), read_json(tables["claims"])
    template = environment().get_template("report.tex.jinja")
    return template.render(
        plain,
        **rows,
        published_groups=by_place(row for row in rows["published"] if row["verdict"] != "does not apply"),
        claims=claims,
        measured=[claim for claim in claims if any(part["value"] is not None for part in claim["parts"])],
        optimum=read_rows(tables["optimum"]) if "optimum" in tables else [],
        findings=findings,
        diverging=[name for name, found in findings.items() if found["references"][0]["diverged"]],
        files=[read_metadata(path) for path in images],
        tasks=tasks,
        models={task.model: model_named(task.model) for task in tasks.values()},
        figures=figures,
        figure_named=figure_named,
        lines_of=partial(_lines, figures),
        say=sentences,
        EMPTY=latex.EMPTY,
    )


def _lines(
    figures: Mapping[str, Mapping[str, str]], section: str, names: Iterable[str]
) -> list[list[tuple[str, str, str]]]:
    """The figures of a section as task, figure and file: in pairs, and then wide ones in a line each."""
    shown = [(name, kind, file) for name in names for kind, file in figures.get(name, {}).items()]
    own = [figure for figure in shown if figure_named(figure[1]).section == section]
    narrow = [figure for figure in own if not figure_named(figure[1]).wide]
    pairs = [narrow[place : place + 2] for place in range(0, len(narrow), 2)]
    return [*pairs, *([figure] for figure in own if figure_named(figure[1]).wide)]


def environment() -> jinja2.Environment:
    """What the templates are read with."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(FOLDER),
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
    made.filters |= {name: getattr(latex, name) for name in FILTERS}
    # What a macro made is LaTeX already; a sentence ends where the template goes on.
    made.filters |= {"as_is": latex.Latex, "said": lambda text: latex.Latex(text.rstrip())}
    made.filters["mean"] = lambda rows, key: fmean(row[key] for row in rows)
    made.filters["largest"] = lambda rows, key: max(rows, key=lambda row: float(row[key]))
    made.tests["valued"] = lambda text, value: float(text) == value
    made.globals |= {"model_named": model_named, "rule_of": rule_of}
    return made
