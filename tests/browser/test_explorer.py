"""The explorer in a browser: every view and control, other data and models, and its arithmetic beside NumPy's."""

import json
import re
import shutil

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from onelayer.data.preparation import prepare
from onelayer.data.store import read_images
from onelayer.experiment.task import Run
from tests.browser.pages import axe, choose, draw_seven, every, find, of_each, pixels_of, set_range, until
from tests.conftest import DIGITS, copy_project, snakemake

pytestmark = pytest.mark.browser

OPEN = """document.querySelectorAll('details').forEach((details) => { details.open = true; });
    document.querySelector('#image-grid button').click()"""
TURN = """const {x, y} = arguments[0].getBoundingClientRect(), place = {clientX: x + 200, clientY: y + 100};
    const wheel = {deltaY: -300, shiftKey: true, bubbles: true, cancelable: true, ...place};
    arguments[0].dispatchEvent(new WheelEvent('wheel', wheel))"""
RUNS = "return onelayer.page.runs.map((run) => [run.task, run.lambda, run.shuffle, run.seed])"
ANSWER = """(pixels, place, run = onelayer.page.runs[place]) => {
    const answer = onelayer.answerOf(run, run.steps.length - 1, pixels);
    return [...answer.logits, answer.decided]; }"""
CHART, PANELS, TABLE = "#loss-chart canvas", "#weight-panels canvas", "#curve-table tbody tr"


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False), (1920, False)])
def test_the_page_has_the_verdicts_and_no_fault_for_axe_at_any_width(digits, shown, width, dark):
    driver = shown(digits, width=width, height=900, dark=dark)
    draw_seven(driver)
    choose(driver, "beside", 1)
    driver.execute_script(OPEN)
    assert axe(driver) == {}
    assert driver.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    rows = [row.text for row in every(driver, "#verdicts .stacked tbody tr")]
    for row, claim in zip(rows, json.loads((digits / "results/tables/claims.json").read_text()), strict=True):
        said = [claim["claim"], *(part["reason"] for part in claim["parts"])]
        assert all(text in row for text in said) and row.endswith(claim["verdict"])
    said = find(driver, "verdicts").text
    assert "21 published values: does not apply (21)." in said and "training.batch_size" in said and "SHA-256" in said


def test_the_curves_have_the_values_of_the_table_and_follow_their_controls(digits, shown):
    driver = shown(digits)
    curves = pd.read_parquet(digits / "results/tables/curves.parquet")
    own = curves[(curves["task"] == "softmax_figure_8") & (curves["lambda"] == 0.2)].iloc[-1]
    row = driver.find_element(By.XPATH, "//tr[contains(., 'softmax_figure_8, λ = 0.2')]").text
    assert f"{own['step']:,} {own['validation_loss']:.4g} {100 * own['validation_accuracy']:.1f} %" in row
    assert len(every(driver, TABLE)) == 8
    seen = set()

    def changed():
        """Wait until the chart of the loss differs from all that it was."""
        until(driver, lambda: pixels_of(driver, CHART) not in seen)
        seen.add(pixels_of(driver, CHART))

    changed()
    (canvas,) = every(driver, CHART)
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    ActionChains(driver).move_to_element(canvas).move_by_offset(5, 5).perform()
    (tooltip,) = until(driver, lambda: every(driver, "#vg-tooltip-element.visible"))
    assert "validation" in tooltip.text and "λ = " in tooltip.text
    driver.execute_script(TURN, canvas)
    changed()
    for name, value in (("curve-set", "train"), ("curve-set", "both"), ("curve-x", "log"), ("curve-y", "log")):
        choose(driver, name, value)
        changed()
    for name, value, rows in (("task", "binary", 6), ("lambda", "2.0", 4)):
        choose(driver, name, value)
        changed()
        assert len(every(driver, TABLE)) == rows
    for name, step in (("curve-from", "100"), ("curve-to", "200")):
        find(driver, name).send_keys(step, Keys.TAB)
        changed()
    find(driver, "curve-reset").click()
    until(driver, lambda: find(driver, "curve-to").get_attribute("value") == "")
    set_range(driver, "step", 3)
    changed()
    choose(driver, "shuffle", "true")
    until(driver, lambda: not every(driver, TABLE))


