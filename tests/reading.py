"""Damaged files for the readers, and what must come of them: an InputError, or what the file truly says."""

import gzip
import hashlib
import struct
from pathlib import Path

import numpy as np
from hypothesis import given

from onelayer import store
from onelayer.errors import InputError
from onelayer.fetch import read_verified
from onelayer.idx import idx_header, parse_idx
from onelayer.store import ImageSet, read_images, write_images
from tests.mutations import mutations, seeded

RANDOM = np.random.RandomState(0)
IMAGES = RANDOM.randint(0, 17, (60, 4, 3)).astype(np.uint8)
LABELS = RANDOM.randint(0, 5, 60).astype(np.uint8)
CONTENT = {"images": idx_header(IMAGES.shape) + IMAGES.tobytes(), "labels": idx_header(LABELS.shape) + LABELS.tobytes()}
HASHES = {holds: hashlib.sha256(content).hexdigest() for holds, content in CONTENT.items()}
ROW_GROUP = 25


def image_set():
    """60 images of 4 x 3 pixels and their labels, with the metadata that the pipeline gives them."""
    sources = [{"holds": holds, "sha256": digest} for holds, digest in HASHES.items()]
    return ImageSet(IMAGES, LABELS, {"pixel_max": 16, "shape": [4, 3], "sources": sources})


def damaged_idx(examples, holds):
    """Read so many damaged IDX files; how many were tried, and how many came out as they should."""
    ndim = {"images": 3, "labels": 1}[holds]
    header = 4 + 4 * ndim

    def reads(content):
        found = parse_idx(content, "damaged", ndim)
        # An independent reading: the header's numbers, and the bytes that follow it.
        lengths = tuple(int.from_bytes(content[start : start + 4], "big") for start in range(4, header, 4))
        right_magic = content[:4] == bytes((0, 0, 8, ndim))
        return right_magic and found.shape == lengths and found.tobytes() == content[header:]

    return _survivors(CONTENT[holds], range(header), examples, reads)


def damaged_gzip(examples, folder):
    """The same for gzipped IDX files, whose content is known by its hash."""
    path = Path(folder, "damaged.gz")
    expected = {"bytes": len(CONTENT["images"]), "sha256": HASHES["images"]}

    def reads(content):
        path.write_bytes(content)
        return read_verified(path, expected) == CONTENT["images"]

    # Without a name, a gzip file has a header of 10 bytes and ends in 8 bytes of checksum and length.
    content = gzip.compress(CONTENT["images"], mtime=0)
    return _survivors(content, [*range(10), *range(len(content) - 8, len(content) - 3)], examples, reads)


def damaged_parquet(examples, folder):
    """The same for Parquet files of three row groups, read in whole or in part."""
    path, good = Path(folder, "damaged.parquet"), image_set()
    counts = [None, 60, 30, 0]

    def reads(content):
        path.write_bytes(content)
        count = counts[len(content) % len(counts)]
        found = read_images(path, count, HASHES)
        return (
            np.array_equal(found.images, good.images[:count])
            and np.array_equal(found.labels, good.labels[:count])
            and found.metadata == good.metadata
        )

    whole, store.ROW_GROUP = store.ROW_GROUP, ROW_GROUP
    try:
        write_images(path, good)
        content = path.read_bytes()
        (footer,) = struct.unpack_from("<I", content, len(content) - 8)
        return _survivors(content, range(len(content) - 8 - footer, len(content) - 4), examples, reads)
    finally:
        store.ROW_GROUP = whole


def _survivors(content, header, examples, reads):
    """Tried and survived, for a function that reads a damaged content and says whether the result is right."""
    tried = survived = 0

    @seeded(examples)
    @given(mutations(content, header))
    def run(damaged):
        nonlocal tried, survived
        tried += 1
        try:
            right = reads(damaged)
        except InputError as error:
            right = bool(str(error))
        assert right
        survived += 1

    run()
    return tried, survived
