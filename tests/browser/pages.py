"""Pages in a browser: opened from file://, watched for what they complain of and ask for, and shown to axe-core."""

import contextlib
import json
import shutil
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

AXE = files("axe_selenium_python") / "node_modules/axe-core/axe.min.js"
# The last two are the browser's own pages: an empty window, its viewer of PDFs.
OFFLINE = ("file:///", "data:", "blob:", "about:", "chrome:", "chrome-extension:")


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


def installed() -> bool:
    """Whether there is a browser, with its driver."""
    return bool(_chromium() and shutil.which("chromedriver"))


@contextlib.contextmanager
def browser(folder: str | Path) -> Iterator[Chrome]:
    """A headless Chromium without network, which keeps its own files in `folder`."""
    options = ChromeOptions()
    options.binary_location = _chromium()
    for flag in (*FLAGS, f"--user-data-dir={folder}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    # With both paths given, Selenium looks for no driver to download.
    chrome = Chrome(options, Service(shutil.which("chromedriver")))
    yield chrome
    chrome.quit()


def _chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("google-chrome")


def open_page(driver: Chrome, path: Path, width: int = 1280, height: int = 800, dark: bool = False) -> None:
    """Open a file in a window of so many CSS pixels, in the light or the dark colour scheme."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
    driver.get(Path(path).resolve().as_uri())


def requests(driver: Chrome) -> list[str]:
    """The addresses beyond this machine's files that were asked for since the last call."""
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [event["params"]["request"]["url"] for event in events if event["method"] == "Network.requestWillBeSent"]
    sockets = [event["params"]["url"] for event in events if event["method"] == "Network.webSocketCreated"]
    return [url for url in sent + sockets if not url.startswith(OFFLINE)]


def console_errors(driver: Chrome) -> list[str]:
    """The errors of the console since the last call: failed scripts, missing files, console.error."""
    return [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]


def assert_quiet(driver: Chrome) -> None:
    """No error in the console and no request to a network since the last call."""
    faults = console_errors(driver) + [f"request: {url}" for url in requests(driver)]
    assert not faults, "\n".join(faults)


def axe(driver: Chrome) -> list[dict[str, Any]]:
    """What axe-core finds serious or critical in the page as it is shown: rule, help, and the elements.

    Where it finds some, `assert axe(driver) == []` prints them.
    """
    driver.execute_script(AXE.read_text())
    run = "const done = arguments[0]; axe.run().then(found => done(found.violations), error => done(String(error)))"
    violations = driver.execute_async_script(run)
    assert isinstance(violations, list), violations
    return [
        {"rule": found["id"], "help": found["help"], "elements": [node["html"] for node in found["nodes"]]}
        for found in violations
        if found["impact"] in ("serious", "critical")
    ]