def test_the_weights_follow_step_scale_player_and_the_run_beside(digits, shown):
    driver = shown(digits)
    play, step, said = (find(driver, name) for name in ("play", "step", "step-text"))
    assert len(every(driver, PANELS)) == 10
    canvases = every(driver, f"{PANELS}, #train-weights canvas")
    assert min(canvas.size["width"] for canvas in canvases) > 50, "images of 8 pixels are drawn larger"
    choose(driver, "scale", "step")
    last, images = pixels_of(driver, PANELS), read_images(digits / "results/data/digits/test.parquet")
    set_range(driver, "step", 2)
    early = pixels_of(driver, PANELS)
    with np.load(digits / "results/runs/task=softmax/lambda=0.0/shuffle=true/seed=0/weights.npz") as arrays:
        weights = arrays["snapshot_weights"][arrays["snapshot_steps"] == 2][0].astype(float)
    inputs = np.column_stack([images.images.reshape(500, -1) / 8 - 1, np.ones(500)])
    accuracy = 100 * np.mean((inputs @ weights.T).argmax(axis=1) == images.labels)
    assert early != last and "After step 2 of" in said.text and f"validation accuracy {accuracy:.1f} %" in said.text
    choose(driver, "scale", "run")
    assert pixels_of(driver, PANELS) != early
    options = [option.text for option in every(driver, "#beside option")]
    choose(driver, "beside", options.index("softmax, λ = 2.0, shuffled") - 1)
    titles = [title.text[-13:] for title in every(driver, "#weight-panels .panel h3")]
    assert titles == ["0.0, shuffled", "2.0, shuffled"]
    choose(driver, "scale", "shared")
    assert len({legend.text for legend in every(driver, "#weight-panels .scale")}) == 1
    choose(driver, "run", options.index("binary, λ = 0.0, file order") - 1)
    assert len(every(driver, "#weight-panels .panel:first-child canvas")) == 1
    assert every(driver, "#weight-panels figcaption")[0].text == "light for 2, dark for 3"
    most = step.get_attribute("max")
    set_range(driver, "step", int(most) - 2)
    play.click()
    assert play.text == "Pause" and play.get_attribute("aria-pressed") == "true"
    until(driver, lambda: play.text == "Play")
    assert step.get_attribute("value") == most
    play.click()
    until(driver, lambda: step.get_attribute("value") == "1")


def test_validation_images_are_filtered_sorted_and_explained(digits, shown):
    driver = shown(digits)

    def labels(outcome):
        found = [button.get_attribute("aria-label") for button in every(driver, "#image-grid button")]
        assert found and all(outcome in label for label in found)
        return found

    def sure():
        return [float(label.rpartition(" ")[2]) for label in labels("taken for")]

    assert len(labels("")) == 60
    find(driver, "image-more").click()
    assert len(labels("")) == 120
    choose(driver, "image-outcome", "wrong")
    surest = sure()
    choose(driver, "image-order", "unsurest")
    assert surest == sorted(surest, reverse=True) and sure()[0] == min(surest)
    every(driver, "#image-grid button")[0].click()
    assert re.search("taken for(.|\n)*the true class(.|\n)*rather than", find(driver, "image-detail").text)
    assert len(every(driver, "#image-detail .maps canvas")) == 3
    shares = [float(bar.text) for bar in every(driver, "#image-detail .bars .value")]
    assert sum(shares) == pytest.approx(1, abs=1e-3) and max(shares) == pytest.approx(min(surest), abs=1e-3)
    for name, value in (("image-outcome", "right"), ("image-class", 3), ("image-order", "file")):
        choose(driver, name, value)
    numbers = [int(label.split()[1].rstrip(":")) for label in labels(": 3, decided right")]
    assert numbers == sorted(numbers)


