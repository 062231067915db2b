"""What the explorer carries: packed weights, the choice of runs, images, and a page that nothing escapes from."""

import base64
import json
import re
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from onelayer.data.description import DataSet
from onelayer.data.store import ImageSet, write_images
from onelayer.experiment.task import Images, Inputs, Run
from onelayer.explorer import content
from onelayer.explorer.page import page_html
from onelayer.models import model_named, model_names
from onelayer.training.sets import Chosen, chosen_images, samples_of
from onelayer.training.training import Snapshots
from tests.helpers import run, task


def unpacked(text, dtype):
    """The numbers out of the text: the page's way back, in NumPy."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    return planes.reshape(np.dtype(dtype).itemsize, -1).T.copy().view(dtype).ravel()


def test_weights_come_back_out_of_the_page():
    snapshots = np.random.RandomState(0).randn(6, 3, 7) * np.array([0, 0.1, 1, -3, 2, 2])[:, None, None]
    numbers, files = np.arange(6), run(weights=snapshots[-1])
    files.snapshots = Snapshots(numbers, snapshots.astype("f4"), 0.1 * numbers, 0.01 * numbers)
    page = content.run_content(Run("mine", "0.1", True, 3), files, stride=2)
    back = unpacked(page["snapshots"], "<i2").reshape(3, 3, 7).cumsum(axis=0, dtype=np.int16) * page["scale"]
    assert np.abs(back - snapshots[1::2]).max() <= page["scale"] / 2 * 1.001
    assert page["scale"] == pytest.approx(np.abs(snapshots[1::2]).max() / 32767, rel=1e-6)
    assert page["loss"] == [0.1, 0.3, 0.5] and page["accuracy"] == [0.01, 0.03, 0.05]
    assert page["steps"] == [1, 3, 5] and (page["outputs"], page["inputs"]) == (3, 7)
    assert (unpacked(page["last"], "<f4") == snapshots[-1].astype("f4").ravel()).all()
    files.snapshots = files.snapshots._replace(weights=np.zeros((6, 3, 7), "f4"))
    assert content.run_content(Run("mine", "0.1", True, 3), files, 1)["scale"] == 1  # no division by zero


def test_curves_are_by_task_and_lambda_with_a_spread_over_seeds():
    keys = [("b", "2.0", 0), ("b", "0.1", 0), ("b", "0.1", 1), ("a", "9", 0)]
    losses = [(0.9, 0.8, 0.8), (0.5, 0.3), (0.7, 0.5), [1]]
    runs = {Run(name, lam, True, seed): run(own) for (name, lam, seed), own in zip(keys, losses, strict=True)}
    series = content.series_content(["a", "b"], runs)
    keys = [(own["task"], own["lambda"], own["seeds"]) for own in series]
    assert keys == [("a", "9", 1), ("b", "0.1", 2), ("b", "2.0", 1)]
    assert series[1]["validation_loss"] == [0.6, 0.4] and series[1]["validation_loss_sd"] == [0.141421] * 2
    assert "validation_loss_sd" not in series[2] and series[2]["steps"] == [0, 5, 10]
    losses = run().train_losses  # of training: means since the evaluation before
    assert series[2]["train_loss"] == pytest.approx([losses[0], losses[1:6].mean(), losses[6:11].mean()], rel=1e-5)


@pytest.mark.parametrize(("outputs", "pixels", "tasks"), [(10, 784, 1), (10, 784, 12), (100, 4096, 3), (200, 16384, 3)])
def test_there_is_room_for_any_grid(outputs, pixels, tasks):
    grid = {f"t{n}": task(name=f"t{n}", lambdas=[str(lam) for lam in range(30)]) for n in range(tasks)}
    weights = SimpleNamespace(snapshots=Snapshots(*[np.broadcast_to(np.float32(0), (33, outputs, pixels + 1))] * 4))
    chosen, stride = content.chosen_runs(grid, {run: weights for own in grid.values() for run in own.sampled_runs(5)})
    used = len(chosen) * outputs * (pixels + 1) * (2 * -(-33 // stride) + 4)
    assert chosen and (used <= content.ROOM or len(chosen) == 1)


def test_the_page_knows_the_probabilities_of_the_models_and_admits_what_it_does_not_know():
    known = {name for name in model_names() if content.is_softmax(model_named(name), 2)}
    assert known == {"logistic", "softmax"} < {*model_names()}
    other = SimpleNamespace(outputs=int, probabilities=lambda logits: np.full_like(logits, 0.5))
    assert not content.is_softmax(other, 2)


@pytest.mark.parametrize(("inputs", "bias"), [(None, True), (Inputs(3, 16), True), (Inputs(0, 8), False)])
def test_the_page_makes_inputs_as_the_models_had_them(images, inputs, bias):
    own = task(inputs=inputs, bias=bias)
    page, samples = content.task_content(own, "abcde", images.metadata["pixel_max"]), samples_of(own, images)
    assert [page[key] for key in ("offset", "scale", "bias")] == [samples.offset, samples.scale, samples.bias]
    assert (page["softmax"], page["name"], page["names"]) == (True, "softmax", [*"abcde"])


@pytest.mark.parametrize("own", [{}, {"permuted": 3, "part": (5, 40)}, {"drawn": 30}])
def test_the_page_has_the_first_validation_images_of_each_task_once(tmp_path, images, own):
    write_images(tmp_path / "images", images)
    chosen = Images("test", 10, 50, **own)
    tasks = {name: task(classes=classes, validation=chosen) for name, classes in (("a", [0, 1]), ("b", [1, 4]))}
    stored = {"test": tmp_path / "images"}
    validation = {name: chosen_images(one, 9, stored, ["validation"])[0]["validation"] for name, one in tasks.items()}
    page = content.image_content(tasks, validation)
    pixels, there = unpacked(page["pixels"], "u1").reshape(-1, 12), chosen.numbers(np.random.RandomState(9))
    assert len(pixels) == np.isin(images.labels[there], [0, 1, 4]).sum()
    for name, one in tasks.items():
        places, numbers, targets = np.transpose(page["tasks"][name])
        assert numbers.tolist() == there[np.isin(images.labels[there], one.classes)].tolist()
        assert (pixels[places] == images.images[numbers].reshape(-1, 12)).all()
        assert [one.classes[target] for target in targets] == images.labels[numbers].tolist()
    large = Chosen(ImageSet(np.zeros((500, 100, 100), np.uint8), np.zeros(500, np.uint8), {}), np.arange(500))
    assert len(content.image_content({"a": task(classes=[0, 1])}, {"a": large})["tasks"]["a"]) == 60


def test_the_page_trains_on_the_first_images_of_the_classes_in_the_order_of_the_file():
    labels = np.array([7, 1, 4, 7, 4], np.uint8)
    own = Chosen(ImageSet(np.arange(60, dtype=np.uint8).reshape(5, 4, 3), labels, {}), np.arange(5))
    page = content.playground_content(task(name="t", classes=[4, 7]), own)
    assert (page["task"], page["targets"]) == ("t", [1, 0, 1, 0])
    assert (unpacked(page["pixels"], "u1").reshape(-1, 4, 3) == own.images.images[[0, 2, 3, 4]]).all()
    many = Chosen(ImageSet(np.zeros((3000, 28, 28), np.uint8), np.full(3000, 4, np.uint8), {}), np.arange(3000))
    assert len(content.playground_content(task(classes=[4, 7]), many)["targets"]) == 1000


def test_what_stands_in_the_page_cannot_leave_its_place():
    hostile = "</script><script>alert(1)</script>"
    row = {"quantity": hostile, "at": "last", "kind": "read off", "published": "33", "unit": "percent"}
    row |= {"rebuilt": "33.4", "units": "0.4", "verdict": "met"}
    plain = {
        "claims": [], "optimum": [], "files": [], "versions": {}, "source": {}, "left_out": 0, "stride": 1, "names": {"mine": [hostile]},
        "published": {"a": [row]}, "configuration": [("key", hostile)], "model_named": model_named,
        "tasks": {"mine": task()}, "dataset": DataSet("mine", hostile, "npz", [1], [0], []).shown(),
    }  # fmt: skip
    carried = {"title": hostile, "loss": float("nan"), "playground": {"targets": [0] * 10}}
    page = page_html(carried, "vega", **plain)
    read = json.loads(re.search('<script type="application/json" id="content">(.*?)</script>', page)[1])
    assert read == carried | {"loss": None}
    assert hostile not in page and page.count("&lt;/script&gt;&lt;script&gt;alert(1)") >= 4
    assert "<td>≈ 33 %</td><td>33.4</td><td>0.4</td>" in page and page == page_html(carried, "vega", **plain)
    page = page_html(carried, "vega", **plain | {"published": {}})  # nothing is said of what is not there
    assert "ublished" not in re.sub("<script.*?</script>", "", page, flags=re.DOTALL)
