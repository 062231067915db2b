"""The views of the explorer in a browser: every one, and every control."""

import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from onelayer.data.store import read_images
from tests.browser.explorer import choose, draw_seven, find, pixels_of, set_range
from tests.browser.pages import axe

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False), (1920, False)])
def test_nothing_is_wrong_for_axe_and_nothing_is_wider_than_the_page(digits, shown, screenshot, width, dark):
    driver = shown(digits, width=width, height=900, dark=dark)
    draw_seven(driver)
    choose(driver, "beside", 1)
    driver.execute_script("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    driver.execute_script("document.querySelector('#image-grid button').click()")
    assert axe(driver) == []
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    driver.execute_script("document.querySelectorAll('details').forEach((details) => { details.open = false; })")
    driver.execute_script("scrollTo(0, 0)")
    screenshot(f"explorer-{width}")


def test_the_curves_follow_their_controls(digits, shown):
    driver = shown(digits)
    table = find(driver, "curve-table")
    assert len(table.find_elements(By.CSS_SELECTOR, "tbody tr")) == 7
    seen = {pixels_of(driver, "#loss-chart canvas")}

    def changed():
        """Wait until the chart of the loss differs from all that it was."""
        WebDriverWait(driver, 10).until(lambda _: pixels_of(driver, "#loss-chart canvas") not in seen)
        seen.add(pixels_of(driver, "#loss-chart canvas"))

    for name, value in (("curve-set", "train"), ("curve-set", "both"), ("curve-x", "log"), ("curve-y", "log")):
        choose(driver, name, value)
        changed()
    driver.find_element(By.CSS_SELECTOR, "input[name=task][value=binary]").click()
    changed()
    assert len(table.find_elements(By.CSS_SELECTOR, "tbody tr")) == 5
    driver.find_element(By.CSS_SELECTOR, "input[name=lambda][value='2.0']").click()
    changed()
    find(driver, "curve-from").send_keys("100", Keys.TAB)
    changed()
    find(driver, "curve-to").send_keys("200", Keys.TAB)
    changed()
    find(driver, "curve-reset").click()
    WebDriverWait(driver, 10).until(lambda _: find(driver, "curve-to").get_attribute("value") == "")
    set_range(driver, "step", 3)
    changed()
    driver.find_element(By.CSS_SELECTOR, "input[name=shuffle][value=true]").click()
    WebDriverWait(driver, 10).until(lambda _: not table.find_elements(By.CSS_SELECTOR, "tbody tr"))


def test_the_last_values_of_the_curves_are_those_of_the_table(digits, shown):
    driver = shown(digits)
    curves = pd.read_parquet(digits / "results/tables/curves.parquet")
    own = curves[(curves["task"] == "softmax") & (curves["lambda"] == 0.2)].iloc[-1]
    row = driver.find_element(By.XPATH, "//tr[contains(., 'softmax, λ = 0.2')]").text
    assert f"{own['step']:,} {own['validation_loss']:.4g} {100 * own['validation_accuracy']:.1f} %" in row


def test_pointing_at_a_curve_shows_its_value_and_the_wheel_zooms(digits, shown):
    driver = shown(digits)
    canvas = driver.find_element(By.CSS_SELECTOR, "#loss-chart canvas")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    ActionChains(driver).move_to_element(canvas).move_by_offset(5, 5).perform()
    tooltip = WebDriverWait(driver, 10).until(
        lambda _: driver.find_element(By.CSS_SELECTOR, "#vg-tooltip-element.visible")
    )
    assert "validation" in tooltip.text and "λ = " in tooltip.text
    before = pixels_of(driver, "#loss-chart canvas")
    wheel = "arguments[0].dispatchEvent(new WheelEvent('wheel', {deltaY: -300, shiftKey: arguments[1], clientX: arguments[2], clientY: arguments[3], bubbles: true, cancelable: true}))"
    box = driver.execute_script(
        "const box = arguments[0].getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]",
        canvas,
    )
    driver.execute_script(wheel, canvas, True, *box)
    WebDriverWait(driver, 10).until(lambda _: pixels_of(driver, "#loss-chart canvas") != before)


def accuracy_after(digits, step):
    """The validation accuracy of the weights after a step of the softmax run without penalty, as the page prints it."""
    with np.load(digits / "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0/snapshots.npz") as arrays:
        weights = arrays["weights"][arrays["steps"] == step][0].astype(float)
    stored = read_images(digits / "results/data/digits/test.parquet", 0, 500)
    inputs = np.column_stack([stored.images.reshape(500, -1) / 8 - 1, np.ones(500)])
    return f"validation accuracy {100 * np.mean((inputs @ weights.T).argmax(axis=1) == stored.labels):.1f} %"


def test_the_weights_follow_step_scale_and_the_run_beside(digits, shown):
    driver = shown(digits)
    images = "#weight-panels canvas"
    assert len(driver.find_elements(By.CSS_SELECTOR, images)) == 10
    last = pixels_of(driver, images)
    set_range(driver, "step", 2)
    early = pixels_of(driver, images)
    assert early != last and "After step 2 of" in find(driver, "step-text").text
    assert accuracy_after(digits, 2) in find(driver, "step-text").text
    driver.find_element(By.CSS_SELECTOR, "input[name=scale][value=run]").click()
    assert pixels_of(driver, images) != early
    options = [option.text for option in Select(find(driver, "beside")).options]
    choose(driver, "beside", options.index("softmax, λ = 2.0, shuffled") - 1)
    panels = driver.find_elements(By.CSS_SELECTOR, "#weight-panels .panel")
    assert [panel.find_element(By.TAG_NAME, "h3").text for panel in panels] == [
        "softmax, λ = 0.0, shuffled",
        "softmax, λ = 2.0, shuffled",
    ]
    driver.find_element(By.CSS_SELECTOR, "input[name=scale][value=shared]").click()
    legends = {legend.text for legend in driver.find_elements(By.CSS_SELECTOR, "#weight-panels .scale")}
    assert len(legends) == 1
    choose(driver, "run", options.index("binary, λ = 0.0, file order") - 1)
    assert len(driver.find_elements(By.CSS_SELECTOR, "#weight-panels .panel:first-child canvas")) == 1
    assert driver.find_element(By.CSS_SELECTOR, "#weight-panels figcaption").text == "light for 2, dark for 3"


def test_playing_moves_the_step_to_the_end(digits, shown):
    driver = shown(digits)
    play, step = find(driver, "play"), find(driver, "step")
    last = step.get_attribute("max")
    set_range(driver, "step", int(last) - 2)
    play.click()
    assert play.text == "Pause" and play.get_attribute("aria-pressed") == "true"
    WebDriverWait(driver, 10).until(lambda _: play.text == "Play")
    assert step.get_attribute("value") == last
    play.click()  # from the end it starts again
    WebDriverWait(driver, 10).until(lambda _: step.get_attribute("value") == "1")
    play.click()
    assert play.text == "Play"


def test_test_images_are_filtered_sorted_and_explained(digits, shown):
    driver = shown(digits)
    thumbnails = "#image-grid button"
    assert len(driver.find_elements(By.CSS_SELECTOR, thumbnails)) == 60
    find(driver, "image-more").click()
    assert len(driver.find_elements(By.CSS_SELECTOR, thumbnails)) == 120
    choose(driver, "image-outcome", "wrong")
    labels = [button.get_attribute("aria-label") for button in driver.find_elements(By.CSS_SELECTOR, thumbnails)]
    assert labels and all("taken for" in label for label in labels)
    sure = [float(label.rpartition(" ")[2]) for label in labels]
    assert sure == sorted(sure, reverse=True)
    choose(driver, "image-order", "unsurest")
    first = driver.find_element(By.CSS_SELECTOR, thumbnails)
    assert float(first.get_attribute("aria-label").rpartition(" ")[2]) == min(sure)
    first.click()
    detail = find(driver, "image-detail")
    assert "taken for" in detail.text and len(detail.find_elements(By.CSS_SELECTOR, ".maps canvas")) == 3
    assert "the true class" in detail.text and "rather than" in detail.text
    shares = [float(bar.text) for bar in detail.find_elements(By.CSS_SELECTOR, ".bars .value")]
    assert sum(shares) == pytest.approx(1, abs=1e-3) and max(shares) == pytest.approx(min(sure), abs=1e-3)
    choose(driver, "image-outcome", "right")
    choose(driver, "image-class", 3)
    choose(driver, "image-order", "file")
    labels = [button.get_attribute("aria-label") for button in driver.find_elements(By.CSS_SELECTOR, thumbnails)]
    assert labels and all(": 3, decided right" in label for label in labels)
    numbers = [int(label.split()[1].rstrip(":")) for label in labels]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("folder", ["digits", "drawn"])
def test_a_drawn_seven_is_recognised_and_can_be_undone_cleared_and_saved(folder, request, shown, tmp_path, browser):
    driver = shown(request.getfixturevalue(folder))
    text = find(driver, "draw-text")
    assert text.text == "Nothing is drawn yet."
    draw_seven(driver)
    seven = "seven" if folder == "drawn" else "7"
    assert text.text.startswith(f"Taken for {seven}, probability")
    assert len(find(driver, "draw-detail").find_elements(By.CSS_SELECTOR, ".maps canvas")) == 3
    drawn = pixels_of(driver, "#draw-detail canvas")
    set_range(driver, "brush", 10)
    ActionChains(driver).move_to_element(find(driver, "canvas")).click().perform()
    WebDriverWait(driver, 10).until(lambda _: pixels_of(driver, "#draw-detail canvas") != drawn)
    find(driver, "undo").click()
    WebDriverWait(driver, 10).until(lambda _: pixels_of(driver, "#draw-detail canvas") == drawn)
    browser.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    find(driver, "save").click()
    WebDriverWait(driver, 10).until(lambda _: (tmp_path / "drawing.png").exists())
    with Image.open(tmp_path / "drawing.png") as saved:
        grey = np.asarray(saved.convert("L"))
    assert grey.shape == (280, 280) and grey[0, 0] == 255 and grey.min() == 0
    find(driver, "clear").click()
    WebDriverWait(driver, 10).until(lambda _: text.text == "Nothing is drawn yet.")


def test_one_can_draw_with_the_keyboard(digits, shown):
    driver = shown(digits)
    canvas = find(driver, "canvas")
    canvas.send_keys(*[Keys.ARROW_UP] * 4, Keys.SPACE)
    assert find(driver, "cursor-text").text == "Row 4, column 8."  # from row 8
    WebDriverWait(driver, 10).until(lambda _: find(driver, "draw-text").text.startswith("Taken"))
    before = pixels_of(driver, "#draw-detail canvas")
    for _ in range(8):
        ActionChains(driver).key_down(Keys.SHIFT).send_keys(Keys.ARROW_DOWN).key_up(Keys.SHIFT).perform()
    WebDriverWait(driver, 10).until(lambda _: pixels_of(driver, "#draw-detail canvas") != before)
    assert find(driver, "draw-text").text.startswith("Taken for 1,")
    canvas.send_keys(*[Keys.BACKSPACE] * 9)
    WebDriverWait(driver, 10).until(lambda _: find(driver, "draw-text").text == "Nothing is drawn yet.")


def test_the_verdicts_are_those_of_the_tables(digits, shown):
    driver = shown(digits)
    section = find(driver, "verdicts")
    claims = json.loads((digits / "results/tables/claims.json").read_text())
    driver.execute_script("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    rows = [row.text for row in section.find_elements(By.CSS_SELECTOR, ".stacked tbody tr")]
    assert len(rows) == len(claims)
    for row, claim in zip(rows, claims, strict=True):
        assert claim["claim"] in row and claim["reason"] in row and row.endswith(claim["verdict"])
    published = pd.read_csv(digits / "results/tables/published.csv")
    assert f"{len(published)} published values: does not apply ({len(published)})." in section.text
    assert "training.batch_size" in section.text and "SHA-256" in section.text