def test_mouse_and_keyboard_draw_and_a_drawing_can_be_undone_cleared_and_saved(digits, shown, tmp_path):
    driver, image = shown(digits), "#draw-detail canvas"
    text, canvas = find(driver, "draw-text"), find(driver, "canvas")
    assert text.text == "Nothing is drawn yet."
    draw_seven(driver)
    until(driver, lambda: text.text.startswith("Taken for 7, probability"))
    assert len(every(driver, "#draw-detail .maps canvas")) == 3
    drawn = pixels_of(driver, image)
    set_range(driver, "brush", 10)
    ActionChains(driver).move_to_element(canvas).click().perform()
    until(driver, lambda: pixels_of(driver, image) != drawn)
    find(driver, "undo").click()
    until(driver, lambda: pixels_of(driver, image) == drawn)
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", {"behavior": "allow", "downloadPath": str(tmp_path)})
    find(driver, "save").click()
    until(driver, (tmp_path / "drawing.png").exists)
    with Image.open(tmp_path / "drawing.png") as saved:
        grey = np.asarray(saved.convert("L"))
    assert grey.shape == (280, 280) and grey[0, 0] == 255 and grey.min() == 0
    find(driver, "clear").click()
    until(driver, lambda: text.text == "Nothing is drawn yet.")
    canvas.send_keys(*[Keys.ARROW_UP] * 4, Keys.SPACE)
    assert find(driver, "cursor-text").text == "Row 4, column 8."  # from row 8
    ActionChains(driver).key_down(Keys.SHIFT).send_keys(*[Keys.ARROW_DOWN] * 8).key_up(Keys.SHIFT).perform()
    until(driver, lambda: text.text.startswith("Taken for"))
    canvas.send_keys(*[Keys.BACKSPACE] * 9)
    until(driver, lambda: text.text == "Nothing is drawn yet.")


def test_other_data_and_models_have_a_small_page_that_computes_as_python_does(drawn, shown):
    assert (drawn / "results/explorer.html").stat().st_size < 3_000_000
    driver, images = shown(drawn), read_images(drawn / "results/data/drawn/test.parquet").images
    pixels = (images.reshape(10_000, 784) - np.float32(127.5)) / np.float32(127.5)
    usual, runs = np.column_stack([pixels, np.ones(10_000, np.float32)]), driver.execute_script(RUNS)
    other = (images.reshape(10_000, 784) - np.float32(10)) / np.float32(255)  # of the squares, without a bias
    assert [run[0] for run in runs] == [task for task in ("softmax", "pair", "machine", "squares") for _ in range(2)]
    for place, run in enumerate(runs):
        with np.load(drawn / "results/runs" / Run(*run).folder / "weights.npz") as arrays:
            expected = (other if run[0] == "squares" else usual) @ arrays["last"].astype(np.float32).T
        found = of_each(driver, images, ANSWER, place)
        np.testing.assert_allclose(found[:, :-1], expected, rtol=0, atol=1e-5)
        own = expected[:, 0] <= 0 if run[0] == "pair" else expected.argmax(axis=1)
        assert (found[:, -1] == own).all()
    random = np.random.RandomState(0)
    spots = np.kron(random.rand(100, 28, 28) < 0.05, np.ones((1, 10, 10))) * random.randint(60, 256, (100, 1, 1))
    sheets = (spots * (np.arange(280) < random.randint(40, 280, (100, 1, 1)))).astype(np.uint8)
    sheets[:, 140, 20] = 255
    for how in (("centred_by_mass", [28, 28], 255), ("counted_in_blocks", [8, 8], 16)):
        own = [prepare(sheet, *how).ravel() for sheet in sheets]
        assert (of_each(driver, sheets, "onelayer.prepare", 280, 280, *how) == own).all()
    assert driver.title == "Drawn <digits>: networks of one layer to explore"
    options, text = [option.text for option in every(driver, "#run option")], find(driver, "draw-text")
    choose(driver, "run", options.index("machine, λ = 0.02, shuffled"))
    draw_seven(driver)
    assert text.text.startswith("Taken for seven, margin")
    assert "gives no probabilities" in find(driver, "draw-detail").text
    choose(driver, "run", options.index("pair, λ = 0.0, file order"))
    assert text.text.endswith("This run knows four, nine.")
    assert [option.text for option in every(driver, "#image-class option")] == ["all", "four", "nine"]
    assert len(every(driver, "#draw-detail .maps canvas")) == 1 and axe(driver) == {}


def test_a_data_set_that_cannot_be_drawn_has_no_board(digits, tmp_path, shown):
    project, work = copy_project(tmp_path / "project", "tests", "docs"), shutil.copytree(digits, tmp_path / "work")
    path = project / "config/datasets.yaml"
    path.write_text(path.read_text().replace("    preparation: counted_in_blocks\n", ""))
    snakemake(*DIGITS, "--cores", 2, "--", "results/explorer.html", folder=work, project=project)
    driver = shown(work)
    assert not every(driver, "#canvas") and not driver.find_elements(By.LINK_TEXT, "Draw")
    assert len(every(driver, "#image-grid button")) == 60
