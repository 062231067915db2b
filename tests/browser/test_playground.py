"""The view that trains: the engine in the page beside NumPy's, step by step, and what the view says."""

import re

import numpy as np
import pytest

from onelayer.data.samples import choose_samples, inputs_of
from onelayer.experiment.task import Evaluations
from onelayer.models import model_named, model_names
from onelayer.training.training import train
from tests.browser.pages import find, until
from tests.helpers import settings
from tests.training import golden

pytestmark = pytest.mark.browser
RUN = """const [settings, set, steps] = arguments;
    const own = { inputs: Float64Array.from(set.inputs.flat()), targets: set.targets };
    const training = new onelayer.Training(settings, own, own);
    for (let n = 0; n < steps; n++) training.advance();
    return { weights: [...training.weights], loss: training.evaluations.at(-1).loss };"""


@pytest.mark.parametrize("lam", [0.0, 0.2])
@pytest.mark.parametrize("name", model_names())
def test_the_first_200_steps_and_their_permutations_are_those_of_the_engine(digits, shown, name, lam):
    classes = list(range(model_named(name).class_count or 10))
    samples = choose_samples(golden.stored("train", 150), classes)
    batch = min(32, len(samples.targets) // 2)
    shuffle, often = name in ("softmax", "hinge"), Evaluations(5, "first", False)
    own = {"model": name, "classes": classes, "lam": lam, "batch_size": batch, "evaluations": often, "seed": 123456}
    own |= {"learning_rate": 0.02, "shuffle": shuffle, "early_stop": None}
    own["max_epochs"] = 200 // (len(samples.targets) // batch)
    history = train(samples, samples, settings(**own))
    page = {"model": name, "rate": 0.02, "lambda": lam, "penalty": "sum", "batchSize": batch, "shuffle": shuffle}
    page |= {"seed": 123456, "perEpoch": 5, "patience": 0}
    page["outputs"], page["width"] = history.last_weights.shape
    images = {"inputs": inputs_of(samples, "float64").tolist(), "targets": samples.targets.tolist()}
    found = shown(digits).execute_script(RUN, page, images, len(history.train_losses))
    np.testing.assert_allclose(found["weights"], history.last_weights.ravel(), rtol=0, atol=1e-9)
    assert found["loss"] == pytest.approx(history.evaluations["validation_loss"][-1], abs=1e-9)


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
