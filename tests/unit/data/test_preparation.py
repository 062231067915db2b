"""A drawing becomes an image like those of its data set."""

import numpy as np
import pytest

from onelayer.data.preparation import PREPARATIONS, prepare, resampled
from onelayer.errors import InputError


def drawing(top, left, height, width, side=100):
    """A filled rectangle on bare paper."""
    ink = np.zeros((side, side), np.uint8)
    ink[top : top + height, left : left + width] = 255
    return ink


def test_resampling_keeps_the_mean_and_is_exact_on_whole_cells():
    random = np.random.RandomState(0)
    image = random.randint(0, 256, (12, 20))
    assert (resampled(image, 12, 20) == image).all()
    whole = image.reshape(3, 4, 5, 4).mean(axis=(1, 3))
    assert (resampled(image, 3, 5) == np.floor(whole + 0.5)).all()
    assert abs(resampled(image, 7, 9).mean() - image.mean()) < 0.5
    assert (resampled(image, 24, 40) == image.repeat(2, axis=0).repeat(2, axis=1)).all()


@pytest.mark.parametrize("name", PREPARATIONS)
@pytest.mark.parametrize("shape", [(28, 28), (8, 8), (12, 20)])
def test_place_and_size_of_a_drawing_do_not_matter(name, shape):
    random = np.random.RandomState(1)
    strokes = (random.rand(30, 20) < 0.4).astype(np.uint8) * 255
    images = []
    for size, place in ((1, 0), (1, 37), (3, 11)):
        ink = np.zeros((150, 150), np.uint8)
        part = strokes.repeat(size, axis=0).repeat(size, axis=1)
        ink[place : place + part.shape[0], place : place + part.shape[1]] = part
        images.append(prepare(ink, name, shape, 255))
    assert images[0].shape == shape and images[0].dtype == np.uint8
    assert (images[0] == images[1]).all() and (images[0] == images[2]).all()


def test_a_digit_of_mnist_is_fitted_into_20_and_centred_by_mass():
    image = prepare(drawing(3, 50, 60, 30), "centred_by_mass", (28, 28), 255)
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    assert (rows[0], rows[-1], columns[0], columns[-1]) == (
        5,
        24,
        10,
        19,
    )  # the centre is pixel 14, or between 14 and 15
    # A heavy foot pulls the image up: the centre of mass, and not of the box, is in the middle.
    ink = drawing(0, 40, 80, 10) | drawing(70, 20, 10, 60)
    image = prepare(ink, "centred_by_mass", (28, 28), 255).astype(int)
    assert abs((image.sum(axis=1) @ np.arange(28)) / image.sum() - 14) <= 0.5
    assert np.flatnonzero(image.any(axis=1))[0] < 4
    # Faint ink is as dark as the darkest of the data set.
    assert prepare(drawing(3, 50, 60, 30) // 4, "centred_by_mass", (28, 28), 255).max() == 255


def test_the_ink_of_a_digit_is_counted_in_blocks():
    image = prepare(drawing(10, 20, 64, 8), "counted_in_blocks", (8, 8), 16)  # 32 x 4 dots, from column 14 of 32
    assert (image.sum(axis=0) == [0, 0, 0, 64, 64, 0, 0, 0]).all()
    image = prepare(drawing(10, 20, 32, 60), "counted_in_blocks", (8, 8), 16)  # too wide: 24 of 32
    assert (image[:, 1:7] == 16).all() and not image[:, [0, 7]].any()


@pytest.mark.parametrize("name", PREPARATIONS)
def test_a_dot_and_a_dash_are_drawings_and_bare_paper_is_none(name):
    for ink in (drawing(4, 4, 1, 1), drawing(4, 0, 1, 100), drawing(0, 4, 100, 1), np.full((1, 1), 1, np.uint8)):
        assert prepare(ink, name, (28, 28), 255).any()
    with pytest.raises(InputError, match="no ink"):
        prepare(np.zeros((5, 5), np.uint8), name, (28, 28), 255)
    with pytest.raises(InputError, match="ink is too thin for its size"):
        prepare(drawing(0, 0, 1, 1, 2000) | drawing(1999, 1999, 1, 1, 2000), name, (8, 8), 255)
