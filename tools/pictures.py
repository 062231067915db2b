"""Make the pictures of the README: docs/playground.png and docs/explorer.png of the published runs, and docs/pipeline.svg.

make pictures runs it after the pipeline; it needs a Chromium and dot, of Graphviz. No picture shows an image of the data.
"""

import base64
import subprocess
import tempfile
from pathlib import Path

from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By

from tests.browser import pages

ROOT = Path(__file__).resolve().parents[1]
RESULTS, DOCS = ROOT / "results", ROOT / "docs"


def main() -> None:
    """Write the pictures."""
    (DOCS / "pipeline.svg").write_text(pipeline(), encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder, pages.browser(folder) as driver:
        (DOCS / "playground.png").write_bytes(playground(driver))
        (DOCS / "explorer.png").write_bytes(explorer(driver))


def pipeline() -> str:
    """The rules and what needs what, without `all`, which needs everything."""
    command = ["snakemake", "--rulegraph", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(ROOT)]
    graph = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    (end,) = [line.split("[")[0].strip() for line in graph.splitlines() if 'label = "all"' in line]
    kept = [line for line in graph.splitlines() if f"-> {end}" not in line and not line.strip().startswith(f"{end}[")]
    return subprocess.run(["dot", "-Tsvg"], check=True, capture_output=True, text=True, input="\n".join(kept)).stdout


def playground(driver: Chrome) -> bytes:
    """The view that trains, after a comparison, as PNG."""
    pages.open_page(driver, RESULTS / "explorer.html", 1100, 900)
    pages.ready(driver)
    driver.find_element(By.ID, "train-penalty").click()
    pages.until(driver, lambda: driver.find_element(By.ID, "train-found").text, 60)
    return shot(driver, "header, section:not(#train) { display: none }")


def explorer(driver: Chrome) -> bytes:
    """The weights of two runs and a drawn 7, as PNG."""
    pages.open_page(driver, RESULTS / "explorer.html", 1100, 900)
    pages.ready(driver)
    driver.find_element(By.XPATH, "//select[@id='beside']/option[.='softmax, λ = 2.0, shuffled']").click()
    pages.set_range(driver, "brush", 24)
    pages.draw_seven(driver)
    hidden = "header, #train, #curves, #images, #verdicts, #weights > p, #draw > p { display: none } "
    return shot(driver, hidden + "#model { position: static }")


def shot(driver: Chrome, style: str) -> bytes:
    """What is left of the page with a style, as PNG."""
    driver.execute_script(f"document.head.insertAdjacentHTML('beforeend', '<style>{style}</style>')")
    driver.execute_script("document.activeElement.blur(); scrollTo(0, 0)")
    size = driver.find_element(By.TAG_NAME, "main").rect
    clip = {"x": 0, "y": 0, "width": size["width"] + 32, "height": size["height"] + 8, "scale": 1}
    shot = driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True, "clip": clip})
    return base64.b64decode(shot["data"])


if __name__ == "__main__":
    main()
