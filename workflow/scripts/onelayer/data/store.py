"""Stored images: the images and labels of a split in one Parquet file.

Images are stored as they came: `pixels` is a column of fixed-size binary values, one byte a pixel, row by row, and
`label` one of unsigned bytes. What else there is to know stands in the metadata of the file as JSON, under the key
`onelayer`, with one SHA-256 of all images and then all labels; every reading compares it.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from onelayer.io.files import Array, PathLike, readable
from onelayer.io.parquet import array_of, metadata_of, write_table


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
    pixels = pa.FixedSizeBinaryArray.from_buffers(pa.binary(height * width), count, [None, pa.py_buffer(images)])
    write_table(path, {"pixels": pixels, "label": labels}, image_set.metadata | added)


def read_images(path: PathLike) -> ImageSet:
    """All images of a file, verified.

    Raises InputError: the file is not one that `write_images` wrote, or was changed since.
    """
    with readable(path, pa.ArrowException), pq.ParquetFile(path) as file:
        table, metadata = file.read(), metadata_of(file.schema_arrow)
        height, width = metadata["shape"]
        # A fixed-size binary array is one buffer of bytes: no copy, no Python object per image.
        pixels = table["pixels"].combine_chunks().buffers()[1]
        images = np.frombuffer(pixels, np.uint8).reshape(table.num_rows, height, width)
        labels = array_of(table["label"])
        if _digest(images, labels) != metadata["sha256"]:
            raise ValueError("its images or labels were changed")
        return ImageSet(images, labels, metadata)


def read_metadata(path: PathLike) -> dict[str, Any]:
    """The metadata of an image file, without reading its images."""
    with readable(path, pa.ArrowException):
        return metadata_of(pq.read_schema(path))


def _digest(images: Array, labels: Array) -> str:
    digest = hashlib.sha256(images.data)
    digest.update(labels.data)
    return digest.hexdigest()
