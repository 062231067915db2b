"""Parquet without pandas, whose import takes longer than what most jobs do."""

import subprocess
import sys


def test_a_table_and_images_are_written_and_read_without_pandas(tmp_path):
    code = """
import sys
import numpy as np
from onelayer.data.store import ImageSet, read_images, write_images
from onelayer.io.parquet import read_columns, write_columns

columns = {"step": np.arange(3, dtype=np.int32), "loss": np.array([0.5, np.nan, np.inf])}
write_columns("table.parquet", columns, "a note")
found, note = read_columns("table.parquet")
assert note == "a note" and all(np.array_equal(found[name], own, equal_nan=True) for name, own in columns.items())
images = ImageSet(np.arange(24, dtype=np.uint8).reshape(2, 3, 4), np.array([1, 7], np.uint8), {})
write_images("images.parquet", images)
assert all(map(np.array_equal, read_images("images.parquet")[:2], images[:2]))
assert "pandas" not in sys.modules
"""
    environment = {"PYTHONPATH": ":".join(filter(None, sys.path))}
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, check=True)
