"""The page of a comparison in a browser: of two folders that differ, and of two that do not."""

import json
import shutil

import pytest

from onelayer.compare.__main__ import main as compare
from tests.browser.pages import axe

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def other(digits, tmp_path_factory):
    """A copy of the finished folder that says it was made by another version of NumPy, with another verdict."""
    folder = tmp_path_factory.mktemp("folders") / "other"
    shutil.copytree(digits, folder)
    path = folder / "results/provenance.json"
    provenance = json.loads(path.read_text())
    provenance["versions"]["numpy"] = "0.0"
    path.write_text(json.dumps(provenance))
    path = folder / "results/tables/claims.json"
    claims = json.loads(path.read_text())
    claims[0]["verdict"] = "contradicted"
    path.write_text(json.dumps(claims))
    return folder


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False), (1920, False)])
def test_differences_are_shown_accessibly(digits, other, tmp_path, open_page, screenshot, width, dark):
    compare([str(digits), str(other), str(tmp_path)])
    driver = open_page(tmp_path / "comparison.html", width=width, dark=dark)
    driver.execute_script("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    text = driver.find_element("tag name", "body").text.replace("\u200b", "")  # where a line may break
    assert "0.0" in text and "contradicted" in text
    assert axe(driver) == []
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    screenshot(f"comparison-{width}")


def test_equal_folders_have_nothing_to_show(digits, tmp_path, open_page):
    compare([str(digits), str(digits), str(tmp_path)])
    assert "Nothing differs" in open_page(tmp_path / "comparison.html").find_element("tag name", "body").text
