"""What the explorer carries: packed weights, the choice of runs, images, and a page that nothing escapes from."""

import base64
import json
import zlib
from types import SimpleNamespace

import numpy as np
import pytest

from onelayer.curves import interval_means
from onelayer.data.store import ImageSet
from onelayer.explorer.content import ROOM, chosen_runs, image_content, link_of, run_content, series_content
from onelayer.explorer.packing import packed_planes, packed_snapshots
from onelayer.explorer.page import SCRIPTS, as_script, counted, render, short
from onelayer.grid import Run, runs_of, tasks_of
from onelayer.models import MODELS
from onelayer.selection import page_candidates, page_runs
from tests.conftest import ROOT
from tests.unit.helpers import evaluations


def unpacked(text, dtype):
    """The numbers out of the text: the page's way back, in NumPy."""
    planes = np.frombuffer(zlib.decompress(base64.b64decode(text)), np.uint8)
    return planes.reshape(np.dtype(dtype).itemsize, -1).T.copy().view(dtype).ravel()


def files(snapshots, steps=(0, 5, 10), losses=(0.9, 0.7, 0.6)):
    """What RunFiles gives of one run."""
    return SimpleNamespace(
        snapshots=(np.array(steps), snapshots.astype(np.float32)),
        snapshot_validation=(0.1 * np.arange(len(snapshots)), 0.01 * np.arange(len(snapshots))),
        last_weights=snapshots[-1],
        evaluations=evaluations(losses),
        train_losses=np.arange(20.0),
    )


def test_weights_come_back_out_of_the_text():
    random = np.random.RandomState(0)
    snapshots = random.randn(5, 3, 7) * np.array([0, 0.1, 1, -3, 2])[:, None, None]
    text, scale = packed_snapshots(snapshots)
    back = unpacked(text, "<i2").reshape(snapshots.shape).cumsum(axis=0, dtype=np.int16) * scale
    assert np.abs(back - snapshots).max() <= scale / 2 * 1.001
    assert scale == np.abs(snapshots).max() / 32767
    exact = random.randn(3, 7).astype(np.float32)
    assert (unpacked(packed_planes(exact), "<f4").reshape(3, 7) == exact).all()
    assert packed_snapshots(np.zeros((2, 1, 3)))[1] == 1  # no weights, no division by zero


def test_a_run_keeps_its_last_snapshot_and_its_exact_weights():
    snapshots = np.random.RandomState(0).randn(6, 2, 4)
    content = run_content(Run("mine", "0.1", True, 3), files(snapshots, steps=range(6)), stride=2)
    assert content["loss"] == [0.1, 0.3, 0.5] and content["accuracy"] == [0.01, 0.03, 0.05]
    assert content["steps"] == [1, 3, 5] and (content["outputs"], content["inputs"]) == (2, 4)
    assert (unpacked(content["last"], "<f4") == snapshots[-1].astype(np.float32).ravel()).all()


def test_the_training_loss_is_the_mean_since_the_evaluation_before():
    means = interval_means(np.arange(10.0), np.array([0, 3, 7]))
    assert means.tolist() == [0, 2, 5.5]  # of 0; of 1 to 3; of 4 to 7: steps 8 and 9 come after the last


def test_curves_are_by_task_and_lambda_with_a_spread_over_seeds():
    weights = np.zeros((1, 1, 2))
    runs = {
        Run("b", "2.0", True, 0): files(weights, losses=(0.9, 0.8)),
        Run("b", "0.1", True, 0): files(weights, losses=(0.5, 0.3)),
        Run("b", "0.1", True, 1): files(weights, losses=(0.7, 0.5)),
        Run("a", "10", False, 0): files(weights),
    }
    series = series_content(["a", "b"], runs)
    assert [(own["task"], own["lambda"], own["seeds"]) for own in series] == [
        ("a", "10", 1),
        ("b", "0.1", 2),
        ("b", "2.0", 1),
    ]
    assert series[1]["validation_loss"] == [0.6, 0.4] and series[1]["validation_loss_sd"] == [0.1, 0.1]
    assert "validation_loss_sd" not in series[2]


