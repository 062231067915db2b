"""A headless Chromium without network, pages of the explorer in it, and a run on other data than the digits."""

import numpy as np
import pytest

from onelayer.data.preparation import prepare
from onelayer.data.store import read_images
from tests.browser import pages
from tests.conftest import snakemake

OVERLAY = """
source: null
dataset: drawn
datasets:
  drawn:
    {{title: Drawn <digits>, format: npz, shape: [28, 28], classes: {ten}, preparation: centred_by_mass, sources: ['{folder}'],
    files: {{archive: {{name: drawn.npz}}}}, class_names: [zero, one, two, three, four, five, six, seven, eight, nine]}}
images: {{train: {{file: train, count: 3000}}, validation: {{file: test, count: 10000}}}}
training: {{max_epochs: 6}}
tasks:
  softmax: {{model: softmax, classes: {ten}, lambdas: [0.0, 0.02], shuffle: [true], learning_rate: 0.01}}
  pair: {{model: logistic, classes: [4, 9], learning_rate: 0.05, lambdas: [0.0], shuffle: [true, false], seeds: [0, 1]}}
  machine: {{model: hinge, classes: {ten}, lambdas: [0.0, 0.02], shuffle: [true], learning_rate: 0.002}}
  squares:
    {{model: least_squares, classes: {ten}, lambdas: [0.0, 0.02], shuffle: [true], learning_rate: 0.0005, bias: false,
    inputs: {{offset: 10, scale: 255}}}}
"""


@pytest.fixture(scope="session", autouse=True)
def browser(tmp_path_factory):
    """The browser, one for all tests; without one all of them fail."""
    with pages.browser(tmp_path_factory.mktemp("chromium")) as chrome:
        yield chrome


@pytest.fixture
def open_page(browser):
    """A function that opens a file and returns the browser. No page may complain in the console or ask a network."""
    yield lambda path, **options: pages.open_page(browser, path, **options) or browser
    assert pages.faults(browser) == []


@pytest.fixture
def shown(open_page):
    """A function that opens the explorer of a folder and waits until it is ready."""
    return lambda folder, **options: pages.ready(open_page(folder / "results/explorer.html", **options))


@pytest.fixture(scope="session")
def drawn(digits, tmp_path_factory):
    """A folder with a run on 28 x 28 images made from the digits: names of classes, four tasks, 10,000 validation images."""
    folder, sets = tmp_path_factory.mktemp("drawn"), {}
    for split, count in (("train", 3000), ("test", 10_000)):
        stored = read_images(digits / f"results/data/digits/{split}.parquet")
        sheets = np.kron(stored.images, np.full((1, 8, 8), 15, np.uint8))
        images = np.array([prepare(sheet, "centred_by_mass", (28, 28), 255) for sheet in sheets])
        sets |= {f"x_{split}": np.resize(images, (count, 28, 28)), f"y_{split}": np.resize(stored.labels, count)}
    np.savez(folder / "drawn.npz", **sets)
    (folder / "overlay.yaml").write_text(OVERLAY.format(ten=list(range(10)), folder=folder))
    snakemake("all", "--cores", 2, "--configfile", folder / "overlay.yaml", folder=folder)
    return folder
