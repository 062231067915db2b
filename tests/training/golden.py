"""Values that must never change, of which the course asks too, and the embedded digits."""

import hashlib
import json
from pathlib import Path

import numpy as np

from onelayer.data.readers import reader_named
from onelayer.data.store import ImageSet, write_images
from onelayer.experiment.task import Evaluations
from tests import helpers

# The first three permutations of 0 ... 19,999 for seed 0, as little-endian 64-bit integers.
PERMUTATIONS = "56f4e4e061ea048e4a58c38fc0e0177289f77a7ba10f5a4ad1ada0765d76d5bc"
# Last losses and accuracies of a softmax run on the embedded digits, to nine decimals.
METRICS = "0a4bd7d9a152eb9c8c1f3dbeb030c76a02fb41217be3da6b37078b5dbb9bd132"


def settings(**changes):
    """Settings of that run."""
    own = {"classes": [*range(10)], "lam": 0.02, "seed": 0, "batch_size": 32, "max_epochs": 5}
    own |= {"evaluations": Evaluations(5, "first", False), "early_stop": {"rule": "patience", "evaluations": 10}}
    return helpers.settings(**own | changes)


def stored(split, count=None):
    """The embedded digits, train or test, or the first of them."""
    folder = Path(__file__).resolve().parents[2] / "workflow/data/digits"
    kinds = {"images": "idx3", "labels": "idx1"}
    files = {f"{split}_{kind}": folder / f"{split}-{kind}-{form}-ubyte.gz" for kind, form in kinds.items()}
    images, labels = reader_named("idx").read(files, split, {})
    return ImageSet(images[:count], labels[:count], {"pixel_max": 16, "shape": [8, 8]})


def write(folder):
    """The embedded digits as the pipeline stores them; the paths by file."""
    paths = {split: folder / f"{split}.parquet" for split in ("train", "test")}
    for split, path in paths.items():
        write_images(path, stored(split))
    return paths


def digest_of_order(order):
    """SHA-256 of integers, as little-endian 64-bit ones."""
    return hashlib.sha256(np.asarray(order).astype("<i8").tobytes()).hexdigest()


def digest_of_metrics(values):
    """SHA-256 of numbers, rounded to nine decimals."""
    return hashlib.sha256(json.dumps([f"{value:.9f}" for value in values]).encode()).hexdigest()
