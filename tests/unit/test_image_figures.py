"""The figures of images and predictions."""

from importlib import import_module

import matplotlib.style
import numpy as np
import pytest

from onelayer.data.store import ImageSet
from onelayer.figures.common import ImageView, save
from onelayer.figures.mistakes import surest_mistakes
from onelayer.selection import DIAGNOSTICS
from tests.conftest import ROOT
from tests.unit.helpers import predictions

LONG = ["T-shirt/top", "Ankle boot", "Pullover"]


@pytest.fixture(autouse=True)
def style():
    with matplotlib.style.context(ROOT / "workflow/report/onelayer.mplstyle"):
        yield


def view(classes=(4, 0, 2), names=("4", "0", "2"), lambdas=("0.0", "2.0"), count=30, seed=0):
    """Images whose every pixel is their number, so that one can be told from another."""
    random = np.random.RandomState(seed)
    images = np.repeat(np.arange(60, dtype=np.uint8), 12).reshape(60, 4, 3)
    stored = ImageSet(images, random.choice(classes, 60).astype(np.uint8), {"pixel_max": 60})
    numbers = np.arange(20, 20 + count)
    found = {
        lam: predictions(
            stored.labels[numbers].astype(int),
            random.choice(classes, count),
            random.uniform(0.5, 1, count),
            classes,
            numbers,
        )
        for lam in lambdas
    }
    return ImageView({"model": "softmax", "classes": list(classes)}, found, list(names), stored, stored)


def draw(name, *args, **kwargs):
    return import_module(f"onelayer.figures.{name}").draw(view(*args, **kwargs))


