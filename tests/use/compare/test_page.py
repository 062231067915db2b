"""The page: whole, on its own, and of a size that a person can read."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd

from onelayer.compare import page
from onelayer.compare.charts import chart
from onelayer.compare.differences import differences_of
from onelayer.compare.folders import read_folder
from tests.use.compare.conftest import change_csv, compare


class Outline(HTMLParser):
    """Tags of a page that must be closed, and what it loads."""

    def __init__(self, html):
        super().__init__()
        self.open, self.tags, self.attributes = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, *pair) for pair in attributes]
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.attributes += [(tag, *pair) for pair in attributes]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_is_whole_and_loads_nothing(digits, copy, tmp_path):
    change_csv(copy / "results/tables/metrics.csv", lambda table: table.__setitem__("steps", "1"))
    curves = pd.read_parquet(copy / "results/tables/curves.parquet")
    curves["validation_accuracy"] /= 2
    curves.to_parquet(copy / "results/tables/curves.parquet")
    _, html = compare(digits, copy, tmp_path / "out")
    outline = Outline(html)
    assert outline.open == [] and not {"script", "link", "img", "iframe"} & set(outline.tags)
    assert all(value.startswith("#") for _, name, value in outline.attributes if name in ("href", "src"))
    targets = {value for _, name, value in outline.attributes if name == "id"}
    assert {value[1:] for tag, name, value in outline.attributes if name == "href"} <= targets
    assert "url(" not in html and "://" not in html and "@import" not in html
    assert outline.tags.count("table") == outline.tags.count("caption") > 0
    pictures = [value for tag, name, value in outline.attributes if (tag, name) == ("svg", "aria-label")]
    assert len(pictures) == 2 * outline.tags.count("figure") and all("A ends at" in text for text in pictures)


def test_many_curves_are_cut_to_the_first_of_each_task_and_lambda(digits, monkeypatch):
    a = read_folder(str(digits))
    b = a._replace(curves={key: table + 1 for key, table in a.curves.items()})
    differences = differences_of(a, b, [])
    drawn, candidates = page.curves_drawn(a, b, differences)
    assert len(drawn) == candidates == len(a.runs)
    monkeypatch.setattr(page, "MOST_CHARTS", 6)
    drawn, candidates = page.curves_drawn(a, b, differences)
    firsts = {key[:2]: f"{key.task}: {key.place}" for key in reversed(a.runs)}
    assert candidates == len(a.runs) and [one.title for one in drawn] == list(reversed(firsts.values()))[:6]


def test_a_chart_leaves_out_what_is_no_number_and_keeps_to_its_frame():
    steps = np.arange(0, 50, 10)
    picture = chart("loss", {"A": (steps, [9, 1, np.nan, 2, 1.5]), "B": (steps, [np.inf, 1, 1, 1, 1])})
    lines = re.findall(r'<polyline class="(line-.)" points="([^"]+)"', picture)
    assert [(name, len(points.split())) for name, points in lines] == [("line-a", 4), ("line-b", 4)]
    places = [tuple(map(float, point.split(","))) for point in lines[0][1].split()]
    assert places[0][1] < 10 and all(10 <= y <= 182 for _, y in places[1:])  # the start is cut off, the rest is inside
    assert [x for x, _ in places] == sorted(x for x, _ in places) and places[-1][0] == 346
    assert "A ends at 1.5 after step 40, B ends at 1 after step 40" in picture
    assert chart("loss", {"A": (steps, [np.nan] * 5)}) == "<p>No finite value.</p>"
    assert "line-a" in chart("loss", {"A": ([0], [1.0])})
