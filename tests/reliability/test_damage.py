"""Damaged files by the thousand: an InputError, or what was written."""

import gzip
import hashlib
import io
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given

from onelayer.data.content import verified_content
from onelayer.data.readers import parse_idx, read_npz
from onelayer.data.store import ImageSet, read_images, write_images
from onelayer.errors import InputError
from onelayer.grid import RUN_FILES as FILES
from onelayer.grid import Settings, runs_of, tasks_of
from onelayer.runs import RunFiles, write_run
from onelayer.training import History
from tests.configurations import CONFIG
from tests.mutations import mutations, seeded

pytestmark = pytest.mark.reliability

RANDOM = np.random.RandomState(0)
IMAGES = RANDOM.randint(0, 17, (60, 4, 3)).astype(np.uint8)
LABELS = RANDOM.randint(0, 5, 60).astype(np.uint8)
IDX = bytes([0, 0, 8, 3]) + struct.pack(">3I", *IMAGES.shape) + IMAGES.tobytes()
TASK = tasks_of(CONFIG)["binary"]
SETTINGS = Settings.of(TASK, runs_of(TASK)[0])


def faults(
    content: bytes, header: Sequence[int], examples: int, right: Callable[[bytes], bool], name: str
) -> list[str]:
    """What went wrong with each of so many damaged copies of `content`: nothing where it was refused in one line, or read rightly."""
    found = []

    @seeded(examples)
    @given(mutations(content, header))
    def run(damaged):
        try:
            found.append("" if right(damaged) else f"wrong data let in: {damaged[:40]!r}")
        except InputError as error:
            clear = str(error).partition(":")[0].endswith(name) and "\n" not in str(error)
            found.append("" if clear else f"an error that is not one line about the file: {error!r}")
        except Exception as error:
            found.append(f"{type(error).__name__}: {error}"[:200])

    run()
    return found


def test_idx(tally):
    def right(content):
        images = parse_idx(content, Path("damaged"), 3)
        # An independent reading: the header's numbers, and the bytes that follow it.
        shape = tuple(int.from_bytes(content[start : start + 4], "big") for start in (4, 8, 12))
        return content[:4] == IDX[:4] and images.shape == shape and images.tobytes() == content[16:]

    tally("damaged IDX files", faults(IDX, range(16), 2000, right, "damaged"), "refused, or read as the header says")


@pytest.mark.parametrize("form", ["gzip", "npz"])
def test_raw_files_with_a_hash(tmp_path, tally, form):
    path, buffer = tmp_path / "damaged", io.BytesIO()
    np.savez(buffer, x_train=IMAGES, y_train=LABELS)
    content = gzip.compress(IDX, mtime=0) if form == "gzip" else buffer.getvalue()
    truth = IDX if form == "gzip" else content
    sha256 = hashlib.sha256(truth).hexdigest()

    def right(damaged):
        path.write_bytes(damaged)
        if form == "gzip":
            return verified_content(path, sha256) == truth
        files = {"archive": {"name": "damaged", "sha256": sha256}}
        images, labels = read_npz({"archive": path}, "train", {"files": files})
        return np.array_equal(images, IMAGES) and np.array_equal(labels, LABELS)

    tally(
        f"damaged {form} files with a hash",
        faults(content, [*range(10)], 2000, right, "damaged"),
        "refused, or the content",
    )


def test_npz_files_without_a_hash_are_refused_or_read(tmp_path, tally):
    """Nobody knows what is right there; but whatever is in the file ends in an array or an InputError."""
    path, buffer = tmp_path / "damaged.npz", io.BytesIO()
    np.savez(buffer, x_train=IMAGES, y_train=LABELS)

    def right(damaged):
        path.write_bytes(damaged)
        return all(array.dtype == np.uint8 for array in read_npz({"archive": path}, "train", {}))

    content = buffer.getvalue()
    places = [*range(200), *range(len(content) - 150, len(content) - 4)]
    tally("damaged npz files without a hash", faults(content, places, 2000, right, "damaged.npz"), "refused, or arrays")


def test_stored_images(tmp_path, tally):
    path = tmp_path / "damaged.parquet"
    write_images(path, ImageSet(IMAGES, LABELS, {"pixel_max": 16}))
    content = path.read_bytes()
    (footer,) = struct.unpack_from("<I", content, len(content) - 8)

    def right(damaged):
        path.write_bytes(damaged)
        found = read_images(path, 10, 40)
        return np.array_equal(found.images, IMAGES[10:50]) and np.array_equal(found.labels, LABELS[10:50])

    header = range(len(content) - 8 - footer, len(content) - 4)
    tally("damaged stored images", faults(content, header, 2000, right, "damaged.parquet"), "refused, or the images")


@pytest.mark.parametrize("name", [name for name in FILES if name != "summary.json"])
def test_files_of_runs(tmp_path, tally, name):
    names = ("step", "epoch", "validation_loss", "validation_accuracy", "train_accuracy")
    evaluations = {key: np.arange(40, dtype=np.int32 if key in names[:2] else float) for key in names}
    weights = RANDOM.normal(size=(1, 13))
    history = History(
        train_losses=RANDOM.normal(size=200),
        evaluations=evaluations,
        snapshot_steps=np.arange(3),
        snapshots=RANDOM.normal(size=(3, *weights.shape)).astype(np.float32),
        snapshot_losses=np.ones(3),
        snapshot_accuracies=np.ones(3),
        last_weights=weights,
        best_weights=weights,
        best_evaluation=3,
        stopped_early=False,
        stop_epoch=4,
    )
    write_run(tmp_path, SETTINGS, history, {})
    content, whole = (tmp_path / name).read_bytes(), RunFiles(tmp_path, SETTINGS)
    read = {
        "steps.parquet": lambda run: run.train_losses,
        "weights.npz": lambda run: run.last_weights,
        "snapshots.npz": lambda run: run.snapshots[1],
        "evaluations.parquet": lambda run: np.column_stack([run.evaluations[key] for key in names]),
    }[name]
    expected = read(whole)

    def right(damaged):
        (tmp_path / name).write_bytes(damaged)
        return np.array_equal(read(RunFiles(tmp_path, SETTINGS)), expected)

    header = range(len(content) - 200, len(content) - 4)
    tally(f"damaged {name} of a run", faults(content, header, 1000, right, name), "refused, or what was written")
