import numpy as np
import pytest

from onelayer.samples import BatchInputs, all_inputs, choose_samples


def test_other_classes_are_left_out_and_the_order_stays(images):
    got = choose_samples(images, [3, 1])
    chosen = np.isin(images.labels, [1, 3])
    np.testing.assert_array_equal(got.pixels, images.images[chosen].reshape(-1, 12))
    np.testing.assert_array_equal(got.targets, np.where(images.labels[chosen] == 3, 0, 1))
    assert got.half == 8


def test_no_image_of_the_classes_is_an_empty_set(images):
    assert choose_samples(images, [7, 8]).pixels.shape == (0, 12)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_pixels_become_minus_one_to_one_with_a_bias_of_one(images, dtype):
    images.images[0] = 0
    images.images[1] = 16
    got = all_inputs(choose_samples(images, [0, 1, 2, 3, 4]), dtype)
    assert got.shape == (60, 13) and got.dtype == dtype
    assert got[0].tolist() == [-1] * 12 + [1]
    assert got[1].tolist() == [1] * 13
    np.testing.assert_array_equal(got[:, :-1], (images.images.reshape(60, 12) - 8.0) / 8.0)


def test_mnist_bytes_are_scaled_by_127_point_5(images):
    images.metadata["pixel_max"] = 255
    assert choose_samples(images, [0, 1]).half == 127.5


def test_merged_inputs_give_the_logits_the_steps_and_the_norm_of_all_inputs(images):
    images.images[:, 0, :2] = 0
    images.images[:, 2, 1] = 0
    samples = choose_samples(images, [0, 1, 2, 3, 4])
    merged = BatchInputs(samples, 10, np.float64)
    assert merged.inputs.shape == (10, 10)
    full = all_inputs(samples, np.float64)
    random = np.random.RandomState(0)
    weights, full_weights = np.zeros((10, 5)), np.zeros((13, 5))
    for _ in range(20):
        rows, error = random.permutation(60)[:10], random.normal(size=(5, 10))
        inputs, targets = merged.batch(rows)
        np.testing.assert_array_equal(targets, samples.targets[rows])
        np.testing.assert_allclose(inputs @ weights, full[rows] @ full_weights, rtol=1e-12, atol=1e-13)
        # A step of gradient descent along any error, with decay.
        weights -= 0.1 * (inputs.T @ error.T + 0.3 * weights)
        full_weights -= 0.1 * (full[rows].T @ error.T + 0.3 * full_weights)
    np.testing.assert_allclose(merged.full_weights(weights), full_weights, rtol=1e-12, atol=1e-13)
    assert np.square(weights).sum() == pytest.approx(np.square(full_weights).sum(), rel=1e-12)
