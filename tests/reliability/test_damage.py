"""Damaged files by the thousand: an error of one line, or what was written."""

import gzip
import hashlib
import struct

import numpy as np
import pytest

from onelayer.data.content import verified_content
from onelayer.data.readers.idx import parse_idx
from onelayer.data.readers.npz import read as read_npz
from onelayer.data.store import ImageSet, read_images, write_images
from onelayer.io.errors import InputError
from onelayer.training.runs import RunFiles, write_run
from onelayer.training.training import train
from tests.data.conftest import idx
from tests.helpers import noisy_samples, settings

pytestmark = pytest.mark.reliability

RANDOM = np.random.RandomState(0)
IMAGES, LABELS = (RANDOM.randint(0, 17, shape).astype(np.uint8) for shape in ((60, 4, 3), 60))
IDX, NPZ = idx(IMAGES), {"x_train": IMAGES, "y_train": LABELS}
HISTORY = train(noisy_samples(5, 40), noisy_samples(5, 20), settings())


def damaged(content, random):
    """A copy after one to three damages; every third is near the begin or the end, where formats say what is in a file."""
    for _ in range(random.randint(1, 4)):
        places = random.randint(len(content) + 1), random.randint(200), len(content) - random.randint(150)
        place = max(0, random.choice(places))
        before, part, after = content[:place], content[place : place + 32], content[place + 32 :]
        number = struct.pack(random.choice(["<I", ">I"]), random.choice([0, 1, 255, 256, 2**31 - 1, 2**31, 2**32 - 1]))
        flipped = bytes(byte ^ 1 << random.randint(8) for byte in part[:1])
        short = random.randint(33)
        instead = [part[short:], random.bytes(short) + part, part + part, random.bytes(len(part)), number + part[4:]]
        copies = [before, *(before + new + after for new in [b"", *instead, *[flipped + part[1:]] * 3])]
        content = copies[random.randint(len(copies))]
    return content


def of_run(what):
    """Something of RunFiles, and what it should be."""
    return lambda path, _: (getattr(RunFiles(path.parent, settings()), what), getattr(HISTORY, what))


# By file: what is read from it, and what should be; of files without a hash only what they themselves say is known.
READ = [
    ("images.idx", lambda path, _: (idx(parse_idx(path.read_bytes(), path, 3)), path.read_bytes())),
    ("images.gz", lambda path, _: (verified_content(path, hashlib.sha256(IDX).hexdigest()), IDX)),
    ("plain.npz", lambda path, _: ({array.dtype.str for array in read_npz({"archive": path}, "train", {})}, {"|u1"})),
    ("hashed.npz", lambda path, hashed: (read_npz({"archive": path}, "train", {"files": hashed}), (IMAGES, LABELS))),
    ("images.parquet", lambda path, _: (read_images(path)[:2], (IMAGES, LABELS))),
    ("steps.parquet", of_run("train_losses")),
    ("evaluations.parquet", of_run("evaluations")),
    ("weights.npz", of_run("last_weights")),
    ("weights.npz", of_run("snapshots")),
]


@pytest.mark.parametrize(("name", "read"), READ)
def test_damaged_files_are_refused_in_one_line_or_read_as_they_were_written(tmp_path, name, read):
    for archive in ("plain.npz", "hashed.npz"):
        np.savez(tmp_path / archive, **NPZ)
    (tmp_path / "images.idx").write_bytes(IDX)
    (tmp_path / "images.gz").write_bytes(gzip.compress(IDX))
    write_images(tmp_path / "images.parquet", ImageSet(IMAGES, LABELS, {"pixel_max": 16}))
    write_run(tmp_path, settings(), HISTORY, {})
    path, random, content = tmp_path / name, np.random.RandomState(0), (tmp_path / name).read_bytes()
    hashed = {"archive": {"sha256": hashlib.sha256(content).hexdigest()}}
    for _ in range(2000):
        path.write_bytes(damaged(content, random))
        try:
            found, written = read(path, hashed)
        except InputError as error:
            assert str(error).partition(":")[0] == str(path) and "\n" not in str(error)
        else:
            np.testing.assert_equal(found, written)
