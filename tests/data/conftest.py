"""Six images of 4 x 3 pixels for each split, and the files of every format that hold them."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CLASSES, SPLITS = ("cat", "dog"), ("train", "test")
IDX = {"train_images": "train_images", "train_labels": "train-labels-idx1-ubyte.gz"}
IDX |= {"test_images": "t10k-images-idx3-ubyte.gz", "test_labels": "Test.Labels"}
PIXELS = np.random.RandomState(0).randint(0, 256, (12, 4, 3)).astype(np.uint8)
LABELS = np.array([0, 1, 0, 1, 1, 0], np.uint8)
ARRAYS = {"x_train": PIXELS[:6], "y_train": LABELS, "x_test": PIXELS[6:], "y_test": LABELS[::-1].copy()}


@pytest.fixture(autouse=True)
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def idx(array):
    header = bytes([0, 0, 8, array.ndim]) + b"".join(length.to_bytes(4, "big") for length in array.shape)
    return header + array.tobytes()


def draw(folder, images, labels, classes=CLASSES):
    for number, (image, label) in enumerate(zip(images, labels, strict=True)):
        path = Path(folder, classes[label], f"{number:03}.png")
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(path)


def write(form, arrays):
    """Write arrays in a format, or as pictures; the files that are described where they are, by role."""
    if form == "npz":
        np.savez("mine.npz", **arrays)
        return {"archive": Path("mine.npz")}
    if form == "pictures":
        for split in SPLITS:
            draw(f"pictures/{split}", arrays[f"x_{split}"], arrays[f"y_{split}"])
        return {}
    for name, array in zip(IDX.values(), arrays.values(), strict=True):
        Path(name).write_bytes(gzip.compress(idx(array), mtime=0) if name.endswith(".gz") else idx(array))
    return {role: Path(name) for role, name in IDX.items()}
