import numpy as np
import pytest

from onelayer.gradcheck import central_differences
from onelayer.objective import Logistic, Softmax, cross_entropy_and_gradient, loss

RANDOM = np.random.RandomState(3)
INPUTS = RANDOM.uniform(-1, 1, (7, 5))
BINARY = (Logistic, RANDOM.normal(0, 1, (5, 1)), np.array([0, 1, 1, 0, 0, 1, 0]))
SOFTMAX = (Softmax, RANDOM.normal(0, 1, (5, 4)), np.array([0, 3, 2, 1, 1, 0, 2]))


@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
@pytest.mark.parametrize("lam", [0.0, 0.3, 2.0])
@pytest.mark.parametrize(("model", "weights", "targets"), [BINARY, SOFTMAX])
def test_gradient_is_that_of_the_loss(model, weights, targets, lam, penalty):
    _, gradient = cross_entropy_and_gradient(model, weights, INPUTS, targets, lam, penalty)

    def changed(output, change):
        steps = change * np.eye(len(weights))[:, :, None] * (np.arange(weights.shape[1]) == output)
        return np.array([loss(model, weights + step, INPUTS, targets, lam, penalty) for step in steps])

    expected = central_differences(changed, weights)
    np.testing.assert_allclose(gradient, expected, rtol=1e-9, atol=1e-11)


def test_logistic_cross_entropy_is_the_textbook_formula():
    model, weights, targets = BINARY
    y, p = targets == 0, 1 / (1 + np.exp(-(INPUTS @ weights[:, 0])))
    expected = -(y * np.log(p) + (1 - y) * np.log(1 - p))
    logits = (INPUTS @ weights).T
    np.testing.assert_allclose(model.error_and_losses(logits, targets)[1], expected, rtol=1e-13)
    np.testing.assert_allclose(model.losses(logits[None], 0)[0][targets == 0], expected[targets == 0], rtol=1e-13)
    np.testing.assert_allclose(model.losses(logits[None], 1)[0][targets == 1], expected[targets == 1], rtol=1e-13)


def test_softmax_cross_entropy_is_the_textbook_formula():
    model, weights, targets = SOFTMAX
    exponentials = np.exp(INPUTS @ weights)
    p = exponentials / exponentials.sum(axis=1, keepdims=True)
    logits = (INPUTS @ weights).T
    expected = -np.log(p[np.arange(7), targets])
    np.testing.assert_allclose(model.error_and_losses(logits, targets)[1], expected, rtol=1e-13)
    for target in range(4):
        np.testing.assert_allclose(model.losses(logits[None], target)[0], -np.log(p[:, target]), rtol=1e-13)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_extreme_logits_stay_finite_and_exact(dtype):
    logits = np.array([[1e4, -1e4, 1e4, -1e4]], dtype)
    error, losses = Logistic.error_and_losses(logits, np.array([0, 1, 1, 0]))
    assert losses.tolist() == [0, 0, 1e4, 1e4] and error.tolist() == [[0, 0, 1, -1]]
    assert Logistic.losses(logits[None], 0).tolist() == [[0, 1e4, 0, 1e4]]

    logits = np.array([[1e4, 1e4], [-1e4, -1e4], [0, 0]], dtype)
    error, losses = Softmax.error_and_losses(logits, np.array([0, 1]))
    assert losses.tolist() == [0, 2e4] and error.tolist() == [[0, 1], [0, -1], [0, 0]]
    assert Softmax.losses(logits[None], 2).tolist() == [[1e4, 1e4]]


def test_two_class_softmax_is_logistic_regression_on_the_difference():
    weights, targets = RANDOM.normal(0, 1, (5, 2)), BINARY[2]
    one, gradient = cross_entropy_and_gradient(Logistic, weights[:, :1] - weights[:, 1:], INPUTS, targets, 0.0, "sum")
    two, gradients = cross_entropy_and_gradient(Softmax, weights, INPUTS, targets, 0.0, "sum")
    assert one == pytest.approx(two, rel=1e-14)
    np.testing.assert_allclose(gradients, np.hstack([gradient, -gradient]), rtol=1e-12)


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


def test_margins_say_who_wins_and_by_how_much():
    margins, wins = Logistic.margins(np.array([[[0.5, -0.5, 0.0]]]), 0)
    assert margins.tolist() == [[0.5, -0.5, 0.0]] and wins.tolist() == [[True, False, False]]
    margins, wins = Logistic.margins(np.array([[[0.5, -0.5, 0.0]]]), 1)
    assert margins.tolist() == [[-0.5, 0.5, 0.0]] and wins.tolist() == [[False, True, True]]
    logits = np.array([[[1.0, 2, 3, 3], [2.0, 2, 1, 3], [0.0, 1, 3, 3]]])
    for target, margin, wins in (
        (0, [-1, 0, 0, 0], [False, True, True, True]),
        (1, [1, 0, -2, 0], [True, False, False, False]),
        (2, [-2, -1, 0, 0], [False, False, False, False]),
    ):
        got = Softmax.margins(logits, target)
        assert got[0].tolist() == [margin] and got[1].tolist() == [wins]
