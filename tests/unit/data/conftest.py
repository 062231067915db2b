"""Small data of every format, and the files that hold them."""

import numpy as np
import pytest
from PIL import Image

CLASSES = {"cat": 0, "dog": 1}


def idx(array):
    """The IDX file of an array of unsigned bytes."""
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return header + array.tobytes()


def draw(folder, count, classes=CLASSES, shape=(4, 3), seed=0):
    """Random pictures <class>/<number>.png, `count` of each class; their values by <class>/<name>."""
    random, drawn = np.random.RandomState(seed), {}
    for name in classes:
        (folder / name).mkdir(parents=True)
        for number in range(count):
            pixels = random.randint(0, 256, shape).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number:03}.png")
            drawn[f"{name}/{number:03}.png"] = pixels
    return drawn


@pytest.fixture
def arrays():
    """Six images of 4 x 3 pixels and their labels, for each split, under Keras's names."""
    random = np.random.RandomState(0)
    pixels = random.randint(0, 256, (12, 4, 3)).astype(np.uint8)
    labels = np.array([0, 1, 0, 1, 1, 0], np.uint8)
    return {"x_train": pixels[:6], "y_train": labels, "x_test": pixels[6:], "y_test": labels[::-1].copy()}


@pytest.fixture
def pictures(tmp_path):
    """A folder of three pictures of each class and split; their values by split."""
    folder = tmp_path / "pictures"
    return folder, {split: draw(folder / split, 3, seed=seed) for seed, split in enumerate(("train", "test"))}
