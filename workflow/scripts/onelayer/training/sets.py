"""The images and samples of a run: read from the stored files, by what its task and its seed choose."""

import os
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Samples, choose_samples
from onelayer.data.store import ImageSet, read_images
from onelayer.experiment.images import Images
from onelayer.experiment.task import Setup
from onelayer.io.errors import InputError


class Chosen(NamedTuple):
    """The images of a role, those of other classes among them.

    Attributes
    ----------
    images : ImageSet
    numbers : int64 (n,), where each stands in its file; in both files, the test file follows the training file
    """

    images: ImageSet
    numbers: NDArray[np.int64]


def chosen_images(
    setup: Setup, seed: int, paths: Mapping[str, str], roles: Iterable[str] | None = None
) -> tuple[dict[str, Chosen], np.random.RandomState]:
    """The images of roles of a task (of all by default), and the stream of the seed after they were drawn.

    Parameters
    ----------
    seed : of the run; drawn images depend on it
    paths : stored images by file, train and test

    Raises InputError: a file is damaged, or holds fewer images.
    """
    random = np.random.RandomState(seed)
    numbers = {role: images.numbers(random) for role, images in setup.sets.items()}
    wanted = setup.sets if roles is None else {role: setup.sets[role] for role in roles}
    stored: dict[tuple[str, ...], ImageSet] = {}
    chosen = {}
    for role, images in wanted.items():
        whole = stored.setdefault(images.files, stored.get(images.files) or _read(images, paths))
        if images.end > len(whole.labels):
            raise InputError(f"{paths[images.files[-1]]}: holds too few images for {role}, up to number {images.end}")
        own = numbers[role]
        if images.drawn is None and images.permuted is None:  # a slice is no copy
            picked = slice(images.first, images.end)
            chosen[role] = Chosen(ImageSet(whole.images[picked], whole.labels[picked], whole.metadata), own)
        else:
            chosen[role] = Chosen(ImageSet(whole.images[own], whole.labels[own], whole.metadata), own)
    return chosen, random


def samples_of(setup: Setup, image_set: ImageSet) -> Samples:
    """The samples of a task among images."""
    inputs = (setup.inputs.offset, setup.inputs.scale) if setup.inputs else None
    return choose_samples(image_set, setup.classes, inputs, setup.bias)


def _read(images: Images, paths: Mapping[str, str]) -> ImageSet:
    parts = [_stored(paths[file], os.stat(paths[file]).st_mtime_ns) for file in images.files]
    if len(parts) == 1:
        return parts[0]
    return ImageSet(
        np.concatenate([part.images for part in parts]),
        np.concatenate([part.labels for part in parts]),
        parts[0].metadata,
    )


@lru_cache(2)
def _stored(path: str, time: int) -> ImageSet:
    """The images of a file as it was at a time: many tasks read the same two files."""
    return read_images(path)
