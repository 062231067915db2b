import numpy as np

from onelayer import gradcheck
from onelayer.objective import Softmax
from onelayer.samples import all_inputs, choose_samples


def test_central_differences_of_a_known_function():
    weights = np.array([[0.3, -1.2], [2.0, 0.0]])
    got = gradcheck.central_differences(lambda w: float((w**3).sum() + np.sin(w).sum()), weights)
    np.testing.assert_allclose(got, 3 * weights**2 + np.cos(weights), rtol=1e-9)
    assert weights.tolist() == [[0.3, -1.2], [2.0, 0.0]]


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
