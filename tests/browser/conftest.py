"""A headless Chromium without network, and what the tests do with it."""

import base64
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from tests.browser import pages

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No network: no name has an address, and what needs none goes to a port that is closed.
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
)


@pytest.fixture(scope="session", autouse=True)
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """The browser, one for all tests. Without one they end here: a page that nobody opened is not tested."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.exit("No browser: install it with: sudo apt-get install chromium chromium-driver", returncode=1)
    options = ChromeOptions()
    options.binary_location = chromium
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # With both paths given, Selenium looks for no driver to download.
    chrome = Chrome(options, Service(driver))
    yield chrome
    chrome.quit()


@pytest.fixture
def open_page(browser: Chrome) -> Iterator[Callable[..., Chrome]]:
    """A function that opens a file: path, width=1280, height=800, dark=False. It returns the browser.

    After the test, the pages it opened must have been quiet: no error in the console, no request to a network.
    """

    def opened(path: Path, width: int = 1280, height: int = 800, dark: bool = False) -> Chrome:
        pages.open_page(browser, path, width, height, dark)
        return browser

    yield opened
    pages.assert_quiet(browser)


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for screenshots: $SCREENSHOTS, or a temporary one."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path_factory.mktemp("screenshots")).resolve()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def screenshot(browser: Chrome, screenshots: Path) -> Callable[[str], Path]:
    """A function that takes a picture of the page as it is shown, all of its height, to look at; it returns the path."""

    def take(name: str) -> Path:
        size = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
        path = screenshots / f"{name}.png"
        path.write_bytes(base64.b64decode(shot["data"]))
        return path

    return take


def pytest_terminal_summary(terminalreporter):
    if folder := os.environ.get("SCREENSHOTS"):
        terminalreporter.write_line(f"Screenshots: {folder}")
