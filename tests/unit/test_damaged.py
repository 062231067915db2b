"""A short selection of what tests/reliability/test_parsing.py tries."""

import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from onelayer.errors import InputError
from onelayer.store import ImageSet, read_images, write_images
from tests import reading


def test_damaged_files_are_refused_or_say_what_they_hold(tmp_path):
    for tried, survived in (
        reading.damaged_idx(100, "images"),
        reading.damaged_idx(100, "labels"),
        reading.damaged_gzip(100, tmp_path),
        reading.damaged_parquet(100, tmp_path),
    ):
        assert tried == survived >= 100


def test_a_parquet_file_of_other_sources_is_refused(tmp_path):
    path = tmp_path / "x.parquet"
    write_images(path, reading.image_set())
    read_images(path, 30, reading.HASHES)
    with pytest.raises(InputError, match=r"labels come from a file of SHA-256 \w+, but config/datasets\.yaml says abc"):
        read_images(path, 30, reading.HASHES | {"labels": "abc"})


def test_a_parquet_file_without_sources_is_refused_where_they_are_known(tmp_path, images):
    write_images(tmp_path / "x.parquet", images)
    with pytest.raises(InputError, match="images come from a file of SHA-256 None"):
        read_images(tmp_path / "x.parquet", 30, reading.HASHES)


@pytest.mark.parametrize("holds", ["images", "labels"])
def test_a_whole_file_is_held_to_the_hash_of_its_source(tmp_path, holds):
    good = reading.image_set()
    arrays = {"images": good.images.copy(), "labels": good.labels.copy()}
    arrays[holds].flat[17] ^= 1
    write_images(tmp_path / "x.parquet", ImageSet(**arrays, metadata=good.metadata))
    with pytest.raises(InputError, match=f"its {holds} are not those of a file of SHA-256"):
        read_images(tmp_path / "x.parquet")


def rewrite(path, change):
    """Write a Parquet file anew, as one does by hand: its table after `change`, its metadata as they were."""
    table = pq.read_table(path)
    pq.write_table(change(table).replace_schema_metadata(table.schema.metadata), path)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda table: table.take(np.random.RandomState(0).permutation(60)), "row group 0 were changed"),
        (lambda table: table.slice(0, 59), "sizes of its row groups"),
        (lambda table: table.set_column(1, "label", table["label"].cast("int32")), "its columns"),
    ],
)
def test_a_file_changed_by_hand_is_noticed(tmp_path, change, says):
    path = tmp_path / "x.parquet"
    write_images(path, reading.image_set())
    rewrite(path, change)
    with pytest.raises(InputError, match=says):
        read_images(path, 30)


def test_changed_metadata_are_noticed(tmp_path):
    path = tmp_path / "x.parquet"
    write_images(path, reading.image_set())
    table = pq.read_table(path)
    stored = table.schema.metadata
    changed = json.loads(stored[b"onelayer"]) | {"pixel_max": 255}
    pq.write_table(table.replace_schema_metadata(stored | {b"onelayer": json.dumps(changed)}), path)
    with pytest.raises(InputError, match="metadata were changed"):
        read_images(path, 0)
