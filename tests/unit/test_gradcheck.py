import numpy as np

from onelayer import gradcheck
from onelayer.objective import Softmax
from onelayer.training import prepare_samples


def test_central_differences_of_a_known_function():
    weights = np.array([[0.3, -1.2], [2.0, 0.0]])
    got = gradcheck.central_differences(lambda w: float((w**3).sum() + np.sin(w).sum()), weights)
    np.testing.assert_allclose(got, 3 * weights**2 + np.cos(weights), rtol=1e-9)
    assert weights.tolist() == [[0.3, -1.2], [2.0, 0.0]]


def test_a_right_gradient_passes_and_a_wrong_one_does_not(images, monkeypatch):
    samples = prepare_samples(images, "softmax", [0, 1, 2, 3, 4], "float64")
    weights = np.random.RandomState(0).normal(0, 0.1, (5, 13))
    right = gradcheck.largest_relative_error(Softmax, weights, samples, 0.5, "sum")
    assert 0 < right < gradcheck.TOLERANCE / 100

    true_gradient = gradcheck.cross_entropy_and_gradient

    def slightly_wrong(*arguments):
        value, gradient = true_gradient(*arguments)
        gradient[2, 7] *= 1 + 1e-5
        return value, gradient

    monkeypatch.setattr(gradcheck, "cross_entropy_and_gradient", slightly_wrong)
    assert gradcheck.largest_relative_error(Softmax, weights, samples, 0.5, "sum") > gradcheck.TOLERANCE
