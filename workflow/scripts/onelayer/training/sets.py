"""The images and samples of a run: read from the stored files, by what its task and its seed choose."""

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Samples, choose_samples
from onelayer.data.store import ImageSet, read_images
from onelayer.experiment.task import Setup
from onelayer.io.errors import InputError


class Chosen(NamedTuple):
    """The images of a role, those of other classes among them, and where each stands in its file, int64 (n,).

    In both files, the test file follows the training file.
    """

    images: ImageSet
    numbers: NDArray[np.int64]


def chosen_images(
    setup: Setup, seed: int, paths: Mapping[str, str], roles: Iterable[str] | None = None
) -> tuple[dict[str, Chosen], np.random.RandomState]:
    """The images of roles of a task (of all by default), and the stream of the seed after they were drawn.

    `seed` is that of the run: drawn images depend on it. `paths` are those of the stored images by file, train and test.

    Raises InputError: a file is damaged, or holds fewer images.
    """
    random = np.random.RandomState(seed)
    numbers = {role: images.numbers(random) for role, images in setup.sets.items()}
    chosen = {}
    for role in setup.sets if roles is None else roles:
        images = setup.sets[role]
        whole = _stored(tuple((paths[file], os.stat(paths[file]).st_mtime_ns) for file in images.files))
        if images.end > len(whole.labels):
            raise InputError(f"{paths[images.files[-1]]}: holds too few images for {role}, up to number {images.end}")
        in_order = images.drawn is None and images.permuted is None and images.part is None
        picked = slice(images.first, images.end) if in_order else numbers[role]  # a slice is no copy
        chosen[role] = Chosen(ImageSet(whole.images[picked], whole.labels[picked], whole.metadata), numbers[role])
    return chosen, random


def samples_of(setup: Setup, image_set: ImageSet) -> Samples:
    """The samples of a task among images."""
    inputs = (setup.inputs.offset, setup.inputs.scale) if setup.inputs else None
    return choose_samples(image_set, setup.classes, inputs, setup.bias)


@lru_cache(3)
def _stored(files: tuple[tuple[str, int], ...]) -> ImageSet:
    """The images of files as they were at a time: many tasks read the same."""
    parts = [read_images(path) for path, _ in files]
    if len(parts) == 1:
        return parts[0]
    pixels, labels = [part.images for part in parts], [part.labels for part in parts]
    return ImageSet(np.concatenate(pixels), np.concatenate(labels), parts[0].metadata)
