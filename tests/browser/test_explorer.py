"""The explorer in a browser: every view, every control, and its arithmetic beside NumPy's."""

import base64
import json

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageDraw
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

from onelayer.data.preparation import prepare
from onelayer.data.store import read_images
from tests.browser.pages import axe
from tests.conftest import ROOT, snakemake

pytestmark = pytest.mark.browser

SEVEN = [(-70, -80), (0, -82), (60, -80), (30, -10), (0, 40), (-20, 100)]
NAMES = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]


@pytest.fixture
def shown(open_page):
    """A function that opens a page of a folder and waits until it is ready."""

    def opened(folder, **options):
        driver = open_page(folder / "results/explorer.html", **options)
        WebDriverWait(driver, 60).until(lambda _: driver.execute_script("return Boolean(window.onelayer)"))
        return driver

    return opened


def find(driver, name):
    return driver.find_element(By.ID, name)


def pixels_of(driver, selector):
    """What a canvas shows, as an address of data."""
    return driver.execute_script("return document.querySelector(arguments[0]).toDataURL()", selector)


def choose(driver, name, value):
    Select(find(driver, name)).select_by_value(str(value))


def set_range(driver, name, value):
    script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('input', {bubbles: true}))"
    driver.execute_script(script, find(driver, name), value)


def draw_seven(driver):
    """Draw a 7 with the mouse."""
    canvas = find(driver, "canvas")
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", canvas)
    size = canvas.rect["width"] / 280
    actions = ActionChains(driver, duration=20)
    first, *others = [(round(x * size), round(y * size)) for x, y in SEVEN]
    actions.move_to_element_with_offset(canvas, *first).click_and_hold()
    for place in others:
        actions.move_to_element_with_offset(canvas, *place)
    actions.release().perform()
    WebDriverWait(driver, 10).until(lambda _: find(driver, "draw-text").text.startswith("Taken"))


def prepared_by_page(driver, drawings, preparation, shape, pixel_max):
    """The page's images of drawings (N, height, width)."""
    script = """
        const [text, count, height, width, ...rest] = arguments;
        const ink = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const images = Array.from({ length: count }, (_, number) =>
          onelayer.prepare(ink.subarray(number * height * width, (number + 1) * height * width), height, width, ...rest));
        return images.map((image) => Array.from(image));
    """
    text = base64.b64encode(drawings.tobytes()).decode()
    images = driver.execute_script(script, text, *drawings.shape, preparation, shape, pixel_max)
    return np.array(images, np.uint8).reshape(len(drawings), *shape)


