import json

import numpy as np
import pyarrow.parquet as pq
import pytest

from onelayer.data import store
from onelayer.data.store import ImageSet, read_columns, read_images, read_metadata, write_columns, write_images
from onelayer.errors import InputError


def test_images_come_back_as_they_were(tmp_path, images):
    path = tmp_path / "train.parquet"
    write_images(path, images)
    back = read_images(path)
    assert np.array_equal(back.images, images.images) and back.images.dtype == np.uint8
    assert np.array_equal(back.labels, images.labels) and back.labels.dtype == np.uint8
    assert read_metadata(path) == back.metadata and back.metadata.items() >= images.metadata.items()
    assert list(tmp_path.iterdir()) == [path]
    first = path.read_bytes()
    write_images(path, ImageSet(np.asfortranarray(back.images), back.labels, back.metadata))
    assert path.read_bytes() == first


@pytest.mark.parametrize(("first", "count"), [(0, 0), (0, 1), (7, 13), (59, 1), (60, 0), (7, None), (0, 60)])
def test_a_part_of_the_images(tmp_path, images, first, count):
    write_images(tmp_path / "x.parquet", images)
    back = read_images(tmp_path / "x.parquet", first, count)
    part = slice(first, None if count is None else first + count)
    assert np.array_equal(back.images, images.images[part]) and np.array_equal(back.labels, images.labels[part])


@pytest.mark.parametrize(("first", "count"), [(0, 61), (59, 2), (61, 0)])
def test_more_images_than_there_are(tmp_path, images, first, count):
    write_images(tmp_path / "x.parquet", images)
    with pytest.raises(InputError, match=f"holds 60 images, too few for {count} from number {first} on"):
        read_images(tmp_path / "x.parquet", first, count)


def test_the_file_is_what_the_design_says(tmp_path, images):
    write_images(tmp_path / "x.parquet", images)
    file = pq.ParquetFile(tmp_path / "x.parquet")
    assert str(file.schema_arrow.field("pixels").type) == "fixed_size_binary[12]"
    assert str(file.schema_arrow.field("label").type) == "uint8"
    assert file.metadata.row_group(0).column(0).compression == "ZSTD"
    assert json.loads(file.schema_arrow.metadata[b"onelayer"])["shape"] == [4, 3]


def rewrite(path, change):
    """Write a Parquet file anew, as one does by hand: its table after `change`, its metadata as they were."""
    table = pq.read_table(path)
    pq.write_table(change(table).replace_schema_metadata(table.schema.metadata), path)


@pytest.mark.parametrize(
    "change",
    [
        lambda table: table.take(np.random.RandomState(0).permutation(60)),
        lambda table: table.slice(0, 59),
        lambda table: table.slice(1, 59),
        lambda table: table.drop_columns("label"),
        lambda table: table.set_column(1, "label", table["label"].cast("int32")),
        lambda table: table.set_column(1, "label", table["label"].take(np.arange(60)[::-1].copy())),
    ],
)
def test_images_changed_by_hand_are_refused(tmp_path, images, change):
    path = tmp_path / "x.parquet"
    write_images(path, images)
    rewrite(path, change)
    with pytest.raises(InputError, match=r"x\.parquet: damaged.*delete it and run again"):
        read_images(path, 0, 1)


@pytest.mark.parametrize("content", [b"", b"PAR1", b"not parquet at all", None])
@pytest.mark.parametrize("read", [read_images, read_metadata, read_columns])
def test_foreign_files_are_refused(tmp_path, content, read):
    path = tmp_path / "x.parquet"
    if content is not None:
        path.write_bytes(content)
    elif read is not read_columns:
        write_columns(path, {"step": np.arange(3)}, "note")
    with pytest.raises(InputError, match=r"x\.parquet: damaged, or not .*: delete it and run again"):
        read(path)


@pytest.mark.parametrize("kind", ["images", "columns"])
def test_a_changed_byte_is_refused_or_changes_nothing(tmp_path, images, kind):
    path, random, refused = tmp_path / "x.parquet", np.random.RandomState(0), 0
    columns = {"step": np.arange(500), "loss": random.rand(500)}
    if kind == "images":
        write_images(path, images)
    else:
        write_columns(path, columns, "note")
    whole = path.read_bytes()
    for place in random.randint(0, len(whole), 150):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 1 << random.randint(8)]) + whole[place + 1 :])
        try:
            if kind == "images":
                back = read_images(path)
                assert np.array_equal(back.images, images.images) and np.array_equal(back.labels, images.labels)
            else:
                found = list(read_columns(path)[0].values())
                assert all(map(np.array_equal, found, columns.values()))
        except InputError:
            refused += 1
    assert refused > 30


def test_columns_come_back_inside_partition_folders(tmp_path):
    path = tmp_path / "task=softmax" / "seed=0" / "steps.parquet"
    columns = {"step": np.arange(3, dtype=np.int32), "train_loss": np.array([0.1, 0.2, 0.3])}
    write_columns(path, columns, "of which run")
    back, note = read_columns(path)
    assert note == "of which run" and list(back) == ["step", "train_loss"]
    assert all(np.array_equal(back[name], columns[name]) for name in columns)
    assert all(back[name].dtype == columns[name].dtype for name in columns)


def test_arrays_and_documents(tmp_path):
    store.write_arrays(tmp_path / "weights.npz", {"weights": np.eye(3)})
    with np.load(tmp_path / "weights.npz", allow_pickle=False) as archive:
        assert archive.files == ["weights"] and np.array_equal(archive["weights"], np.eye(3))
    store.write_json(tmp_path / "summary.json", {"loss": 0.1 + 0.2})
    assert json.loads((tmp_path / "summary.json").read_text()) == {"loss": 0.1 + 0.2}
    with pytest.raises(ValueError):
        store.write_json(tmp_path / "other.json", {"loss": float("nan")})
    assert len(list(tmp_path.iterdir())) == 2
