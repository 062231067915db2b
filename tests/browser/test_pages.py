"""That a page's faults are seen, which the other tests of this folder rely on; and Snakemake's own report of a run."""

import shutil

import pytest
from selenium.webdriver.common.by import By

from tests.browser.pages import axe, every, faults, until
from tests.conftest import DIGITS, snakemake

pytestmark = pytest.mark.browser

PAGE = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'
NEW_PICTURE = """const image = document.querySelector('div.grow img');
    return image?.naturalWidth > 100 && !arguments[0].includes(image.src) && image.src;"""
FAULTY = """<script>console.log('a note'); console.error('a fault'); missing()</script>
    <img alt='' src='http://example.org/image'> <link rel='stylesheet' href='//example.org/style.css'>
    <script>new WebSocket('wss://example.org/')</script>
    <iframe title='inner' srcdoc="<img src='http://example.org/inner'><script>missing_too()</script>"></iframe>"""
SEEN = ("a fault", "missing is not", "request: http://example.org/image", "style.css", "request: wss://example.org/")
SEEN += ("request: http://example.org/inner", "missing_too is not")


def test_errors_of_the_console_and_requests_to_a_network_are_seen_and_notes_are_not(tmp_path, open_page):
    (tmp_path / "page.html").write_text(PAGE.format(FAULTY))
    driver, found = open_page(tmp_path / "page.html"), []
    until(driver, lambda: found.extend(faults(driver)) or all(part in "".join(found) for part in SEEN))
    assert "a note" not in "".join(found)


def test_axe_finds_faults_and_a_page_has_its_width_and_its_colour_scheme(tmp_path, open_page):
    image, page = "<img {} src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>", tmp_path / "page.html"
    page.write_text(PAGE.format(image.format("") + "<p style='color: #ccc'>pale</p>"))
    assert set(axe(open_page(page, width=360))) == {"image-alt", "color-contrast"}
    page.write_text(PAGE.format(image.format("alt='a dot'")))
    assert axe(driver := open_page(page, width=1920, dark=True)) == {}
    asked = "return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]"
    assert driver.execute_script(asked) == [1920, True]


def test_snakemakes_report_opens_with_every_figure_and_has_every_table_and_the_report(digits, tmp_path, open_page):
    snakemake(*DIGITS, "--report", tmp_path / "report.zip", folder=digits)
    shutil.unpack_archive(tmp_path / "report.zip", tmp_path)
    driver, seen = open_page(tmp_path / "report/report.html", width=1400), set()
    for task in ("binary", "softmax", "softmax_figure_8", "softmax_figure_9"):
        driver.refresh()
        for link in ("Figures", task):
            driver.find_element(By.XPATH, f"//a[normalize-space()='{link}']").click()
        for row in every(driver, "nav tbody tr"):
            row.find_element(By.TAG_NAME, "a").click()
            seen.add(until(driver, lambda: driver.execute_script(NEW_PICTURE, list(seen))))
    figures = {path.name for path in (digits / "results/fig").glob("*.png")}
    assert {address.rpartition("/")[2] for address in seen} == figures
    listed = set(driver.execute_script("return Object.keys(results)"))
    for made in ("tables/*.csv", "report/*.pdf", "explorer.html"):
        assert {str(path.relative_to(digits)) for path in digits.glob(f"results/{made}")} <= listed