@pytest.mark.parametrize("name", DIAGNOSTICS)
def test_every_figure_is_drawn_to_the_same_bytes_each_time(name, tmp_path):
    classes = {"classes": (2, 3), "names": LONG[:2]} if name == "roc" else {"names": LONG}
    for number in (1, 2):
        save(draw(name, **classes), [tmp_path / f"{number}.png", tmp_path / f"{number}.pdf"])
    for kind in ("png", "pdf"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()


@pytest.mark.parametrize("name", DIAGNOSTICS)
@pytest.mark.parametrize("names", [("0", "1"), LONG[:2], [str(n) for n in range(10)], [*LONG, *"abcdefg"]])
def test_no_label_is_cut_off(name, names):
    if name == "roc" and len(names) > 2:
        return
    figure = draw(name, classes=tuple(range(len(names))), names=names, count=40)
    figure.draw_without_rendering()
    (left, bottom), (right, top) = figure.get_tightbbox().get_points()
    width, height = figure.get_size_inches()
    assert left >= -0.01 and bottom >= -0.01 and right <= width + 0.01 and top <= height + 0.01


def test_confusion_shows_the_counts_of_the_smallest_lambda_in_writing_that_can_be_read():
    seen = view(names=LONG, seed=1)  # whose counts are not symmetric
    axes = draw("confusion", names=LONG, seed=1).axes[0]
    found, classes = seen.predictions["0.0"], seen.task["classes"]
    counts = [[((found.label == a) & (found.predicted == b)).sum() for b in classes] for a in classes]
    written = {text.get_position(): int(text.get_text()) for text in axes.texts}
    assert written == {(column, row): counts[row][column] for row in range(3) for column in range(3)}
    assert (
        [text.get_text() for text in axes.get_xticklabels()] == LONG == [t.get_text() for t in axes.get_yticklabels()]
    )
    assert axes.get_xlabel() == "predicted class" and axes.get_title().endswith("λ = 0.0")
    image = axes.images[0]
    for text, share in zip(axes.texts, image.get_array().ravel(), strict=True):
        behind = matplotlib.colors.rgb_to_hsv(image.to_rgba(np.array([[share]]))[0, 0, :3])[2]
        written = matplotlib.colors.to_rgb(text.get_color())[0]
        assert abs(behind - written) > 0.3, (share, behind, written)


def test_reliability_has_a_curve_a_lambda_with_its_error_and_dots_by_their_images():
    axes = draw("reliability").axes[0]
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert [label[: label.index(" 0.", 8)] for label in labels] == ["λ = 0.0, ECE", "λ = 2.0, ECE"]
    found = view().predictions["2.0"]
    curve, dots = axes.lines[-1], axes.collections[-1]
    lowest = found.confidence <= 8 / 15
    assert curve.get_xdata()[0] == pytest.approx(found.confidence[lowest].mean())
    assert curve.get_ydata()[0] == pytest.approx((found.label == found.predicted)[lowest].mean())
    assert sum(dots.get_sizes()) == pytest.approx(100) and dots.get_sizes()[0] == pytest.approx(100 * lowest.sum() / 30)


def test_roc_goes_from_corner_to_corner_and_names_the_areas():
    left, right = draw("roc", classes=(2, 3), names=("two", "three")).axes
    curve = left.lines[0].get_xydata()
    assert curve[0].tolist() == [0, 0] and curve[-1].tolist() == [1, 1] and (np.diff(curve, axis=0) >= 0).all()
    area = np.trapezoid(curve[:, 1], curve[:, 0])
    assert left.get_legend().get_texts()[0].get_text() == f"λ = 0.0, area {area:.4f}"
    assert "average" in right.get_legend().get_texts()[1].get_text() and "two" in left.get_ylabel()


def test_roc_is_empty_where_a_class_has_no_image():
    seen = view((2, 3), ("2", "3"))
    one = seen._replace(predictions={"0.0": predictions([2, 2], [2, 3], classes=(2, 3))})
    left, _ = import_module("onelayer.figures.roc").draw(one).axes
    assert len(left.lines) == 1 and left.get_legend() is None


def test_mistakes_come_from_the_surest_down_and_of_equals_the_first():
    found = predictions([0, 0, 1, 1, 0, 1], [1, 0, 0, 0, 1, 1], [0.7, 0.99, 0.9, 0.7, 0.8, 0.6])
    assert surest_mistakes(found, 20) == [2, 4, 0, 3] and surest_mistakes(found, 2) == [2, 4]


def test_the_gallery_shows_the_image_that_was_predicted():
    """Images are numbered in their file, and the predictions begin at number 20 of it."""
    figure, found = draw("mistakes", names=LONG), view().predictions["0.0"]
    order = surest_mistakes(found, 20)
    shown = [axes for axes in figure.axes if axes.images]
    assert len(shown) == len(order) <= 20 < len(figure.axes) + 1
    assert [int(axes.images[0].get_array()[0, 0]) for axes in shown] == found.image[order].tolist()
    named = dict(zip((4, 0, 2), LONG, strict=True))
    for axes, place in zip(shown, order, strict=True):
        true, predicted = named[found.label[place]], named[found.predicted[place]]
        assert axes.get_title().replace("\n→", " →") == f"{true} → {predicted}\n{found.confidence[place]:.3f}"
    assert "probability" in figure.get_suptitle() and "λ = 0.0" in figure.get_suptitle()


def test_the_gallery_says_so_where_there_are_no_mistakes_and_when_it_is_a_margin():
    right = predictions([4, 0], [4, 0], classes=(4, 0, 2))._replace(probabilities=None)
    figure = import_module("onelayer.figures.mistakes").draw(view()._replace(predictions={"0": right}))
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == ["no mistakes"]
    assert "margin" in figure.get_suptitle()


def test_examples_are_the_first_images_of_each_class():
    seen = view()
    figure = draw("examples", names=LONG)
    shown = [int(axes.images[0].get_array()[0, 0]) for axes in figure.axes if axes.images]
    assert shown == [n for label in (4, 0, 2) for n in np.flatnonzero(seen.train.labels == label)[:10]]
    assert [text.get_text() for axes in figure.axes for text in axes.texts] == LONG
    empty = seen._replace(train=seen.train._replace(labels=np.full(60, 4, np.uint8)))
    assert sum(len(a.images) for a in import_module("onelayer.figures.examples").draw(empty).axes) == 10
