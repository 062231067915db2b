import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from onelayer.errors import InputError
from onelayer.store import ImageSet, read_columns, read_images, write_columns, write_images


def test_images_come_back_as_they_were(tmp_path, images):
    path = tmp_path / "train.parquet"
    write_images(path, images)
    back = read_images(path)
    assert np.array_equal(back.images, images.images) and back.images.dtype == np.uint8
    assert np.array_equal(back.labels, images.labels) and back.labels.dtype == np.uint8
    assert back.metadata == images.metadata
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("count", [0, 1, 9_999, 10_000, 10_001, 25_000])
def test_the_first_images_across_row_groups(tmp_path, count):
    random = np.random.RandomState(0)
    many = ImageSet(
        random.randint(0, 256, (25_000, 2, 2)).astype(np.uint8), random.randint(0, 9, 25_000).astype(np.uint8), {}
    )
    write_images(tmp_path / "x.parquet", many)
    back = read_images(tmp_path / "x.parquet", count)
    assert np.array_equal(back.images, many.images[:count])
    assert np.array_equal(back.labels, many.labels[:count])


def test_the_file_is_what_the_design_says(tmp_path, images):
    write_images(tmp_path / "x.parquet", images)
    file = pq.ParquetFile(tmp_path / "x.parquet")
    assert str(file.schema_arrow.field("pixels").type) == "fixed_size_binary[12]"
    assert str(file.schema_arrow.field("label").type) == "uint8"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert json.loads(file.schema_arrow.metadata[b"onelayer"])["shape"] == [4, 3]


def test_too_few_images_are_an_error_with_both_numbers(tmp_path, images):
    write_images(tmp_path / "x.parquet", images)
    with pytest.raises(InputError, match="holds 60 images where 61 are asked for"):
        read_images(tmp_path / "x.parquet", 61)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all"])
def test_what_is_not_parquet_is_named(tmp_path, content):
    (tmp_path / "x.parquet").write_bytes(content)
    with pytest.raises(InputError, match=r"x\.parquet"):
        read_images(tmp_path / "x.parquet")


def test_a_foreign_parquet_file_is_named(tmp_path):
    write_columns(tmp_path / "x.parquet", {"step": np.arange(3)})
    with pytest.raises(InputError, match="not an image file"):
        read_images(tmp_path / "x.parquet")


def test_columns_come_back_inside_partition_folders(tmp_path):
    folder = tmp_path / "task=softmax" / "seed=0"
    folder.mkdir(parents=True)
    columns = {"step": np.arange(3, dtype=np.int32), "train_loss": np.array([0.1, 0.2, 0.3])}
    write_columns(folder / "steps.parquet", columns)
    back = read_columns(folder / "steps.parquet")
    assert list(back) == ["step", "train_loss"]
    assert all(
        np.array_equal(back[name], columns[name]) and back[name].dtype == columns[name].dtype for name in columns
    )


def test_a_history_with_a_changed_bit_is_refused(tmp_path):
    write_columns(tmp_path / "steps.parquet", {"step": np.arange(500), "loss": np.random.RandomState(0).rand(500)})
    whole = bytearray((tmp_path / "steps.parquet").read_bytes())
    whole[1000] ^= 1
    (tmp_path / "steps.parquet").write_bytes(whole)
    with pytest.raises(InputError, match="damaged"):
        read_columns(tmp_path / "steps.parquet")
