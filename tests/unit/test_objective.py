import numpy as np
import pytest

from onelayer.gradcheck import central_differences
from onelayer.objective import Logistic, Softmax, cross_entropy_and_gradient, loss

RANDOM = np.random.RandomState(3)
INPUTS = RANDOM.uniform(-1, 1, (7, 5))
BINARY = (Logistic, RANDOM.normal(0, 1, (1, 5)), np.array([1.0, 0, 0, 1, 1, 0, 1]))
SOFTMAX = (Softmax, RANDOM.normal(0, 1, (4, 5)), np.array([0, 3, 2, 1, 1, 0, 2]))


@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
@pytest.mark.parametrize("lam", [0.0, 0.3, 2.0])
@pytest.mark.parametrize(("model", "weights", "targets"), [BINARY, SOFTMAX])
def test_gradient_is_that_of_the_loss(model, weights, targets, lam, penalty):
    _, gradient = cross_entropy_and_gradient(model, weights, INPUTS, targets, lam, penalty)
    expected = central_differences(lambda w: loss(model, w, INPUTS, targets, lam, penalty), weights.copy())
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-11)


def test_logistic_cross_entropy_is_the_textbook_formula():
    model, weights, y = BINARY
    p = 1 / (1 + np.exp(-(INPUTS @ weights[0])))
    expected = -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
    assert model.cross_entropy(weights @ INPUTS.T, y) == pytest.approx(expected, rel=1e-14)


def test_softmax_cross_entropy_is_the_textbook_formula():
    model, weights, classes = SOFTMAX
    exponentials = np.exp(INPUTS @ weights.T)
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    expected = -np.mean(np.log(p[np.arange(7), classes]))
    assert model.cross_entropy(weights @ INPUTS.T, classes) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_extreme_logits_stay_finite_and_exact(dtype):
    logits = np.array([[1e4, -1e4, 1e4, -1e4]], dtype)
    targets = np.array([1, 0, 0, 1], dtype)
    assert Logistic.cross_entropy(logits, targets) == 5e3
    assert Logistic.error(logits, targets).tolist() == [[0, 0, 1, -1]]

    logits = np.array([[1e4, 1e4], [-1e4, -1e4], [0, 0]], dtype)
    targets = np.array([0, 1])
    assert Softmax.cross_entropy(logits, targets) == 1e4
    assert Softmax.error(logits, targets).tolist() == [[0, 1], [0, -1], [0, 0]]


def test_two_class_softmax_is_logistic_regression_on_the_difference():
    weights = RANDOM.normal(0, 1, (2, 5))
    _, logistic_weights, y = BINARY
    logistic_weights = weights[:1] - weights[1:]
    classes = np.where(y == 1, 0, 1)
    one, gradient = cross_entropy_and_gradient(Logistic, logistic_weights, INPUTS, y, 0.0, "sum")
    two, gradients = cross_entropy_and_gradient(Softmax, weights, INPUTS, classes, 0.0, "sum")
    assert one == pytest.approx(two, rel=1e-14)
    np.testing.assert_allclose(gradients, np.vstack([gradient, -gradient]), rtol=1e-12)


def test_the_penalty_covers_every_weight_with_the_stated_factor():
    model, weights, targets = SOFTMAX
    plain = loss(model, weights, INPUTS, targets, 0.0, "sum")
    assert loss(model, weights, INPUTS, targets, 0.5, "sum") - plain == pytest.approx(0.5 * (weights**2).sum())
    assert loss(model, weights, INPUTS, targets, 0.5, "half_sum") - plain == pytest.approx(0.25 * (weights**2).sum())
    _, free = cross_entropy_and_gradient(model, weights, INPUTS, targets, 0.0, "sum")
    _, full = cross_entropy_and_gradient(model, weights, INPUTS, targets, 0.5, "sum")
    _, half = cross_entropy_and_gradient(model, weights, INPUTS, targets, 0.5, "half_sum")
    np.testing.assert_allclose(full - free, weights, rtol=1e-12)
    np.testing.assert_allclose(half - free, weights / 2, rtol=1e-12)


def test_targets_follow_the_order_of_the_classes():
    labels = np.array([3, 2, 2, 3])
    assert Logistic.targets(labels, [2, 3], np.float32).tolist() == [0, 1, 1, 0]
    assert Logistic.targets(labels, [3, 2], np.float32).tolist() == [1, 0, 0, 1]
    assert Softmax.targets(labels, [3, 7, 2], np.float32).tolist() == [0, 2, 2, 0]


def test_accuracy_counts_the_right_side():
    assert Logistic.accuracy(np.array([[0.1, -0.1, 0.0, 2.0]]), np.array([1.0, 0.0, 0.0, 0.0])) == 0.75
    assert Softmax.accuracy(np.array([[1.0, 0, 2], [1, 1, 0]]), np.array([0, 0, 0])) == pytest.approx(2 / 3)
