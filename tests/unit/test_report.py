import csv

import jinja2
import pytest

from onelayer import report


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("50 % of $x_1$", r"50 \% of \$x\_1\$"),
        (r"\write18{rm}", r"\textbackslash{}write18\{rm\}"),
        ("a^b~c#d&e", r"a\textasciicircum{}b\textasciitilde{}c\#d\&e"),
        ("--", r"{-}{-}"),
        ("Alpaydın é ß", "Alpaydın é ß"),
        ("ħ", r"\texttt{U+0127}"),
        ("λ\u200b", r"\texttt{U+03BB}\texttt{U+200B}"),
        ("a\nb\n\nc", "a b  c"),
    ],
)
def test_free_text_is_printed_as_it_is_typed(text, latex):
    assert report.escape(text) == latex


@pytest.mark.parametrize(
    ("got", "latex"),
    [
        (report.integer("1234567"), "1{,}234{,}567"),
        (report.integer("7800.0"), "7{,}800"),
        (report.fixed("0.07088705", 4), "0.0709"),
        (report.percent("0.97578"), r"97.6\,\%"),
        (report.points("0.0123"), "1.23"),
        (report.significant("0.149361", 4), "$0.1494$"),
        (report.significant("-2.7755e-17", 2), r"$-2.8\times 10^{-17}$"),
        (report.significant("117", 3), "$117$"),
        (report.breakable("a_b"), r"\texttt{a\allowbreak{}\_\allowbreak{}b}"),
    ],
)
def test_numbers(got, latex):
    assert got == latex and isinstance(got, report.Latex)


def write(path, rows):
    with open(path, "w", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def test_render_escapes_what_it_prints_and_keeps_every_digit(tmp_path):
    (tmp_path / "t.tex.jinja").write_text(
        "<< experiment['data.title'] >> <% for row in metrics %><< row['loss'] >>;<% endfor %> << findings['a'] | percent >>"
        " << provenance.project.commit >>"
    )
    (tmp_path / "p.json").write_text('{"project": {"commit": "c_0"}, "machine": {"time": "now"}}')
    tables = {
        "experiment": write(tmp_path / "e.csv", [("key", "value"), ("data.title", r"\input{x} & y")]),
        "findings": write(tmp_path / "f.csv", [("finding", "value"), ("a", "0.5")]),
        "metrics": write(tmp_path / "m.csv", [("loss",), ("0.07088705555893647",), ("1e-05",)]),
    }
    assert report.render(tmp_path / "t.tex.jinja", tables, tmp_path / "p.json") == (
        r"\textbackslash{}input\{x\} \& y 0.07088705555893647;1e{-}05; 50.0\,\% c\_0"
    )


@pytest.mark.parametrize("template", ["<< findings['absent'] >>", "<< provenance.machine.time >>"])
def test_a_name_that_no_table_has_is_an_error_and_so_is_the_machine(tmp_path, template):
    (tmp_path / "t.tex.jinja").write_text(template)
    (tmp_path / "p.json").write_text('{"machine": {"time": "now"}}')
    tables = {
        "experiment": write(tmp_path / "e.csv", [("key", "value")]),
        "findings": write(tmp_path / "f.csv", [("finding", "value")]),
    }
    with pytest.raises(jinja2.UndefinedError):
        report.render(tmp_path / "t.tex.jinja", tables, tmp_path / "p.json")
