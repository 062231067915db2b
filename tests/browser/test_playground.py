"""The view that trains: the engine in the page beside NumPy's, step by step, and what the view says."""

import re

import numpy as np
import pytest

from onelayer.data.store import read_images
from onelayer.models import loss_and_gradient, model_named, model_names
from tests.browser.pages import find, until

pytestmark = pytest.mark.browser
STEPS, BATCH = 200, 32
RUN = """const [settings, set, steps] = arguments;
    const own = { inputs: Float64Array.from(set.inputs.flat()), targets: set.targets };
    const training = new onelayer.Training(settings, own, own);
    for (let n = 0; n < steps; n++) training.advance();
    return { weights: [...training.weights], order: training.order, evaluations: training.evaluations };"""


@pytest.fixture(scope="module")
def images(digits):
    """The first 150 training images of the embedded digits as inputs, and the positions of their classes."""
    stored = read_images(digits / "results/data/digits/train.parquet")
    inputs = np.hstack([stored.images[:150].reshape(150, -1) / 8 - 1, np.ones((150, 1))])
    return inputs, stored.labels[:150].astype(np.int64)


@pytest.mark.parametrize("lam", [0.0, 0.2])
@pytest.mark.parametrize("name", model_names())
def test_the_first_200_steps_and_their_permutations_are_those_of_the_engine(digits, shown, images, name, lam):
    driver, model, (inputs, targets) = shown(digits), model_named(name), images
    one = model.class_count == 2
    kept = targets < (2 if one else 10)
    inputs, targets = inputs[kept], targets[kept]
    batch, shuffle = min(BATCH, len(targets) // 2), name in ("softmax", "hinge")
    settings = {"model": name, "outputs": 1 if one else 10, "width": 65, "rate": 0.02, "lambda": lam, "penalty": "sum"}
    settings |= {"batchSize": batch, "shuffle": shuffle, "seed": 123456, "perEpoch": 5, "patience": 0}
    found = driver.execute_script(RUN, settings, {"inputs": inputs.tolist(), "targets": targets.tolist()}, STEPS)
    weights, random = np.zeros((settings["outputs"], 65)), np.random.RandomState(123456)
    for step in range(STEPS):
        place = step % (len(targets) // batch)
        if place == 0:
            order = np.arange(len(targets))
            if shuffle:
                random.shuffle(order)
        rows = order[place * batch : (place + 1) * batch]
        weights -= 0.02 * loss_and_gradient(model, weights, inputs[rows], targets[rows], lam, "sum")[1]
    np.testing.assert_allclose(np.reshape(found["weights"], weights.shape), weights, rtol=0, atol=1e-9)
    last = found["evaluations"][-1]
    if last["step"] == STEPS:
        assert last["loss"] == pytest.approx(model.losses(weights @ inputs.T, targets).mean(), abs=1e-9)


def test_it_runs_pauses_steps_and_says_of_a_comparison_what_came_of_it(digits, shown):
    driver = shown(digits)
    find(driver, "train-run").click()
    until(driver, lambda: "epoch 3" in find(driver, "train-text").text)
    find(driver, "train-reset").click()
    find(driver, "train-step").click()
    until(driver, lambda: "After 1 step, epoch 0: validation" in find(driver, "train-text").text)
    driver.execute_script("for (let n = 0; n < 3; n++) document.getElementById('train-step').click()")
    until(driver, lambda: "After 4 steps" in find(driver, "train-text").text)
    find(driver, "train-epoch").click()
    until(driver, lambda: re.match("After [0-9]+ steps, epoch 1: .* Paused", find(driver, "train-text").text))
    for name, says in (
        ("orders", "in file order and"),
        ("penalty", "With λ = 2 the squared norm"),
        ("diverges", "multiplies the weights by −1.4"),
    ):
        driver.execute_script(f"document.getElementById('train-{name}').click()")
        until(driver, lambda says=says: says in find(driver, "train-found").text)
    ends = driver.execute_script("return document.getElementById('train-found').textContent")
    assert "no finite number" in ends or "× 10^" in ends


def test_the_page_stays_alive_while_it_trains(digits, shown):
    driver = shown(digits)
    find(driver, "train-run").click()
    frames = """const done = arguments[0], end = performance.now() + 2000; let count = 0;
        const tick = () => (performance.now() < end ? (count++, requestAnimationFrame(tick)) : done(count / 2)); tick();"""
    assert driver.execute_async_script(frames) >= 20  # a second; 58 to 60 where nothing else runs
