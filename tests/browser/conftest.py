"""A headless Chromium without network, and what the tests do with it."""

import base64
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.support.ui import WebDriverWait

from onelayer.data.preparation import prepare
from onelayer.data.store import read_images
from tests.browser import pages
from tests.browser.explorer import NAMES, moved
from tests.conftest import snakemake


@pytest.fixture(scope="session", autouse=True)
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    """The browser, one for all tests. Without one they end here: a page that nobody opened is not tested."""
    if not pages.installed():
        pytest.exit("No browser: install it with: sudo apt-get install chromium chromium-driver", returncode=1)
    with pages.browser(tmp_path_factory.mktemp("chromium")) as chrome:
        yield chrome


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


@pytest.fixture
def shown(open_page: Callable[..., Chrome]) -> Callable[..., Chrome]:
    """A function that opens a page of a folder and waits until it is ready."""

    def opened(folder, **options):
        driver = open_page(folder / "results/explorer.html", **options)
        WebDriverWait(driver, 60).until(lambda _: driver.execute_script("return Boolean(window.onelayer)"))
        return driver

    return opened


@pytest.fixture(scope="session")
def drawn(digits, tmp_path_factory):
    """A folder with a run on 28 x 28 images made from the digits: names of classes, four tasks, 10,000 validation images.

    Its other sheets, redrawn in another size and place, are in moved.npz.
    """
    folder = tmp_path_factory.mktemp("drawn")
    random = np.random.RandomState(1)
    sets = {"moved": None}
    for split, count in (("train", 3000), ("test", 10_000)):
        stored = read_images(digits / f"results/data/digits/{split}.parquet")
        rows = np.arange(count) % len(stored.labels)
        sheets = moved(stored.images[rows], random, smallest=0.9)
        sets[f"x_{split}"] = np.array([prepare(sheet, "centred_by_mass", (28, 28), 255) for sheet in sheets])
        sets[f"y_{split}"] = stored.labels[rows]
        if split == "test":
            np.savez(folder / "moved.npz", sheets=moved(stored.images, random), labels=stored.labels)
    del sets["moved"]
    np.savez(folder / "drawn.npz", **sets)
    ten = {"classes": list(range(10)), "lambdas": [0.0, 0.02], "shuffle": [True]}
    overlay = {
        "dataset": "drawn",
        "datasets": {
            "drawn": {
                "title": "Drawn <digits>", "format": "npz", "shape": [28, 28], "classes": list(range(10)), "class_names": NAMES,
                "preparation": "centred_by_mass", "sources": [str(folder)], "files": {"archive": {"name": "drawn.npz"}},
            }
        },
        "images": {"train": {"count": 3000}},
        "training": {"max_epochs": 6},
        "tasks": {
            "binary": None,
            "softmax": ten | {"learning_rate": 0.01},
            "pair": {"model": "logistic", "classes": [4, 9], "learning_rate": 0.05, "lambdas": [0.0], "shuffle": [True, False], "seeds": [0, 1]},
            "machine": ten | {"model": "hinge", "learning_rate": 0.002},
            "squares": ten | {"model": "least_squares", "learning_rate": 0.0005},
        },
    }  # fmt: skip
    (folder / "overlay.yaml").write_text(json.dumps(overlay))
    snakemake("all", "--cores", 2, "--configfile", folder / "overlay.yaml", folder=folder)
    return folder


def pytest_terminal_summary(terminalreporter):
    if folder := os.environ.get("SCREENSHOTS"):
        terminalreporter.write_line(f"Screenshots: {folder}")
