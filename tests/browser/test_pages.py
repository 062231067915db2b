"""What the other tests of this folder rely on: that a page's faults are seen."""

import pytest
from PIL import Image
from selenium.webdriver.support.wait import WebDriverWait

from tests.browser.pages import assert_quiet, axe, console_errors, requests

pytestmark = pytest.mark.browser

GOOD = '<!doctype html><html lang="en"><title>A page</title><main><h1>A page</h1>{}</main></html>'


@pytest.fixture
def page(tmp_path, open_page):
    """A function that writes a page with something in it and opens it."""

    def shown(content, **options):
        path = tmp_path / "page.html"
        path.write_text(GOOD.format(content))
        return open_page(path, **options)

    return shown


def test_a_good_page_is_quiet_and_axe_finds_nothing(page):
    driver = page("<p>Text</p><img alt='a dot' src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>")
    assert axe(driver) == []
    assert_quiet(driver)


def test_errors_of_the_console_are_seen_and_notes_are_not(page):
    driver = page("<script>console.log('a note'); console.error('a fault'); missing()</script>")
    first, second = console_errors(driver)
    assert "a fault" in first and "missing is not defined" in second


@pytest.mark.parametrize(
    "content",
    [
        "<img alt='' src='http://example.org/'>",
        "<img alt='' src='https://127.0.0.1:65530/'>",
        "<link rel='stylesheet' href='//example.org/style.css'>",
        "<script>fetch('https://example.org/').catch(() => 0)</script>",
        "<script>new WebSocket('wss://example.org/')</script>",
    ],
)
def test_a_request_to_a_network_is_seen_and_fails(page, content):
    driver = page(content)
    WebDriverWait(driver, 10).until(lambda _: "ERR_" in "".join(console_errors(driver)))
    assert len(requests(driver)) == 1


def test_axe_finds_a_picture_without_text_and_pale_letters(page):
    driver = page("<img src='data:image/gif;base64,R0lGODlhAQABAAAAACw='><p style='color: #ccc'>pale</p>")
    assert {found["rule"] for found in axe(driver)} == {"image-alt", "color-contrast"}


@pytest.mark.parametrize(("width", "dark", "scheme"), [(360, False, "light"), (1920, True, "dark")])
def test_a_page_has_its_width_and_its_colour_scheme(page, screenshot, width, dark, scheme):
    driver = page("<div style='height: 3000px'></div>", width=width, height=700, dark=dark)
    assert driver.execute_script("return innerWidth") == width
    assert driver.execute_script("return matchMedia(`(prefers-color-scheme: ${arguments[0]})`).matches", scheme)
    with Image.open(screenshot(f"self-test-{width}")) as picture:
        assert picture.width == width and picture.height > 3000


def test_faults_of_a_frame_are_seen(page, tmp_path):
    (tmp_path / "inner.html").write_text("<img alt='' src='http://example.org/'><script>missing()</script>")
    driver = page("<iframe title='inner' src='inner.html'></iframe>")
    found = []

    def seen(_):
        found.extend(console_errors(driver) + requests(driver))
        return len(found) >= 3

    WebDriverWait(driver, 5).until(seen)
    assert any("missing is not defined" in fault for fault in found) and "http://example.org/" in found
