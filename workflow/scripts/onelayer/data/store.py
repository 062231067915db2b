"""The files that the pipeline writes: images and labels of a split, columns, arrays and documents.

Images are stored as they came: `pixels` is a column of fixed-size binary values, one byte a pixel, row by row, and
`label` one of unsigned bytes. What else there is to know stands in the metadata of the file as JSON, under the key
`onelayer`, with one SHA-256 of all images and then all labels, to which every reading holds them.
"""

import hashlib
import json
import math
import os
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from onelayer.errors import InputError, atomic_write, one_line

METADATA_KEY = b"onelayer"
AGAIN = "delete it and run again"
# What NumPy raises of a damaged .npz file: RuntimeError for a ZIP version, an encryption or a compression that it lacks.
UNREADABLE_ARRAYS = (OSError, EOFError, zipfile.BadZipFile, zlib.error, ValueError, KeyError, RuntimeError)
UNREADABLE = (OSError, pa.ArrowException, LookupError, TypeError, ValueError)

PathLike = str | os.PathLike[str]
Array = npt.NDArray[Any]


class ImageSet(NamedTuple):
    """Images of one split.

    Attributes
    ----------
    images : uint8 (n, height, width)
    labels : uint8 (n,)
    metadata : dict
        As in the file: dataset, split, count, shape, pixel_max, classes, sources, sha256.
    """

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.uint8]
    metadata: dict[str, Any]


def write_images(path: PathLike, image_set: ImageSet) -> None:
    """Write an ImageSet; `count`, `shape` and `sha256` are added to its metadata."""
    images, labels = np.ascontiguousarray(image_set.images), np.ascontiguousarray(image_set.labels)
    count, height, width = images.shape
    added = {"count": count, "shape": [height, width], "sha256": _digest(images, labels)}
    text = json.dumps({**image_set.metadata, **added}, sort_keys=True)
    pixels = pa.FixedSizeBinaryArray.from_buffers(pa.binary(height * width), count, [None, pa.py_buffer(images)])
    table = pa.table({"pixels": pixels, "label": pa.array(labels, pa.uint8())}, metadata={METADATA_KEY: text})
    write_table(path, table)


def read_images(path: PathLike, first: int = 0, count: int | None = None) -> ImageSet:
    """Read `count` images from the number `first` on, or all from there on; the whole file is verified.

    Raises
    ------
    InputError
        The file is not one that `write_images` wrote, was changed since, or holds fewer images.
    """
    try:
        with pq.ParquetFile(path) as file:
            metadata = json.loads(file.schema_arrow.metadata[METADATA_KEY])
            table = file.read()
        height, width = metadata["shape"]
        # A fixed-size binary array is one buffer of bytes: no copy, no Python object per image.
        pixels = table["pixels"].combine_chunks().buffers()[1]
        images = np.frombuffer(pixels, np.uint8).reshape(table.num_rows, height, width)
        labels = _array(table["label"])
        if _digest(images, labels) != metadata["sha256"]:
            raise ValueError("its images or labels were changed")
    except UNREADABLE as error:
        raise InputError(
            f"{path}: damaged, or not an image file of this pipeline ({one_line(error)}): {AGAIN}"
        ) from error
    end = len(images) if count is None else first + count
    if end > len(images):
        raise InputError(f"{path}: holds {len(images)} images, too few for {count} from number {first} on")
    return ImageSet(images[first:end], labels[first:end], metadata)


def read_metadata(path: PathLike) -> dict[str, Any]:
    """The metadata of an image file, without reading its images."""
    try:
        metadata: dict[str, Any] = json.loads(pq.read_schema(path).metadata[METADATA_KEY])
        if "shape" not in metadata:
            raise ValueError("it holds no images")
    except UNREADABLE as error:
        raise InputError(
            f"{path}: damaged, or not an image file of this pipeline ({one_line(error)}): {AGAIN}"
        ) from error
    return metadata


def write_columns(path: PathLike, columns: Mapping[str, Array], note: str) -> None:
    """Write one-dimensional arrays of one length to a Parquet file, by name; `note` goes into its metadata."""
    text = json.dumps({"note": note, "sha256": _digest_of_columns(columns)})
    write_table(path, pa.table(dict(columns), metadata={METADATA_KEY: text}))


def read_columns(path: PathLike) -> tuple[dict[str, Array], str]:
    """Columns of a Parquet file by name, verified, and its note; the partition folders in its path are left alone."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
            metadata = json.loads(file.schema_arrow.metadata[METADATA_KEY])
        columns = {name: _array(table[name]) for name in table.column_names}
        if _digest_of_columns(columns) != metadata["sha256"]:
            raise ValueError("its values were changed")
        return columns, metadata["note"]
    except UNREADABLE as error:
        raise InputError(f"{path}: damaged, or not a table of this pipeline ({one_line(error)}): {AGAIN}") from error


def write_arrays(path: PathLike, arrays: Mapping[str, Array]) -> None:
    """Write named arrays to an .npz file."""
    with atomic_write(path) as partial, open(partial, "wb") as file:
        np.savez(file, **arrays)  # type: ignore[arg-type]  # no array is called allow_pickle


def finite_or_none(document: Any) -> Any:
    """A document in which every float that is not finite is None: JSON has no other word for it."""
    if isinstance(document, dict):
        return {key: finite_or_none(value) for key, value in document.items()}
    if isinstance(document, list | tuple):
        return [finite_or_none(value) for value in document]
    return None if isinstance(document, float) and not math.isfinite(document) else document


def write_json(path: PathLike, document: Any) -> None:
    """Write a JSON document that a person can read; floats keep every digit, and what is not finite is null."""
    text = json.dumps(finite_or_none(document), indent=2, allow_nan=False) + "\n"
    with atomic_write(path) as partial:
        Path(partial).write_text(text, encoding="utf-8")


def _digest(images: Array, labels: Array) -> str:
    digest = hashlib.sha256(images.data)
    digest.update(labels.data)
    return digest.hexdigest()


def _digest_of_columns(columns: Mapping[str, Array]) -> str:
    digest = hashlib.sha256()
    for name, values in columns.items():
        digest.update(f"{name} {values.dtype} {len(values)}\n".encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()


def _array(column: pa.ChunkedArray) -> Array:
    """A column as a NumPy array; `to_numpy` would import pandas, which takes longer than most of our reads."""
    return np.from_dlpack(column.combine_chunks())


def write_table(path: PathLike, table: pa.Table) -> None:
    """Write a table of Arrow to a Parquet file."""
    with atomic_write(path) as partial:
        pq.write_table(table, partial, compression="zstd")