def answers_of_page(driver, run, images):
    """The page's logits (N, K) and decisions (N,) of a run's last weights for images (N, height, width)."""
    script = """
        const [text, size, place, pixelMax] = arguments, run = onelayer.page.runs[place];
        const pixels = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
        const answers = [];
        for (let first = 0; first < pixels.length; first += size) {
          const answer = onelayer.answerOf(run, run.steps.length - 1, pixels.subarray(first, first + size), pixelMax);
          answers.push([...answer.logits, answer.decided]);
        }
        return answers;
    """
    pixel_max = driver.execute_script("return onelayer.page.dataset.pixelMax")
    rows = []
    for part in np.array_split(images, max(1, len(images) // 2500)):
        text = base64.b64encode(part.tobytes()).decode()
        rows += driver.execute_script(script, text, images[0].size, run, pixel_max)
    table = np.array(rows)
    return table[:, :-1], table[:, -1].astype(int)


def drawings(count):
    """Drawings of random strokes, white on black."""
    random = np.random.RandomState(0)
    sheets = []
    for _ in range(count):
        sheet = Image.new("L", (280, 280))
        for _ in range(random.randint(1, 4)):
            points = [tuple(point) for point in random.randint(0, 280, (random.randint(2, 6), 2)).tolist()]
            ImageDraw.Draw(sheet).line(points, fill=int(random.randint(60, 256)), width=int(random.randint(3, 30)))
        sheets.append(np.asarray(sheet))
    return np.array(sheets)


def moved(images, random, side=100, smallest=0.4):
    """Images (N, 8, 8) of the digits redrawn on a larger sheet, in another size and place; ink up to 255."""
    sheets = np.zeros((len(images), side, side), np.uint8)
    for sheet, image in zip(sheets, images, strict=True):
        size = int(side * random.uniform(smallest, 1))
        large = Image.fromarray((image * (255 / 16)).astype(np.uint8)).resize((size, size), Image.Resampling.BICUBIC)
        top, left = random.randint(0, side - size + 1, 2)
        sheet[top : top + size, left : left + size] = np.asarray(large)
    return sheets


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


def test_the_weights_follow_step_scale_and_the_run_beside(digits, shown):
    driver = shown(digits)
    images = "#weight-panels canvas"
    assert len(driver.find_elements(By.CSS_SELECTOR, images)) == 10
    last = pixels_of(driver, images)
    set_range(driver, "step", 2)
    early = pixels_of(driver, images)
    assert early != last and "After step 2 of" in find(driver, "step-text").text
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
    assert f"Of {len(published)} published values does not apply: {len(published)}." in section.text
    assert "training.batch_size" in section.text and "SHA-256" in section.text


def test_logits_and_decisions_are_those_of_numpy(drawn, shown):
    driver = shown(drawn)
    stored = read_images(drawn / "results/data/drawn/test.parquet")
    assert len(stored.labels) == 10_000
    inputs = np.ones((10_000, 785), np.float32)
    inputs[:, :-1] = (stored.images.reshape(10_000, 784) - np.float32(127.5)) / np.float32(127.5)
    runs = driver.execute_script(
        "return onelayer.page.runs.map((run) => [run.task, run.lambda, run.shuffle, run.seed])"
    )
    assert [run[0] for run in runs] == [
        "softmax",
        "softmax",
        "pair",
        "pair",
        "machine",
        "machine",
        "squares",
        "squares",
    ]
    for place, (task, lam, shuffle, seed) in enumerate(runs):
        folder = drawn / f"results/runs/task={task}/lambda={lam}/shuffle={str(shuffle).lower()}/seed={seed}"
        with np.load(folder / "weights.npz") as arrays:
            expected = inputs @ arrays["last"].astype(np.float32).T
        logits, decided = answers_of_page(driver, place, stored.images)
        np.testing.assert_allclose(logits, expected, rtol=0, atol=1e-5)
        own = (expected[:, 0] <= 0).astype(int) if task == "pair" else expected.argmax(axis=1)
        assert (decided == own).all()


def test_the_page_prepares_a_drawing_as_python_does(digits, shown):
    driver = shown(digits)
    sheets = drawings(100)
    for preparation, shape, pixel_max in (("centred_by_mass", [28, 28], 255), ("counted_in_blocks", [8, 8], 16)):
        own = np.array([prepare(sheet, preparation, shape, pixel_max) for sheet in sheets])
        assert (prepared_by_page(driver, sheets, preparation, shape, pixel_max) == own).all()


def test_size_and_place_cost_no_accuracy_through_the_preparation(drawn, shown):
    driver = shown(drawn)
    with np.load(drawn / "moved.npz") as arrays:
        sheets, labels = arrays["sheets"], arrays["labels"]
    stored = read_images(drawn / "results/data/drawn/test.parquet", 0, len(labels))
    prepared = prepared_by_page(driver, sheets, "centred_by_mass", [28, 28], 255)
    bare = np.array([np.asarray(Image.fromarray(sheet).resize((28, 28), Image.Resampling.BOX)) for sheet in sheets])
    right = [(answers_of_page(driver, 0, images)[1] == labels).mean() for images in (stored.images, prepared, bare)]
    assert right[1] >= right[0] - 0.01
    assert right[2] < right[0] - 0.2


def test_other_tasks_models_and_names_have_their_page(drawn, shown):
    driver = shown(drawn)
    assert driver.title == "Drawn <digits>: networks of one layer to explore"
    options = [option.text for option in Select(find(driver, "run")).options]
    choose(driver, "run", options.index("machine, λ = 0.02, shuffled"))
    draw_seven(driver)
    assert find(driver, "draw-text").text.startswith("Taken for seven, margin")
    assert "gives no probabilities" in find(driver, "draw-detail").text
    choose(driver, "run", options.index("pair, λ = 0.0, file order"))
    assert find(driver, "draw-text").text.endswith("This run knows four, nine.")
    assert [option.text for option in Select(find(driver, "image-class")).options] == ["all", "four", "nine"]
    assert len(find(driver, "draw-detail").find_elements(By.CSS_SELECTOR, ".maps canvas")) == 1
    assert axe(driver) == []


def test_a_data_set_that_cannot_be_drawn_has_no_board(digits, tmp_path, shown):
    overlay = tmp_path / "overlay.yaml"
    datasets = (
        (ROOT / "config/datasets.yaml")
        .read_text()
        .partition("  digits:\n")[2]
        .replace("    preparation: counted_in_blocks\n", "")
    )
    overlay.write_text(
        (ROOT / "tests/digits.yaml").read_text().replace("dataset: digits", "dataset: plain")
        + "datasets:\n  plain:\n"
        + datasets
    )
    snakemake("results/explorer.html", "--cores", 2, "--configfile", overlay, folder=tmp_path)
    driver = shown(tmp_path)
    assert not driver.find_elements(By.ID, "canvas") and not driver.find_elements(By.LINK_TEXT, "Draw")
    assert len(driver.find_elements(By.CSS_SELECTOR, "#image-grid button")) == 60
