"""Stored images: the images and labels of a split in one Parquet file.

Images are stored as they came: `pixels` is a column of fixed-size binary values, one byte a pixel, row by row, and
`label` one of unsigned bytes. What else there is to know stands in the metadata of the file as JSON, under the key
`onelayer`, with one SHA-256 of all images and then all labels; every reading compares it.
"""

import hashlib
import json
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from onelayer.io.errors import InputError, one_line
from onelayer.io.files import Array, PathLike
from onelayer.io.parquet import AGAIN, METADATA_KEY, UNREADABLE, array_of, column_of, write_table


class ImageSet(NamedTuple):
    """Images of one split.

    Attributes
    ----------
    images : uint8 (n, height, width)
    labels : uint8 (n,)
    metadata : dict
        As in the file: dataset, split, count, shape, pixel_max, classes, sources, sha256.
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    metadata: dict[str, Any]

    def of_classes(self, classes: Sequence[int]) -> "ImageSet":
        """The images of some classes."""
        chosen = np.isin(self.labels, classes)
        return ImageSet(self.images[chosen], self.labels[chosen], self.metadata)


def write_images(path: PathLike, image_set: ImageSet) -> None:
    """Write an ImageSet; `count`, `shape` and `sha256` are added to its metadata."""
    images, labels = np.ascontiguousarray(image_set.images), np.ascontiguousarray(image_set.labels)
    count, height, width = images.shape
    added = {"count": count, "shape": [height, width], "sha256": _digest(images, labels)}
    text = json.dumps({**image_set.metadata, **added}, sort_keys=True)
    pixels = pa.FixedSizeBinaryArray.from_buffers(pa.binary(height * width), count, [None, pa.py_buffer(images)])
    table = pa.table({"pixels": pixels, "label": column_of(labels)}, metadata={METADATA_KEY: text})
    write_table(path, table)


def read_images(path: PathLike) -> ImageSet:
    """All images of a file, verified.

    Raises InputError: the file is not one that `write_images` wrote, or was changed since.
    """
    try:
        with pq.ParquetFile(path) as file:
            metadata = json.loads(file.schema_arrow.metadata[METADATA_KEY])
            table = file.read()
        height, width = metadata["shape"]
        # A fixed-size binary array is one buffer of bytes: no copy, no Python object per image.
        pixels = table["pixels"].combine_chunks().buffers()[1]
        images = np.frombuffer(pixels, np.uint8).reshape(table.num_rows, height, width)
        labels = array_of(table["label"])
        if _digest(images, labels) != metadata["sha256"]:
            raise ValueError("its images or labels were changed")
    except UNREADABLE as error:
        raise _unreadable(path, error) from error
    return ImageSet(images, labels, metadata)


def read_metadata(path: PathLike) -> dict[str, Any]:
    """The metadata of an image file, without reading its images."""
    try:
        return dict(json.loads(pq.read_schema(path).metadata[METADATA_KEY]))
    except UNREADABLE as error:
        raise _unreadable(path, error) from error


def _unreadable(path: PathLike, error: Exception) -> InputError:
    return InputError(f"{path}: damaged, or not an image file of this pipeline ({one_line(error)}): {AGAIN}")


def _digest(images: Array, labels: Array) -> str:
    digest = hashlib.sha256(images.data)
    digest.update(labels.data)
    return digest.hexdigest()
