"""Tables as pages, and the captions of Snakemake's own report."""

import base64
import re
from types import SimpleNamespace

import jinja2
import pytest
from docutils.core import publish_parts

from onelayer.pages import kind, shortened, table_page
from tests.conftest import ROOT

CAPTIONS = ROOT / "workflow/report/captions"
CSV = 'task,lambda,loss,reason\nbinary,0.0,0.03931780049745245,"""<b>"", a & b, λ"\nsoftmax,2.0,,\n'


def page_of(tmp_path, text):
    (tmp_path / "metrics.csv").write_text(text, encoding="utf-8")
    return table_page(tmp_path / "metrics.csv")


def test_a_page_has_every_row_escaped_and_the_file_to_save(tmp_path):
    page = page_of(tmp_path, CSV)
    rows = re.findall(r"<tr>\n(.*?)</tr>", page, flags=re.DOTALL)
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in rows]
    assert cells == [
        ["task", "lambda", "loss", "reason"],
        ["binary", "0.0", "0.039318", "&#34;&lt;b&gt;&#34;, a &amp; b, λ"],
        ["softmax", "2.0", "", ""],
    ]
    assert "2 rows;" in page
    [saved] = re.findall(r'download="metrics.csv" href="data:text/csv;base64,([^"]+)"', page)
    assert base64.b64decode(saved).decode() == CSV


def test_a_table_without_rows_has_a_page(tmp_path):
    page = page_of(tmp_path, "task,p\n")
    assert "0 rows;" in page and page.count("<th ") == 2 and "<td" not in page


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("0.03931780049745245", "0.039318"),
        ("-2.2415097901232252e-11", "-2.2415e-11"),
        ("448088.29335400247", "4.4809e+05"),
        ("0.002", "0.002"),
        ("123456789012", "123456789012"),
        ("0 1 2 3 4 5 6", "0 1 2 3 4 5 6"),
        ("from 0 to 1e-06", "from 0 to 1e-06"),
        ("", ""),
    ],
)
def test_long_numbers_are_shortened_and_nothing_else(cell, shown):
    assert shortened(cell) == shown


def test_columns_of_numbers_stand_right_and_long_texts_are_wide():
    assert kind(["1.5", "", "2e-3"]) == "number"
    assert kind(["1.5", "none"]) == kind([""]) == kind([]) == ""
    assert kind(["short", "a sentence that is longer than forty characters"]) == "long"


@pytest.mark.parametrize(
    "path", sorted(CAPTIONS.rglob("*.rst")), ids=lambda path: str(path.relative_to(CAPTIONS).with_suffix(""))
)
def test_captions_are_sound(path, config):
    """With every name that a caption takes from the workflow, and for docutils without a complaint."""
    links = "\n\n.. _Figures: javascript:0\n"  # as Snakemake adds one for each category
    snakemake = SimpleNamespace(
        config=config, params=SimpleNamespace(task=config["tasks"]["binary"] | {"name": "one_"})
    )
    environment = jinja2.Environment(trim_blocks=True, lstrip_blocks=True, undefined=jinja2.StrictUndefined)
    text = environment.from_string(path.read_text(encoding="utf-8")).render(
        snakemake=snakemake, categories={Category("Figures"): {}}
    )
    body = publish_parts(text + links, writer="html", settings_overrides={"halt_level": 2})["html_body"]
    assert len(re.sub("<[^>]+>", "", body)) > 50
    if path.parent.name == "figures":
        assert "one_</" in body


class Category(str):
    """What Snakemake gives a caption for a category."""

    @property
    def name(self):
        return str(self)
