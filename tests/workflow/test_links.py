"""Every relative link of every page, and of every notebook, leads to a file, and to a heading if it names one."""

import json
import re

from tests.conftest import ROOT

FOLDERS = (".", "config", "results", "docs", "docs/course", "workflow/data/digits")
PAGES = [path for folder in FOLDERS for kind in ("*.md", "*.ipynb") for path in sorted((ROOT / folder).glob(kind))]
LINK = re.compile(r"\]\(\s*<?([^)>\s]+)>?(?:\s+\"[^\"]*\")?\s*\)|^\[[^\]]+\]:\s*(\S+)", flags=re.MULTILINE)


def text_of(page):
    """Markdown without blocks of code; of a notebook, its Markdown cells."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".ipynb":
        cells = (cell["source"] for cell in json.loads(text)["cells"] if cell["cell_type"] == "markdown")
        text = "\n\n".join(map("".join, cells))
    return re.sub(r"^(```|~~~).*?^\1", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors_of(page):
    """The names that a repository's pages give to the headings."""
    names = []
    for heading in re.findall(r"^#{1,6} +(.+?) *#*$", text_of(page), flags=re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()).replace(" ", "-")
        names.append(f"{plain}-{names.count(plain)}" if plain in names else plain)
    return names


def broken_links(page):
    """The links of a page that lead nowhere."""
    prose = re.sub(r"`[^`\n]*`", "", text_of(page))
    for link in (first or second for first, second in LINK.findall(prose)):
        path, _, anchor = link.partition("#")
        target = page.parent / path if path else page
        missing = not target.exists() or (anchor and target.suffix == ".md" and anchor not in anchors_of(target))
        if missing and not re.match(r"[a-z][a-z0-9+.-]*:", link):
            yield link


def test_links_lead_somewhere():
    assert sum(len(LINK.findall(text_of(page))) for page in PAGES) > 80
    assert {page.name: links for page in PAGES if (links := list(broken_links(page)))} == {}
