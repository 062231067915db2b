"""Pages in a browser: opened from file://, watched for what they complain of and ask for, and what the tests do with them."""

import base64
import contextlib
import json
import shutil
import sys
from pathlib import Path

import numpy as np
from axe_selenium_python import Axe
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

# The last three are the browser's own pages: an empty window, its viewer of PDFs.
OFFLINE = ("file:///", "data:", "blob:", "about:", "chrome:", "chrome-untrusted:", "chrome-extension:")
SENT = ("Network.requestWillBeSent", "Network.webSocketCreated")
FLAGS = (
    *("headless=new", "no-sandbox", "disable-dev-shm-usage", "disable-gpu", "hide-scrollbars", "disable-quic"),
    *("no-first-run", "disable-background-networking", "disable-component-update", "disable-sync"),
    # No network: no name has an address, and what needs none goes to a port that is closed.
    *("host-resolver-rules=MAP * ~NOTFOUND", "proxy-server=127.0.0.1:9"),
)
SEVEN = [(-70, -80), (0, -82), (60, -80), (30, -10), (0, 40), (-20, 100)]


@contextlib.contextmanager
def browser(folder):
    """A headless Chromium without network, which keeps its own files in `folder`."""
    options, driver = ChromeOptions(), shutil.which("chromedriver")
    options.binary_location = shutil.which("chromium") or shutil.which("google-chrome")
    if not (options.binary_location and driver):
        sys.exit("Error: no browser: install it with: sudo apt-get install chromium chromium-driver")
    for flag in (*FLAGS, f"user-data-dir={folder}"):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    chrome = Chrome(options, Service(driver))  # with both paths given, Selenium looks for no driver to download
    yield chrome
    chrome.quit()


def open_page(driver, path, width=1280, height=800, dark=False):
    """Open a file in a window of so many CSS pixels, in the light or the dark colour scheme."""
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
    still = {"name": "prefers-reduced-motion", "value": "reduce"}  # nothing trains before it is asked to
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme, still]})
    driver.get(Path(path).resolve().as_uri())


def faults(driver):
    """Errors in the console and requests beyond this machine's files since the last call."""
    errors = [entry["message"] for entry in driver.get_log("browser") if entry["level"] == "SEVERE"]
    events = [json.loads(entry["message"])["message"] for entry in driver.get_log("performance")]
    sent = [event["params"] for event in events if event["method"] in SENT]
    urls = [one["url"] if "url" in one else one["request"]["url"] for one in sent]
    return errors + [f"request: {url}" for url in urls if not url.startswith(OFFLINE)]


def axe(driver):
    """What axe-core finds serious or critical in the page as it is shown: elements by rule."""
    core = Axe(driver)
    core.inject()
    found = [one for one in core.run()["violations"] if one["impact"] in ("serious", "critical")]
    return {one["id"]: [node["html"] for node in one["nodes"]] for one in found}


def until(driver, condition, seconds=10):
    return WebDriverWait(driver, seconds).until(lambda _: condition())


def ready(driver):
    until(driver, lambda: driver.execute_script("return Boolean(window.onelayer)"), 60)
    return driver


def find(driver, name):
    return driver.find_element(By.ID, name)


def every(driver, selector):
    return driver.find_elements(By.CSS_SELECTOR, selector)


def pixels_of(driver, selector):
    """What a canvas shows, as an address of data."""
    return driver.execute_script("return document.querySelector(arguments[0]).toDataURL()", selector)


def choose(driver, name, value):
    """Click on a value of a list, or of buttons of that name."""
    every(driver, f"#{name} option[value='{value}'], input[name='{name}'][value='{value}']")[0].click()


def set_range(driver, name, value):
    script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    driver.execute_script(script, find(driver, name), value)


def draw_seven(driver):
    """Draw a 7 with the mouse."""
    canvas = find(driver, "canvas")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    size, actions = canvas.rect["width"] / 280, ActionChains(driver, duration=20)
    for x, y in SEVEN:
        actions.move_to_element_with_offset(canvas, round(x * size), round(y * size))
        actions.click_and_hold() if (x, y) == SEVEN[0] else None
    actions.release().perform()
    until(driver, lambda: find(driver, "draw-text").text.startswith("Taken"))
    # What was drawn last is answered in the next frame.
    driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")


def of_each(driver, images, function, *arguments):
    """What a function of the page gives for each image (N, height, width): of its bytes and arguments."""
    script = f"""const [text, size, own] = arguments, bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
        return Array.from({{length: bytes.length / size}}, (_, place) =>
          Array.from(({function})(bytes.subarray(place * size, (place + 1) * size), ...own)));"""
    return np.array(
        driver.execute_script(script, base64.b64encode(images.tobytes()).decode(), images[0].size, arguments)
    )
