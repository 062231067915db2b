"""A drawing becomes an image like those of its data set."""

import numpy as np
import pytest

from onelayer.data.preparation import PREPARATIONS, prepare, resampled
from tests.helpers import refusal


def drawing(top, left, height, width, side=100):
    """A filled rectangle on bare paper."""
    return np.pad(np.full((height, width), 255, np.uint8), ((top, side - top - height), (left, side - left - width)))


def test_resampling_takes_rounded_means_of_what_lies_below():
    image = np.random.RandomState(0).randint(0, 256, (12, 20))
    assert (resampled(image, 3, 5) == np.floor(image.reshape(3, 4, 5, 4).mean(axis=(1, 3)) + 0.5)).all()
    assert resampled(np.array([[0, 1, 4]]), 1, 2).tolist() == [[0, 3]]


@pytest.mark.parametrize("name", PREPARATIONS)
def test_place_and_size_of_a_drawing_do_not_matter_and_any_ink_is_one(name):
    strokes = (np.random.RandomState(1).rand(30, 20) < 0.4).astype(np.uint8) * 255
    drawn = [np.pad(strokes.repeat(size, 0).repeat(size, 1), place) for size, place in ((1, 0), (1, 37), (3, 11))]
    for shape in ((28, 28), (8, 8), (12, 20)):
        first, *others = (prepare(ink, name, shape, 255) for ink in drawn)
        assert first.shape == shape and first.dtype == np.uint8 and all((first == other).all() for other in others)
    for ink in (drawing(4, 4, 1, 1), drawing(4, 0, 1, 100), drawing(0, 4, 100, 1), np.full((1, 1), 1, np.uint8)):
        assert prepare(ink, name, (28, 28), 255).any()
    assert "no ink" in refusal(prepare, np.zeros((5, 5), np.uint8), name, (28, 28), 255)
    dots = drawing(0, 0, 1, 1, 2000) | drawing(1999, 1999, 1, 1, 2000)
    assert "ink is too thin for its size" in refusal(prepare, dots, name, (8, 8), 255)


def test_a_digit_of_mnist_is_fitted_into_20_by_mass_and_one_of_digits_counted_in_blocks():
    image = prepare(drawing(3, 50, 60, 30), "centred_by_mass", (28, 28), 255)
    assert (image[5:25, 10:20] == 255).all() and image.sum() == 255 * 200
    foot = drawing(0, 40, 80, 10) | drawing(70, 20, 10, 60)  # heavy: the centre of the box is not that of mass
    image = prepare(foot // 4, "centred_by_mass", (28, 28), 255).astype(int)
    assert abs((image.sum(axis=1) @ np.arange(28)) / image.sum() - 14) <= 0.5
    assert image[:4].any() and image.max() == 255
    image = prepare(drawing(10, 20, 64, 8), "counted_in_blocks", (8, 8), 16)  # 32 x 4 dots, from column 14 of 32
    assert (image.sum(axis=0) == [0, 0, 0, 64, 64, 0, 0, 0]).all()
    image = prepare(drawing(10, 20, 32, 60), "counted_in_blocks", (8, 8), 16)  # too wide: 24 of 32
    assert (image[:, 1:7] == 16).all() and not image[:, [0, 7]].any()
