"""Every model: its loss by the plain formula, its gradient by central differences, its decisions, and extreme logits."""

import numpy as np
import pytest

from onelayer.gradients import TOLERANCE, largest_relative_error
from onelayer.models import MODELS
from onelayer.objective import loss_and_gradient, objective

RANDOM = np.random.RandomState(3)
INPUTS = RANDOM.uniform(-1, 1, (7, 5))


def weights_and_targets(name):
    model = MODELS[name]
    classes = model.class_count or 4
    return RANDOM.normal(0, 1, (model.outputs(classes), 5)), RANDOM.randint(0, classes, 7)


def plain_loss(name, z, t):
    """C^n of one sample by its textbook formula, in Python numbers."""
    if name == "logistic":
        p, y = 1 / (1 + np.exp(-z[0])), float(t == 0)
        return -(y * np.log(p) + (1 - y) * np.log(1 - p))
    if name == "softmax":
        return -np.log(np.exp(z[t]) / np.exp(z).sum())
    if name == "hinge":
        return max(0, 1 + max(z[j] for j in range(len(z)) if j != t) - z[t])
    return 0.5 * sum((z[k] - (k == t)) ** 2 for k in range(len(z)))


@pytest.mark.parametrize("name", MODELS)
def test_losses_are_those_of_the_formula_for_one_and_several_weights(name):
    weights, targets = weights_and_targets(name)
    logits = weights @ INPUTS.T
    expected = [plain_loss(name, z, t) for z, t in zip(logits.T, targets, strict=True)]
    np.testing.assert_allclose(MODELS[name].losses(logits, targets), expected, rtol=1e-12)
    np.testing.assert_allclose(MODELS[name].losses_and_gradient(logits, targets)[0], expected, rtol=1e-12)
    np.testing.assert_allclose(MODELS[name].losses(np.stack([logits, logits]), targets), [expected] * 2, rtol=1e-12)


@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
@pytest.mark.parametrize("lam", [0.0, 0.3, 2.0])
@pytest.mark.parametrize("name", MODELS)
def test_the_gradient_is_that_of_the_objective(name, lam, penalty):
    weights, targets = weights_and_targets(name)
    assert largest_relative_error(MODELS[name], weights, INPUTS, targets, lam, penalty) < TOLERANCE


@pytest.mark.parametrize(("penalty", "factor"), [("sum", 1), ("half_sum", 0.5)])
def test_the_penalty_covers_all_weights_and_the_bias(penalty, factor):
    weights, targets = weights_and_targets("softmax")
    loss, penalised = objective(MODELS["softmax"], weights, INPUTS, targets, 0.3, penalty)
    assert penalised - loss == pytest.approx(0.3 * factor * (weights**2).sum(), rel=1e-12)
    _, plain = loss_and_gradient(MODELS["softmax"], weights, INPUTS, targets, 0.0, penalty)
    _, decayed = loss_and_gradient(MODELS["softmax"], weights, INPUTS, targets, 0.3, penalty)
    np.testing.assert_allclose(decayed - plain, 2 * 0.3 * factor * weights, rtol=1e-12)


def test_softmax_with_two_classes_is_logistic_regression_on_the_difference():
    weights, targets = RANDOM.normal(0, 1, (2, 5)), RANDOM.randint(0, 2, 7)
    both, one = weights @ INPUTS.T, (weights[:1] - weights[1:]) @ INPUTS.T
    np.testing.assert_allclose(
        MODELS["softmax"].losses(both, targets), MODELS["logistic"].losses(one, targets), rtol=1e-12
    )
    np.testing.assert_array_equal(MODELS["softmax"].decisions(both), MODELS["logistic"].decisions(one))


@pytest.mark.parametrize("name", ["softmax", "hinge", "least_squares"])
def test_the_largest_output_decides_and_of_equals_the_first(name):
    logits = np.array([[1.0, 0.0, 2.0], [1.0, 3.0, 2.0], [0.0, 3.0, 2.0]])
    assert MODELS[name].decisions(logits).tolist() == [0, 1, 0]
    assert MODELS[name].margins(logits, np.array([0, 2, 1])).tolist() == [0, 0, 0]
    assert MODELS[name].margins(logits, np.array([2, 0, 0])).tolist() == [-1, -3, 0]


def test_logistic_decides_for_its_first_class_above_zero():
    logits = np.array([[0.5, 0.0, -0.5]])
    assert MODELS["logistic"].decisions(logits).tolist() == [0, 1, 1]
    assert MODELS["logistic"].margins(logits, np.array([0, 0, 1])).tolist() == [0.5, 0, 0.5]


def test_the_subgradient_of_the_hinge_takes_the_first_of_equal_rivals_and_none_where_the_loss_is_zero():
    logits = np.array([[0.0, 3.0], [0.0, 1.0], [0.0, 2.0]])
    losses, gradient = MODELS["hinge"].losses_and_gradient(logits, np.array([2, 0]))
    assert losses.tolist() == [1, 0]
    assert gradient.T.tolist() == [[1, 0, -1], [0, 0, 0]]


@pytest.mark.parametrize("name", ["logistic", "softmax", "hinge"])
@pytest.mark.parametrize("size", [1e3, 1e150])
def test_extreme_logits_stay_finite(name, size):
    logits = size * np.array([[1.0, -1.0]] if name == "logistic" else [[1.0, -1.0], [-1.0, 1.0]])
    with np.errstate(over="raise", invalid="raise"):
        losses, gradient = MODELS[name].losses_and_gradient(logits, np.array([0, 0]))
    assert losses[0] == 0 and losses[1] >= size and np.isfinite(gradient).all()
