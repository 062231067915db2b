"""Parquet files: tables of Arrow, and columns that every reading holds to their SHA-256."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from onelayer.io.files import Array, PathLike, atomic_write, readable

METADATA_KEY = b"onelayer"  # of the JSON document in a file's metadata


def write_table(path: PathLike, columns: Mapping[str, Any], metadata: Mapping[str, Any]) -> None:
    """Write columns of one length by name, of NumPy or of Arrow, and a JSON document beside them."""
    own = {name: column_of(values) if isinstance(values, np.ndarray) else values for name, values in columns.items()}
    table = pa.table(own, metadata={METADATA_KEY: json.dumps(metadata, sort_keys=True)})
    with atomic_write(path) as partial:
        pq.write_table(table, partial, compression="zstd")


def metadata_of(schema: pa.Schema) -> dict[str, Any]:
    """The document that `write_table` wrote beside the columns."""
    return dict(json.loads(schema.metadata[METADATA_KEY]))


def write_columns(path: PathLike, columns: Mapping[str, Array], note: str) -> None:
    """Write one-dimensional arrays of one length, by name; `note` goes into the metadata."""
    write_table(path, columns, {"note": note, "sha256": _digest(columns)})


def read_columns(path: PathLike) -> tuple[dict[str, Array], str]:
    """Columns by name, verified, and the note; the partition folders in the path are left alone.

    Raises InputError: the file is not one that `write_columns` wrote, or was changed since.
    """
    with readable(path, pa.ArrowException), pq.ParquetFile(path) as file:
        table, metadata = file.read(), metadata_of(file.schema_arrow)
        columns = {name: array_of(table[name]) for name in table.column_names}
        if _digest(columns) != metadata["sha256"]:
            raise ValueError("its values were changed")
        return columns, metadata["note"]


def column_of(values: Array) -> pa.Array:
    """A NumPy array as a column; `pa.array` would import pandas, which takes longer than most of our writes and reads."""
    buffer = pa.py_buffer(np.ascontiguousarray(values))
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), [None, buffer])


def array_of(column: pa.ChunkedArray) -> Array:
    """A column as a NumPy array; `to_numpy` would import pandas."""
    return np.from_dlpack(column.combine_chunks())


def _digest(columns: Mapping[str, Array]) -> str:
    digest = hashlib.sha256()
    for name, values in columns.items():
        digest.update(f"{name} {values.dtype} {len(values)}\n".encode())
        digest.update(np.ascontiguousarray(values).data)
    return digest.hexdigest()
