"""Snakemake's own report of a finished run, unpacked and opened without network."""

import csv
import zipfile
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.pages import axe
from tests.conftest import DIGITS, snakemake

pytestmark = pytest.mark.browser

CONTENT = "document.querySelector('div.grow img, div.grow iframe')"


@pytest.fixture(scope="module")
def page(digits, tmp_path_factory):
    """The path of report.html."""
    folder = tmp_path_factory.mktemp("report")
    snakemake(*DIGITS, "--report", folder / "report.zip", folder=digits)
    with zipfile.ZipFile(folder / "report.zip") as packed:
        packed.extractall(folder)
    return folder / "report/report.html"


def click(driver, text):
    """Follow the link with this text: in the menu, in the path above it, or on the first page."""
    found = f"//a[normalize-space()='{text}']"
    WebDriverWait(driver, 10).until(lambda _: driver.find_elements(By.XPATH, found))[0].click()


def entries(driver):
    """By label, the two buttons of each result that the menu lists: to see it, and to read about it."""
    rows = driver.find_elements(By.CSS_SELECTOR, "nav tbody tr")
    return {row.text: row.find_elements(By.TAG_NAME, "a") for row in rows}


def see(driver, button):
    """Click on a button and wait for another picture or frame than before; its file."""
    source = f"return {CONTENT}?.src"
    before = driver.execute_script(source)
    button.click()

    def other(_):
        shown = driver.execute_script(source)
        return shown if shown != before and "/data/" in (shown or "") else None  # a frame is empty for a moment

    return Path(WebDriverWait(driver, 10).until(other))


def rows_shown(driver):
    """How many rows the table in the frame has, once it is there."""
    driver.switch_to.frame(driver.find_element(By.CSS_SELECTOR, "div.grow iframe"))
    rows = "return document.readyState == 'complete' && document.querySelectorAll('tbody tr').length"
    count = WebDriverWait(driver, 10).until(lambda _: driver.execute_script(rows))
    driver.switch_to.default_content()
    return count


def test_the_first_page_says_what_it_is_and_leads_on(page, open_page, screenshot):
    driver = open_page(page, width=1400, height=900)
    text = driver.find_element(By.CSS_SELECTOR, "div.grow .prose").text
    assert "Networks of one layer" in text and "data set digits" in text
    assert "binary: model logistic, classes 2, 3, λ 0.0" in text
    WebDriverWait(driver, 10).until(lambda _: driver.find_elements(By.CSS_SELECTOR, "#rulegraph canvas"))
    screenshot("report-first-page")
    [link] = driver.find_elements(By.XPATH, "//div[contains(@class, 'prose')]//a[text()='Tables']")
    link.click()
    WebDriverWait(driver, 10).until(lambda _: "metrics" in entries(driver))


def test_every_figure_shows(page, open_page, digits, screenshot):
    driver = open_page(page, width=1400, height=900)
    seen = set()
    click(driver, "Figures")
    for task in ("binary", "softmax"):
        click(driver, task)
        buttons = list(entries(driver).values())
        for look, _ in buttons:
            path = see(driver, look)
            WebDriverWait(driver, 10).until(lambda _: driver.execute_script(f"return {CONTENT}.naturalWidth > 100"))
            seen.add(path.name)
        screenshot(f"report-figures-{task}")
        buttons[-1][1].click()
        about_it = driver.find_element(By.TAG_NAME, "nav").text
        assert "DESCRIPTION" in about_it and f" {task}" in about_it and f"plot_{task}_" in about_it
        screenshot(f"report-about-{task}")
        click(driver, "Figures")
    assert seen == {path.name for path in (digits / "results/fig").glob("*.png")} and len(seen) > 8


def test_every_table_shows_all_of_its_rows(page, open_page, digits, screenshot):
    driver = open_page(page, width=1400, height=900)
    seen = {}
    click(driver, "Tables")
    for name, (look, _) in entries(driver).items():
        see(driver, look)
        seen[name] = rows_shown(driver)
        screenshot(f"report-table-{name}")
    tables = (digits / "results/tables").glob("*.csv")
    assert seen == {path.stem: len(list(csv.reader(path.open(encoding="utf-8")))) - 1 for path in tables}
    assert len(seen) > 4


def test_the_pdf_shows(page, open_page, digits, screenshot):
    driver = open_page(page, width=1400, height=900)
    click(driver, "Report")
    [(look, _)] = entries(driver).values()
    path = see(driver, look)
    packed = Path(page.parent, *path.parts[path.parts.index("data") :])
    assert packed.read_bytes() == (digits / "results/report/report.pdf").read_bytes()
    screenshot("report-pdf")


def test_the_explorer_works_inside_the_report(page, open_page):
    driver = open_page(page, width=1400, height=900)
    click(driver, "Explorer")
    [(look, _)] = entries(driver).values()
    see(driver, look)
    driver.switch_to.frame(driver.find_element(By.CSS_SELECTOR, "div.grow iframe"))
    WebDriverWait(driver, 30).until(lambda _: driver.execute_script("return Boolean(window.onelayer)"))
    driver.switch_to.default_content()


def test_every_result_has_a_sound_caption(page, open_page):
    driver = open_page(page)
    captions = driver.execute_script("return Object.entries(results).map(([path, result]) => [path, result.caption])")
    assert len(captions) > 14
    assert [path for path, caption in captions if len(caption) < 50 or "system-message" in caption] == []
    assert "system-message" not in driver.execute_script("return workflow_desc")


@pytest.mark.parametrize("width", [360, 1920])
def test_a_table_is_accessible(digits, open_page, screenshot, width):
    for path in sorted((digits / "results/tables").glob("*.html")):
        driver = open_page(path, width=width)
        assert axe(driver) == [], path.name
        screenshot(f"table-{path.stem}-{width}")
