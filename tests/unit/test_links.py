"""Every relative link of every page, and of every notebook, leads to a file, and to a heading where it names one."""

import json
import re
from functools import cache

import pytest

from tests.conftest import ROOT

MADE = {".venv", ".snakemake", ".pytest_cache", "demo", "evidence", "resources", "node_modules"}
PAGES = [
    path
    for path in sorted([*ROOT.rglob("*.md"), *ROOT.rglob("*.ipynb")])
    if not MADE & set(path.relative_to(ROOT).parts) and path.relative_to(ROOT).parts[:2] != ("results", "report")
]
FENCED = re.compile(r"^(```|~~~).*?^\1", flags=re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", flags=re.MULTILINE)


@cache
def text_of(path):
    """Markdown without blocks of code; of a notebook, its Markdown cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown"]
        text = "\n\n".join("".join(cell["source"]) for cell in cells)
    return FENCED.sub("", text)


def anchors_of(path):
    """The names that a repository's pages give to the headings, and those set by hand."""
    names, seen = set(re.findall(r'<a (?:name|id)="([^"]+)"', text_of(path))), {}
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text_of(path), flags=re.MULTILINE):
        plain = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        name = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        names.add(f"{name}-{seen[name]}" if name in seen else name)
        seen[name] = seen.get(name, 0) + 1
    return names


def broken_links(page):
    """The links of a page that lead nowhere."""
    prose = re.sub(r"`[^`\n]*`", "", text_of(page))
    for link in (first or second for first, second in LINK.findall(prose)):
        if re.match(r"[a-z][a-z0-9+.-]*:", link):
            continue
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        if not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target)):
            yield link


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page):
    assert list(broken_links(page)) == []


def test_what_leads_nowhere_is_found(tmp_path):
    (tmp_path / "other.md").write_text("# One `code` heading!\n\n## Twice\n\n## Twice\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md#one-code-heading) [b](other.md#twice-1) [c](#here) [d](https://example.org/x) `[e](not.md)`\n"
        "[f](other.md#twice-2) [g](gone.md) ![h](gone.png) [i](#there)\n\n```\n[j](fenced.md)\n```\n[k]: lost.md\n"
    )
    assert list(broken_links(page)) == ["other.md#twice-2", "gone.md", "gone.png", "#there", "lost.md"]
    assert len(PAGES) > 5
