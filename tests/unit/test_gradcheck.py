import numpy as np
import pytest

from onelayer import gradcheck
from onelayer.objective import Logistic, Softmax, loss
from onelayer.samples import all_inputs, choose_samples


def test_central_differences_of_a_known_function():
    weights = np.array([[0.3, -1.2], [2.0, 0.0], [0.5, 0.1]])
    got = gradcheck.central_differences(lambda k, h: (weights[:, k] + h) ** 3 + np.sin(weights[:, k] + h), weights)
    np.testing.assert_allclose(got, 3 * weights**2 + np.cos(weights), rtol=1e-9)


@pytest.mark.parametrize(("model", "classes"), [(Logistic, [1, 3]), (Softmax, [0, 1, 2, 3, 4])])
@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
def test_the_check_differentiates_the_objective_itself(images, model, classes, penalty, monkeypatch):
    """Its difference quotients are those of `loss`, changed one weight at a time."""
    samples = choose_samples(images, classes)
    inputs, targets = all_inputs(samples, "float64")[:8], samples.targets[:8]
    weights = np.random.RandomState(0).normal(0, 0.1, (13, model.outputs(classes)))

    def plainly(output, change):
        values = []
        for index in range(len(weights)):
            changed = weights.copy()
            changed[index, output] += change
            values.append(loss(model, changed, inputs, targets, 0.7, penalty))
        return np.array(values)

    def both(function, weights):
        for output in range(weights.shape[1]):
            np.testing.assert_allclose(function(output, 0.01), plainly(output, 0.01), rtol=1e-13)
        return true_differences(function, weights)

    true_differences = gradcheck.central_differences
    monkeypatch.setattr(gradcheck, "central_differences", both)
    assert gradcheck.largest_relative_error(model, weights, inputs, targets, 0.7, penalty) < 1e-8


def test_a_right_gradient_passes_and_a_wrong_one_does_not(images, monkeypatch):
    samples = choose_samples(images, [0, 1, 2, 3, 4])
    arguments = (all_inputs(samples, "float64"), samples.targets, 0.5, "sum")
    weights = np.random.RandomState(0).normal(0, 0.1, (13, 5))
    right = gradcheck.largest_relative_error(Softmax, weights, *arguments)
    assert 0 < right < gradcheck.TOLERANCE / 100

    true_gradient = gradcheck.cross_entropy_and_gradient

    def slightly_wrong(*arguments):
        value, gradient = true_gradient(*arguments)
        gradient[7, 2] *= 1 + 1e-5
        return value, gradient

    monkeypatch.setattr(gradcheck, "cross_entropy_and_gradient", slightly_wrong)
    assert gradcheck.largest_relative_error(Softmax, weights, *arguments) > gradcheck.TOLERANCE
