import copy
import gzip
import hashlib

import numpy as np
import pytest

from onelayer.errors import InputError
from onelayer.idx import idx_header
from onelayer.store import read_images
from prepare import main

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
LABELS = np.array([0, 1], np.uint8)
DESCRIBED = {"shape": [3, 4], "pixel_max": 23, "classes": [0, 1]}


def prepare(folder, images=IMAGES, labels=LABELS, **described):
    """Run the script on two files that are described with their true hashes; the path of what it writes."""
    dataset, paths = copy.deepcopy(DESCRIBED) | {"files": {}} | described, []
    for holds, array in (("images", images), ("labels", labels)):
        content = idx_header(array.shape) + array.tobytes()
        paths.append(folder / f"{holds}.gz")
        paths[-1].write_bytes(gzip.compress(content))
        digest = hashlib.sha256(content).hexdigest()
        file = {"split": "train", "holds": holds, "count": 2, "bytes": len(content), "sha256": digest}
        dataset["files"][f"{holds}-idx"] = file
    main(dataset, "train", *paths, sources=[], offline=True, output=folder / "train.parquet")
    return folder / "train.parquet"


def test_images_and_labels_go_to_parquet_with_their_sources(tmp_path):
    back = read_images(prepare(tmp_path))
    assert np.array_equal(back.images, IMAGES) and np.array_equal(back.labels, LABELS)
    assert [source["file"] for source in back.metadata["sources"]] == ["images-idx", "labels-idx"]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (
            {"labels": np.array([0, 7], np.uint8)},
            "labels.gz: offset 9: a label of 7, but config/datasets.yaml says classes",
        ),
        (
            {"labels": np.array([0, 1, 1], np.uint8)},
            "labels.gz: holds 3 labels, but config/datasets.yaml says count: 2",
        ),
        ({"images": IMAGES[:1]}, "images.gz: holds 1 images, but config/datasets.yaml says count: 2"),
        ({"pixel_max": 22}, "images.gz: offset 39: a pixel of 23, but config/datasets.yaml says pixel_max: 22"),
        ({"shape": [4, 3]}, "images.gz: offset 8: images of shape [3, 4], but config/datasets.yaml says shape: [4, 3]"),
    ],
)
def test_what_the_description_does_not_allow_is_refused_with_its_place(tmp_path, change, says):
    with pytest.raises(InputError) as raised:
        prepare(tmp_path, **change)
    assert says in str(raised.value)
    assert not (tmp_path / "train.parquet").exists()