def test_the_page_shows_one_run_a_lambda_and_one_of_the_other_order(config):
    config["tasks"]["binary"]["seeds"] = [4, 5]
    config["tasks"]["softmax"]["lambdas"] = [float(lam) for lam in range(20)]
    binary, softmax = tasks_of(config).values()
    assert page_runs(binary, 8) == [Run("binary", "0.0", False, 0), Run("binary", "0.0", True, 4)]
    chosen = [float(run.lam) for run in page_runs(softmax, 8)]
    assert len(chosen) == 8 and chosen[0] == 0 and chosen[-1] == 19
    assert page_runs(softmax, 1) == [Run("softmax", "0.0", True, 0)]


@pytest.mark.parametrize(("outputs", "pixels", "tasks"), [(10, 784, 1), (10, 784, 12), (100, 4096, 3), (200, 16384, 3)])
def test_there_is_room_for_any_grid(outputs, pixels, tasks):
    task = {"lambdas": [str(lam) for lam in range(30)], "shuffle": [True], "seeds": [0, 1], "model": "softmax"}
    grid = {f"t{number}": task | {"name": f"t{number}"} for number in range(tasks)}
    weights = SimpleNamespace(snapshots=(np.arange(33), np.broadcast_to(np.float32(0), (33, outputs, pixels + 1))))
    runs = {run: weights for own in grid.values() for run in runs_of(own)}
    choice = chosen_runs(grid, runs)
    kept = -(-33 // choice.stride)
    used = len(choice.runs) * outputs * (pixels + 1) * (2 * kept + 4)
    assert choice.runs and (used <= ROOM or len(choice.runs) == 1)
    # The rule makes no other run's weights an input.
    assert set(choice.runs) <= {run for own in grid.values() for run in page_candidates(own)}


def test_the_page_knows_the_probabilities_of_the_models_and_admits_what_it_does_not_know():
    assert {name: link_of(model, 2) for name, model in MODELS.items()} == {
        "logistic": "sigmoid", "softmax": "softmax", "hinge": "none", "least_squares": "none",
    }  # fmt: skip
    other = SimpleNamespace(outputs=lambda classes: classes, probabilities=lambda logits: np.full_like(logits, 0.5))
    assert link_of(other, 2) == "none"


def test_tasks_on_the_same_images_share_them(images):
    chosen = {"file": "test", "first": 7, "count": 60}
    tasks = {"a": {"classes": [0, 1], "validation": chosen}, "b": {"classes": [1, 4], "validation": chosen}}
    content = image_content(tasks, {"a": images, "b": images})
    pixels = np.frombuffer(zlib.decompress(base64.b64decode(content["pixels"])), np.uint8).reshape(-1, 12)
    assert len(pixels) == np.isin(images.labels, [0, 1, 4]).sum()
    for name, task in tasks.items():
        assert len(content["tasks"][name]) == np.isin(images.labels, task["classes"]).sum()
        for place, number, target in content["tasks"][name]:
            assert (pixels[place] == images.images[number - 7].ravel()).all()
            assert images.labels[number - 7] == task["classes"][target]


def test_there_are_no_more_images_than_there_is_room_for():
    large = ImageSet(np.zeros((500, 100, 100), np.uint8), np.zeros(500, np.uint8), {})
    task = {"classes": [0, 1], "validation": {"file": "test", "first": 0, "count": 500}}
    assert len(image_content({"a": task}, {"a": large})["tasks"]["a"]) == 60


def test_what_stands_in_the_page_cannot_leave_its_place():
    hostile = "</script><script>alert(1)</script>"
    assert "<" not in as_script({"title": hostile})
    assert json.loads(as_script({"title": hostile})) == {"title": hostile}
    plain = {
        "dataset": {"title": hostile}, "published": {}, "claims": [], "optimum": [], "configuration": [("key", hostile)],
        "provenance": {"project": {"commit": None, "clean": None}, "data": [], "versions": {}}, "left_out": 0, "stride": 1,
    }  # fmt: skip
    page = render(ROOT / "workflow/explorer", {}, **plain)
    assert hostile not in page and page.count("&lt;/script&gt;&lt;script&gt;alert(1)") >= 3
    assert page == render(ROOT / "workflow/explorer", {}, **plain)


def test_every_script_of_the_folder_is_on_the_page():
    assert {path.name for path in (ROOT / "workflow/explorer").glob("*.js")} == set(SCRIPTS)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("0.07088705555893644", "0.0708871"), ("33", "33"), ("-123456789", "-123456789"), ("met", "met"), ("", "")],
)
def test_numbers_are_shortened_and_text_is_not(text, shown):
    assert short(text) == shown


def test_verdicts_are_counted():
    assert counted(["met", "missed", "met"]) == "met (2), missed (1)"
