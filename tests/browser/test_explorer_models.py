"""The explorer on other data and models, and its arithmetic beside NumPy's."""

import numpy as np
import pytest
from PIL import Image
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import Select

from onelayer.data.preparation import prepare
from onelayer.data.store import read_images
from tests.browser.explorer import answers_of_page, choose, draw_seven, drawings, find, prepared_by_page
from tests.browser.pages import axe
from tests.conftest import ROOT, snakemake

pytestmark = pytest.mark.browser


def test_the_page_is_small(digits, drawn):
    sizes = [(folder / "results/explorer.html").stat().st_size for folder in (digits, drawn)]
    assert sizes[0] < 2_000_000 and sizes[1] < 3_000_000


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
