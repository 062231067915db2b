"""Every model: its loss by the textbook formula, its gradient by central differences, and extreme logits; the engine has its decisions."""

from types import SimpleNamespace

import numpy as np
import pytest

from onelayer import models
from onelayer.models import loss_and_gradient, model_named, model_names, objective
from onelayer.training.gradients import TOLERANCE, largest_relative_error
from peers import LOSSES


@pytest.mark.parametrize(("penalty", "factor"), [("sum", 1), ("half_sum", 0.5)])
@pytest.mark.parametrize("name", model_names())
def test_losses_gradient_penalty_and_probabilities_are_those_of_the_formula(name, penalty, factor):
    model, random = model_named(name), np.random.RandomState(3)
    classes = model.class_count or 4
    weights, inputs = random.normal(size=(model.outputs(classes), 5)), random.normal(size=(7, 5))
    targets, logits = np.arange(7) % classes, weights @ inputs.T
    y = np.eye(classes)[targets][:, : len(weights)]
    expected = [LOSSES[name](z[None], own[None])[0] for z, own in zip(logits.T, y, strict=True)]
    losses, slopes = model.losses_and_gradient(logits, targets)
    np.testing.assert_allclose([losses, *model.losses(np.stack([logits] * 2), targets)], [expected] * 3, rtol=1e-12)
    loss, penalised = objective(model, weights, inputs, targets, 0.3, penalty)
    assert penalised - loss == pytest.approx(0.3 * factor * (weights**2).sum(), rel=1e-12)
    assert largest_relative_error(model, weights, inputs, targets, 0.3, penalty) < TOLERANCE
    steep = SimpleNamespace(losses=model.losses, losses_and_gradient=lambda *_: (losses, 1.00001 * slopes))
    assert largest_relative_error(steep, weights, inputs, targets, 0.0, penalty) == pytest.approx(1e-5, rel=0.01)
    probabilities = model.probabilities(logits)
    assert (probabilities is None) == (name not in ("logistic", "softmax"))
    if probabilities is not None:
        np.testing.assert_allclose(-np.log(probabilities[targets, range(7)]), expected, rtol=1e-12)
        np.testing.assert_allclose(probabilities.sum(axis=0), 1, rtol=1e-12)


@pytest.mark.parametrize("name", model_names())
def test_many_samples_have_the_loss_and_the_gradient_of_a_batch(name, monkeypatch):
    model, random = model_named(name), np.random.RandomState(5)
    classes = model.class_count or 4
    weights, inputs = random.normal(size=(model.outputs(classes), 5)), random.normal(size=(9, 5))
    given = model, weights, inputs, np.arange(9) % classes, 0.3, "sum"
    loss, gradient = loss_and_gradient(*given)
    monkeypatch.setattr(models, "CACHE", 0)
    many, other = loss_and_gradient(*given)
    assert many == pytest.approx(loss, rel=1e-12) and other.shape == gradient.shape
    np.testing.assert_allclose(other, gradient, rtol=1e-12)


@pytest.mark.parametrize("size", [1e3, 1e150])
@pytest.mark.parametrize("name", ["logistic", "softmax", "hinge", "one_versus_rest"])
def test_extreme_logits_stay_finite(name, size):
    logits = size * np.array([[1.0, -1.0]] if name == "logistic" else [[1.0, -1.0], [-1.0, 1.0]])
    with np.errstate(over="raise", invalid="raise"):
        losses, gradient = model_named(name).losses_and_gradient(logits, np.array([0, 0]))
    assert losses[0] == 0 and losses[1] >= size and np.isfinite(gradient).all()
