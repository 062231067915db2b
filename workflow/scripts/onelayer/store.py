"""The Parquet files: images and labels of a data set, and the histories of a run.

Images are stored as they came: `pixels` is a column of fixed-size binary values, one byte a pixel, row by
row, and `label` one of unsigned bytes. What a reader must know besides, stands in the file's metadata
under the key `onelayer` as JSON: shape, pixel_max, and the SHA-256 of the two source files.

What is read back is checked: the metadata hold the SHA-256 of every row group, and `onelayer.sha256` that of the
metadata themselves. Where all images are read, the two source files are rebuilt and held to their SHA-256 as well.
"""

import hashlib
import json
import math
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onelayer.errors import InputError, whole
from onelayer.idx import idx_header

METADATA_KEY = b"onelayer"
DIGEST_KEY = b"onelayer.sha256"
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
    images, labels = np.ascontiguousarray(images), np.ascontiguousarray(labels)
    pixels = pa.FixedSizeBinaryArray.from_buffers(pa.binary(height * width), count, [None, pa.py_buffer(images)])
    starts = range(0, count, ROW_GROUP)
    digests = [_digest(images[start : start + ROW_GROUP], labels[start : start + ROW_GROUP]) for start in starts]
    metadata = {**metadata, "shape": [height, width], "rows": count, "row_groups": digests}
    text = json.dumps(metadata, sort_keys=True).encode()
    table = pa.table([pixels, pa.array(labels, pa.uint8())], _schema(height * width))
    described = {METADATA_KEY: text, DIGEST_KEY: hashlib.sha256(text).hexdigest()}
    _write(table.replace_schema_metadata(described), path)


def read_images(path, count=None, sources=None):
    """Read the first `count` images of a Parquet file, or all of them.

    Parameters
    ----------
    path : path-like
    count : int, optional
    sources : dict, optional
        SHA-256 of the files that the `images` and the `labels` must come from.

    Returns
    -------
    ImageSet

    Raises
    ------
    InputError
        The file is not one that `write_images` wrote, was changed since, comes from other files or holds fewer images.
    """
    try:
        metadata, image_set = _read(path, count)
    except (OSError, pa.ArrowException, LookupError, TypeError, ValueError) as error:
        raise InputError(f"{path}: not an image file of this pipeline ({error}): delete it and run again") from error
    found = {source["holds"]: source["sha256"] for source in metadata.get("sources", ())}
    for holds, expected in (sources or {}).items():
        if found.get(holds) != expected:
            raise InputError(
                f"{path}: its {holds} come from a file of SHA-256 {found.get(holds)}, "
                f"but config/datasets.yaml says {expected}: delete it and run again"
            )
    if count is not None and len(image_set.images) != count:
        raise InputError(f"{path}: holds {len(image_set.images)} images where {count} are asked for")
    return image_set


def _read(path, count):
    """The checked metadata of a Parquet file, and the ImageSet of its first `count` images."""
    with pq.ParquetFile(path, page_checksum_verification=True) as file:
        stored = file.schema_arrow.metadata or {}
        if hashlib.sha256(stored[METADATA_KEY]).hexdigest() != stored[DIGEST_KEY].decode():
            raise ValueError("its metadata were changed")
        metadata = json.loads(stored[METADATA_KEY])
        height, width = metadata["shape"]
        sizes = [min(ROW_GROUP, metadata["rows"] - start) for start in range(0, metadata["rows"], ROW_GROUP)]
        found = [file.metadata.row_group(group).num_rows for group in range(file.num_row_groups)]
        if found != sizes or not file.schema_arrow.equals(_schema(height * width)):
            raise ValueError("its columns or the sizes of its row groups were changed")
        wanted = len(sizes) if count is None else min(len(sizes), math.ceil(count / ROW_GROUP))
        table = file.read_row_groups(range(wanted), columns=["pixels", "label"])
    if table.num_rows != sum(sizes[:wanted]) or any(column.null_count for column in table.columns):
        raise ValueError("rows or values are missing")
    # A fixed-size binary array is one buffer of bytes: no copy, no Python object per image.
    pixels = table["pixels"].combine_chunks()
    flat = np.frombuffer(pixels.buffers()[1] or b"", np.uint8)[pixels.offset * height * width :]
    images = flat[: len(pixels) * height * width].reshape(len(pixels), height, width)
    labels = _array(table["label"])
    for group, digest in enumerate(metadata.pop("row_groups")[:wanted]):
        rows = slice(group * ROW_GROUP, (group + 1) * ROW_GROUP)
        if _digest(images[rows], labels[rows]) != digest:
            raise ValueError(f"the images or labels of row group {group} were changed")
    if len(images) == metadata.pop("rows"):
        _check_sources({"images": images, "labels": labels}, metadata.get("sources", ()))
    return metadata, ImageSet(images[:count], labels[:count], metadata)


def _check_sources(arrays, sources):
    """Rebuild the content of the IDX files that the arrays came from, and hold it to the SHA-256 on record."""
    for source in sources:
        array = arrays[source["holds"]]
        digest = hashlib.sha256(idx_header(array.shape))
        digest.update(array)
        if digest.hexdigest() != source["sha256"]:
            raise ValueError(f"its {source['holds']} are not those of a file of SHA-256 {source['sha256']}")


def _digest(images, labels):
    digest = hashlib.sha256(images)
    digest.update(labels)
    return digest.hexdigest()


def _schema(pixels):
    return pa.schema([("pixels", pa.binary(pixels)), ("label", pa.uint8())])


def write_columns(path, columns):
    """Write named one-dimensional arrays to a Parquet file."""
    _write(pa.table(columns), path)


def read_columns(path):
    """Columns of a Parquet file by name, as NumPy arrays; partition folders in its path are left alone.

    Raises
    ------
    InputError
        The file cannot be read, or a page of it does not fit its checksum.
    """
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            table = file.read()
        return {name: _array(table[name]) for name in table.column_names}
    except (OSError, pa.ArrowException, ValueError, TypeError) as error:
        raise InputError(
            f"{path}: damaged, or not a table of this pipeline ({error}): delete it and run again"
        ) from error


def write_arrays(path, arrays):
    """Write named arrays to an npz file."""
    with whole(path) as partial, open(partial, "wb") as file:
        np.savez(file, **arrays)


def write_json(path, document):
    """Write a JSON document that a person can read; floats keep every digit."""
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    with whole(path) as partial:
        Path(partial).write_text(text, encoding="utf-8")


def _array(column):
    """A column as a NumPy array; `to_numpy` would import pandas, which takes longer than most of our reads."""
    return np.from_dlpack(column.combine_chunks())


def _write(table, path):
    with whole(path) as partial:
        pq.write_table(table, partial, compression="zstd", row_group_size=ROW_GROUP, write_page_checksum=True)
