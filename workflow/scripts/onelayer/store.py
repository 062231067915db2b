"""The Parquet files: images and labels of a data set, and the histories of a run.

Images are stored as they came: `pixels` is a column of fixed-size binary values, one byte a pixel, row by
row, and `label` one of unsigned bytes. What a reader must know besides, stands in the file's metadata
under the key `onelayer` as JSON: shape, pixel_max, and the SHA-256 of the two source files.
"""

import contextlib
import json
import os
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onelayer.errors import InputError, writing

METADATA_KEY = b"onelayer"
ROW_GROUP = 10_000


class ImageSet(NamedTuple):
    """Images and labels of one split: uint8 arrays of shape (n, height, width) and (n,), and the metadata."""

    images: np.ndarray
    labels: np.ndarray
    metadata: dict


def write_images(path, image_set):
    """Write an ImageSet to a Parquet file.

    Parameters
    ----------
    path : path-like
    image_set : ImageSet
        Its metadata are any values that JSON can hold; `shape` is added.
    """
    images, labels, metadata = image_set
    count, height, width = images.shape
    pixels = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(height * width), count, [None, pa.py_buffer(np.ascontiguousarray(images))]
    )
    metadata = {**metadata, "shape": [height, width]}
    table = pa.table({"pixels": pixels, "label": pa.array(labels, pa.uint8())})
    _write(table.replace_schema_metadata({METADATA_KEY: json.dumps(metadata, sort_keys=True)}), path)


def read_images(path, count=None):
    """Read the first `count` images of a Parquet file, or all of them.

    Returns
    -------
    ImageSet

    Raises
    ------
    InputError
        The file is not one that `write_images` wrote, or holds fewer images.
    """
    try:
        with pq.ParquetFile(path) as file:
            metadata = json.loads(file.schema_arrow.metadata[METADATA_KEY])
            height, width = metadata["shape"]
            groups, rows = [], 0
            for group in range(file.num_row_groups):
                if count is not None and rows >= count:
                    break
                groups.append(group)
                rows += file.metadata.row_group(group).num_rows
            table = file.read_row_groups(groups, columns=["pixels", "label"]).slice(0, count)
    except (OSError, pa.ArrowException, KeyError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not an image file of this pipeline ({error}): delete it and run again") from error
    if count is not None and table.num_rows != count:
        raise InputError(f"{path}: holds {table.num_rows} images where {count} are asked for")
    pixels = table["pixels"].combine_chunks()
    # A fixed-size binary array is one buffer of bytes: no copy, no Python object per image.
    flat = np.frombuffer(pixels.buffers()[1], np.uint8)[pixels.offset * height * width :]
    images = flat[: len(pixels) * height * width].reshape(len(pixels), height, width)
    return ImageSet(images, _array(table["label"]), metadata)


def write_columns(path, columns):
    """Write named one-dimensional arrays to a Parquet file."""
    _write(pa.table(columns), path)


def read_columns(path):
    """Columns of a Parquet file by name, as NumPy arrays; partition folders in its path are left alone."""
    with pq.ParquetFile(path) as file:
        table = file.read()
    return {name: _array(table[name]) for name in table.column_names}


def write_arrays(path, arrays):
    """Write named arrays to an npz file."""
    with _whole(path) as partial, open(partial, "wb") as file:
        np.savez(file, **arrays)


def write_json(path, document):
    """Write a JSON document that a person can read; floats keep every digit."""
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    with _whole(path) as partial:
        Path(partial).write_text(text, encoding="utf-8")


def _array(column):
    """A column as a NumPy array; `to_numpy` would import pandas, which takes longer than most of our reads."""
    return np.from_dlpack(column.combine_chunks())


def _write(table, path):
    with _whole(path) as partial:
        pq.write_table(table, partial, compression="zstd", row_group_size=ROW_GROUP)


@contextlib.contextmanager
def _whole(path):
    """A name to write a file to that becomes `path` when all is written; nothing is left behind when that fails."""
    partial = f"{path}.partial"
    try:
        with writing(path):
            yield partial
            os.replace(partial, path)
    except BaseException:
        Path(partial).unlink(missing_ok=True)
        raise
