import csv
import json

import jinja2
import pytest

from onelayer import report, shown


@pytest.fixture
def rendered(tmp_path):
    """A function that renders a frame of one line over small tables."""

    def render(frame):
        (tmp_path / "report.tex.jinja").write_text(frame)
        rows = {
            name: [("loss", "place", "task", "lambda", "shuffle", "seed")]
            for name in ("metrics", "sweep", "published", "gradients")
        }
        # Sorted by lambda, whatever the order in the table.
        rows["metrics"] += [("1e-05", "", "t", "2", "true", "0"), ("0.07088705555893647", "", "t", "0.5", "true", "0")]
        for name, lines in rows.items():
            with open(tmp_path / f"{name}.csv", "w", newline="") as file:
                csv.writer(file).writerows(lines)
        (tmp_path / "findings.json").write_text('{"a": 0.5}')
        (tmp_path / "claims.json").write_text("[]")
        (tmp_path / "p.json").write_text(
            json.dumps({"project": {"commit": "c_0"}, "configuration": {"x": {"y": [1, True]}}})
        )
        paths = [*tmp_path.glob("*.csv"), tmp_path / "findings.json", tmp_path / "claims.json"]
        tables = {path.stem: str(path) for path in paths}
        return report.render(
            tmp_path, tables, tmp_path / "p.json", {"t": {"model": "softmax"}}, dataset={"title": r"\input{x} & y"}
        )

    return render


def test_what_is_printed_is_escaped_and_keeps_every_digit(rendered):
    frame = "<< dataset.title >> <% for row in metrics %><< row.loss >>;<% endfor %> << findings.a | percent >> << provenance.project.commit >>"
    assert rendered(frame) == r"\textbackslash{}input\{x\} \& y 0.07088705555893647;1e{-}05; 50.0\,\% c\_0" + "\n"


def test_a_name_that_no_table_has_is_an_error(rendered):
    with pytest.raises(jinja2.UndefinedError):
        rendered("<< findings.absent >>")


def test_a_configuration_becomes_pairs_of_keys_and_text():
    document = {"dataset": "d", "tasks": {"a": None, "b": {"classes": [1, 2], "test": {"count": 3}, "shuffle": [True]}}}
    assert shown.flat(document) == [
        ("dataset", "d"), ("tasks.a", "null"), ("tasks.b", "classes: 1, 2; test: count: 3; shuffle: true"),
    ]  # fmt: skip


def test_published_values_stand_under_their_run_in_their_order():
    rows = [
        {"place": p, "task": "t", "lambda": "0", "shuffle": s, "seed": "0"}
        for p, s in (("B", "true"), ("A", "false"), ("B", "true"))
    ]
    assert list(shown.grouped(rows)) == ["B: t, lambda 0, shuffled, seed 0", "A: t, lambda 0, file order"]
