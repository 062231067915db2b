"""Which images a role takes: a range, a part of it permuted once, or a draw by the run's seed; and what they share."""

import numpy as np
import pytest

from onelayer.experiment.images import Images

PERMUTED = np.random.RandomState(7).permutation(10)  # of a range that begins at 5
CHOSEN = [
    ({}, range(5, 15), ("train",)),
    ({"permuted": 7}, 5 + PERMUTED, ("train",)),
    ({"permuted": 7, "part": (6, 3)}, 5 + PERMUTED[6:9], ("train",)),
    ({"part": (6, 3)}, range(11, 14), ("train",)),
    ({"file": "both", "permuted": 7, "part": (0, 10)}, 5 + PERMUTED, ("train", "test")),
]
HALVES = [{"permuted": 3, "part": (0, 6)}, {"permuted": 3, "part": (6, 4)}]
OVERLAPS = [
    ({}, {"first": 14, "count": 1}, True), ({}, {"first": 15}, False), ({}, {"first": 0, "count": 5}, False),
    ({}, {"file": "test"}, False), ({}, {"file": "both", "first": 0, "count": 99}, True), ({"file": "test"}, {"file": "both"}, True),
    (*HALVES, False), (HALVES[0], {"permuted": 3, "part": (5, 5)}, True), (HALVES[0], {"permuted": 4, "part": (6, 4)}, True),
    (HALVES[0], {"permuted": 3, "part": (6, 4), "count": 11}, True), (HALVES[0], {"permuted": 3}, True), ({"drawn": 2}, {"drawn": 2}, True),
]  # fmt: skip


def images(**changes):
    """Ten images of the training file, changed."""
    return Images(**{"file": "train", "first": 5, "count": 10} | changes)


@pytest.mark.parametrize(("changes", "numbers", "files"), CHOSEN)
def test_a_range_a_permuted_range_and_a_part_of_it_are_these_images_and_draw_nothing(changes, numbers, files):
    random, own = np.random.RandomState(0), images(**changes)
    assert own.numbers(random).tolist() == list(numbers) and own.numbers(random).dtype == np.int64
    assert (own.size, own.files) == (len(numbers), files)
    assert random.rand() == np.random.RandomState(0).rand()


def test_drawn_images_are_the_choice_of_the_stream_without_replacement_in_its_order():
    random, own = np.random.RandomState(4), images(drawn=9)
    found, again = own.numbers(random), np.random.RandomState(4)
    assert found.tolist() == (5 + again.permutation(10)[:9]).tolist() and own.size == 9  # RandomState.choice is that
    assert random.rand() == again.rand()


@pytest.mark.parametrize(("one", "other", "shared"), OVERLAPS)
def test_images_overlap_by_their_ranges_or_by_their_parts_of_one_permuted_range(one, other, shared):
    assert images(**one).overlaps(images(**other)) is shared is images(**other).overlaps(images(**one))
