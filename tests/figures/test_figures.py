"""The figures: which runs they show, what is drawn of them, and that their bytes never change."""

import dataclasses

import matplotlib.colors
import numpy as np
import pytest
from PIL import Image

import plot
import plot_claims
from onelayer.data.store import ImageSet, write_images
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.task import Images, Run
from onelayer.figures import View, drawn_together, figure_named, figure_names, named_figures
from onelayer.figures.common import use_style
from onelayer.io.files import write_rows
from tests.conftest import ROOT
from tests.helpers import run, task

LONG, MANY = ["T-shirt/top", "Ankle boot", "Pullover"], ["T-shirt/top", "Ankle boot", "Pullover", *"abcdefg"]
GRID = task(name="t", lambdas=["2.0", "0.0", "0.5"], shuffle=[True, False], seeds=[5, 6])
FIRST = [("0.0", True, 5)]
SWEEP = [(lam, True, seed) for lam in ("0.0", "0.5", "2.0") for seed in (5, 6)]
ORDERS = [("0.0", False, 0), ("0.0", True, 5), ("0.0", True, 6)]
# The runs of GRID that each figure shows.
SHOWN = {
    "confusion": FIRST, "examples": FIRST, "mistakes": FIRST, "weights": [FIRST[0], SWEEP[4]], "penalty": SWEEP, "loss": SWEEP[:2],
    "accuracy": SWEEP[:2], "shuffle_loss": ORDERS, "shuffle_accuracy": ORDERS, "l2_accuracy": SWEEP, "l2_norm": SWEEP,
    "every_step": [],
}  # fmt: skip


def view(folder, runs=None, names=LONG):
    """A view of runs, of two lambdas and orders if none are given, and of images whose every pixel is their number."""
    use_style()
    random, shown, classes = np.random.RandomState(0), {}, list(range(len(names)))[::-1]
    for own in (("0.0", False, 0), ("2.0", True, 0), ("2.0", True, 1)):
        losses, weights = random.uniform(0.2, 0.9, 8 + own[2]), random.normal(size=(len(names), 13))
        shown[Run("t", *own)] = run(losses, weights)
    pixels = np.arange(60, dtype=np.uint8).repeat(12).reshape(60, 4, 3)
    write_images(folder / "images", ImageSet(pixels, random.choice(classes, 60).astype(np.uint8), {"pixel_max": 60}))
    columns = ["lambda", "train_accuracy", "validation_accuracy", "weight_norm_squared"]
    write_rows(folder / "minima", columns, [["0.0", 1.0, 0.9, 50.0], ["0.5", 0.9, 0.8, 5.0], ["2.0", 0.8, 0.7, 2.0]])
    setup = task(classes=classes, train=Images("train", 10, 50), validation=Images("test", 20, 30))
    paths = {"train": folder / "images", "test": folder / "images", "minima": folder / "minima"}
    return View(setup, runs or shown, names, (4, 3), paths)


def draw(name, view):
    return figure_named(name).draw(view)


def texts(labels):
    return [text.get_text() for text in labels]


def points(axes):
    """Of each row of points with error bars, x and y."""
    return [bars.lines[0].get_xydata().tolist() for bars in axes.containers]


def numbers(figure):
    """Of the images on a sheet, each 4 x 3 pixels of one number."""
    sheet = np.ma.filled(figure.axes[0].images[0].get_array(), np.nan)
    shown = ~np.isnan(sheet)
    one_each = sheet[shown.any(axis=1)][::4][:, shown.any(axis=0)][:, ::3].ravel()
    return one_each[~np.isnan(one_each)].astype(int).tolist()


def test_each_figure_shows_its_runs_and_shares_its_job_with_others_of_the_same_runs():
    assert {name: [one[1:] for one in figure_named(name).runs(GRID)] for name in figure_names()} == SHOWN
    for own in (task(), task(lambdas=["1"], model="hinge")):
        shown = {name for name in SHOWN if figure_named(name).runs(own)}
        assert shown == {"confusion", "examples", "mistakes", "weights", "loss", "accuracy"}
    groups = sorted(names for _, names in drawn_together(GRID, figure_names()))
    assert groups[:2] == [["accuracy", "loss"], ["confusion", "examples", "mistakes"]] and len(groups) == 7
    without_evidence = named_figures({"t": GRID}, False, "{}_{}".format)["t"]
    assert {*SHOWN} - {*without_evidence} == {*groups[1], "penalty", "every_step"}


def test_sweeps_of_a_source_do_not_draw_each_others_figures_and_a_grid_of_ones_own_has_all(tasks):
    source, own = read_configuration(ROOT, [], {}).source, tasks["softmax_figure_8"]
    named = named_figures(tasks, False, source.figure_name)
    assert [named[f"softmax_figure_{n}"] for n in (8, 9)] == [{name: name} for name in ("l2_accuracy", "l2_norm")]
    grid = {"lambdas": own.lambdas[::-1], "seeds": (3, 4), "learning_rate": 0.5}
    assert source.figure_name(dataclasses.replace(own, **grid), "l2_norm") is None
    for changed in ({"lambdas": own.lambdas[:2]}, {"shuffle": (True, False)}):
        drawn = named_figures({own.name: dataclasses.replace(own, **changed)}, False, source.figure_name)[own.name]
        named = {name: f"{own.name}_{name}" for name in drawn} | {"l2_accuracy": "l2_accuracy"}
        assert drawn == named and {"l2_norm", "loss", "accuracy", "weights"} < {*drawn}
    drawn = named_figures(tasks, True, source.figure_name)["softmax_figure_8"]
    names = {name: f"softmax_figure_8_{name}" for name in ("confusion", "examples", "mistakes")}
    assert drawn == {"l2_accuracy": "l2_accuracy", "penalty": "penalty", **names}


def test_every_figure_is_drawn_to_the_same_bytes_each_time_and_no_label_is_cut_off(tmp_path):
    for kinds in (["png", "pdf"], ["again.pdf"]):  # what was drawn otherwise differs in both
        files = {name: [tmp_path / f"{name}.{kind}" for kind in kinds] for name in SHOWN}
        plot.main(view(tmp_path), dict.fromkeys(SHOWN), files)
    for path in (tmp_path / f"{name}.{kind}" for name in SHOWN for kind in ("png", "pdf")):
        assert path.suffix == ".png" or path.read_bytes() == path.with_suffix(".again.pdf").read_bytes()
        assert not any(word in path.read_bytes() for word in (b"CreationDate", b"Producer", b"Creator", b"Software"))
    assert Image.open(tmp_path / "loss.png").size == (945, 660)
    for name, names in [*((name, MANY) for name in SHOWN), ("weights", LONG[:2]), ("confusion", LONG[:2])]:
        figure = draw(name, view(tmp_path, names=names))
        figure.get_layout_engine().execute(figure)
        corners = figure.get_tightbbox().get_points()
        assert (corners[0] >= -0.01).all() and (corners[1] <= figure.get_size_inches() + 0.01).all(), (name, names)


@pytest.mark.parametrize("name", ["loss", "accuracy", "shuffle_loss", "shuffle_accuracy", "l2_accuracy"])
def test_curves_have_limits_labels_and_a_legend_and_differ_in_lightness_and_dashes(tmp_path, name):
    limited = view(tmp_path)
    limited.limits = (0.25, 0.75)
    (axes,), (free,) = draw(name, limited).axes, draw(name, view(tmp_path)).axes
    assert axes.get_ylim() == (0.25, 0.75) != free.get_ylim() and axes.get_xlabel() == "training step (batches)"
    assert axes.get_ylabel().endswith("cross-entropy (nats per image)" if "loss" in name else "(fraction)")
    (legend,) = filter(None, [axes.get_legend(), *axes.figure.legends])
    assert (free.get_ylim()[0] == 0) == ("loss" in name) and len(set(texts(legend.get_texts()))) == 2
    one, other = (np.dot(matplotlib.colors.to_rgb(line.get_color()), [0.21, 0.72, 0.07]) for line in axes.lines[:2])
    assert abs(one - other) > 0.1 and axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


def test_one_run_is_a_line_and_several_are_the_mean_of_those_that_still_train_with_a_band(tmp_path):
    shown = view(tmp_path)
    one, first, second = (files.evaluations["validation_accuracy"] for files in shown.runs.values())
    axes, means = draw("shuffle_accuracy", shown).axes[0], (first + second[:8]) / 2
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), one)
    np.testing.assert_allclose(axes.lines[1].get_ydata(), [*means, second[8]])
    (band,) = axes.collections
    np.testing.assert_allclose(band.get_paths()[0].vertices[1:9, 1], means - np.abs(first - second[:8]) / 2**0.5)
    for files in list(shown.runs.values())[1:]:
        files.summary["diverged"] = True
    legend = draw("shuffle_accuracy", shown).axes[0].get_legend()
    assert texts(legend.get_texts()) == ["file order", "shuffled, 2 seeds, 2 diverged"]
    line, losses = draw("shuffle_loss", shown).axes[0].lines[0], run().train_losses
    np.testing.assert_allclose(line.get_xydata(), [(n + 4.5, losses[n : n + 10].mean()) for n in range(0, 90, 10)])


def test_lambdas_have_a_bar_of_colours_if_many_and_norms_stand_at_theirs(tmp_path):
    axes, bar = draw("l2_accuracy", view(tmp_path, {Run("t", f"{n / 100}", True, 0): run() for n in range(20)})).axes
    assert axes.get_legend() is None and not axes.figure.legends and len(axes.lines) == 20
    assert texts(bar.get_yticklabels())[::7] == ["0.0", "0.19"]
    norms = {("0.0", 0): 9.0, ("0.02", 0): 5.0, ("2.0", 0): 1.0, ("2.0", 1): 3.0}
    runs = {Run("t", lam, True, seed): run(weight_norm_squared=norm) for (lam, seed), norm in norms.items()}
    axes = draw("l2_norm", view(tmp_path, runs)).axes[0]
    assert axes.lines[0].get_ydata() == [9.0, 9.0] and axes.get_xscale() == "log"
    assert points(axes) == [[[0.02, 5.0], [2.0, 2.0]]]
    assert np.ptp(axes.containers[0].lines[2][0].get_segments()[1][:, 1]) == pytest.approx(2 * 2**0.5)


def test_the_penalty_is_shown_at_the_ends_after_the_steps_that_all_have_and_at_the_minima(tmp_path):
    runs = {Run("t", lam, True, 0): run([0.9] * count) for lam, count in (("0.0", 3), ("0.5", 8), ("2.0", 5))}
    for number, files in enumerate(runs.values()):
        files.summary |= {"train_accuracy": 0.1 * number, "validation_accuracy": 0.2 * number, "weight_norm_squared": 9}
        files.evaluations["validation_accuracy"] = np.arange(len(files.evaluations["step"])) / 10 + number
    end, equal, minimum, norm = draw("penalty", view(tmp_path, runs)).axes

    np.testing.assert_allclose(points(end), [[[0.5, 0.1], [2, 0.2]], [[0.5, 0.2], [2, 0.4]]])
    np.testing.assert_allclose(points(equal)[1], [[0.5, 1.4], [2, 2.4]])
    np.testing.assert_allclose(points(minimum), [[[0.5, 0.9], [2, 0.8]], [[0.5, 0.8], [2, 0.7]]])
    np.testing.assert_allclose(points(norm), [[[0.5, 9], [2, 9]], [[0.5, 5], [2, 2]]])
    assert norm.get_yscale() == "log" and equal.get_title() == "step 20"
    low, high = end.get_ylim()
    assert equal.get_ylim() == minimum.get_ylim() == (low, high) and low < 0.1 and high > 2.4  # room for all three


def test_every_step_of_three_epochs_stands_in_a_panel_an_order_of_tasks_that_are_evaluated_so_often(tmp_path):
    often = task(shuffle=[True, False], seeds=[5, 6], evaluations={"per_epoch": 31, "at": "first", "train_loss": False})
    drawn = dataclasses.replace(often, train=Images("train", 10, 50, drawn=20))  # by the seed, in file order too
    for own, seed in ((often, 0), (drawn, 5)):
        assert [one[1:] for one in figure_named("every_step").runs(own)] == [("0", False, seed), ("0", True, 5)]
    runs = {Run("t", "0", order, 0): run(np.arange(12.0)) for order in (False, True)}
    for files in runs.values():
        files.evaluations["epoch"] = np.arange(12) // 2
    panels = draw("every_step", view(tmp_path, runs)).axes
    assert [axes.get_title() for axes in panels] == ["file order", "shuffled"]
    for axes in panels:
        curve, *starts = axes.lines
        assert curve.get_xdata().tolist() == [20, 25, 30, 35, 40, 45]
        assert [line.get_xdata()[0] for line in starts] == [20, 30, 40]


def test_the_claims_over_data_have_a_panel_each_with_a_line_a_part_in_their_unit_and_the_margin():
    use_style()
    claims = [claim for claim in read_configuration(ROOT, [], {}).source.claims if claim.over == "data"][-2:]
    numbers = {"a": (0.02, 0.01, 0.04), "b": (None, None, None), "c": (-0.01, None, None)}
    parts = [dict(zip(("task", "value", "low", "high"), (name, *own), strict=True)) for name, own in numbers.items()]
    ledger = [{"id": claim.id, "verdict": "undecided", "parts": parts} for claim in claims]
    figure = plot_claims.draw(claims, ledger)
    for axes, claim in zip(figure.axes, claims, strict=True):
        assert axes.get_title(loc="left") == f"{claim.id.replace('_', ' ')}: undecided"
        assert texts(axes.get_yticklabels()) == ["a", "b", "c"] and axes.get_xlabel() == claim.unit == "points"
        np.testing.assert_allclose(points(axes), [[[2, 0]], [[-1, 2]]])
        np.testing.assert_allclose(axes.containers[0].lines[2][0].get_segments(), [[[1, 0], [4, 0]]])
        assert axes.lines[0].get_xdata()[0] == pytest.approx(0)
        assert axes.patches[0].get_width() == pytest.approx(200 * claim.margin)


def test_weights_leave_out_the_bias_and_share_a_symmetric_scale_a_row(tmp_path):
    weights = np.append(np.random.RandomState(0).normal(size=(3, 12)), [[100]] * 3, axis=1)
    runs = {Run("t", "0.0", True, 0): run(weights=weights), Run("t", "2.0", True, 0): run(weights=weights / 10)}
    axes, largest = draw("weights", view(tmp_path, runs)).axes, np.abs(weights[:, :-1]).max()
    bare = {one: run(weights=files.last_weights[:, :-1]) for one, files in runs.items()}  # of a task without a bias
    both = (axes, draw("weights", view(tmp_path, bare)).axes)
    np.testing.assert_array_equal(*([own.images[0].get_array() for own in shown if own.images] for shown in both))
    np.testing.assert_array_equal(axes[1].images[0].get_array(), weights[1, :-1].reshape(4, 3))
    limits = [own.images[0].get_clim() for own in axes if own.images]
    assert limits == [(-largest, largest)] * 3 + [(-largest / 10, largest / 10)] * 3
    assert [own.get_title() for own in axes[:3]] == LONG and axes[4].get_ylabel() == "λ = 2.0"


def test_confusion_has_the_classes_in_rows_and_the_decisions_in_columns_in_writing_that_can_be_read(tmp_path):
    shown = view(tmp_path)
    axes, found = draw("confusion", shown).axes[0], shown.predictions
    assert texts([*axes.get_xticklabels(), *axes.get_yticklabels()]) == LONG * 2 and len(axes.texts) == 9
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    for text in axes.texts:
        column, row = text.get_position()
        assert int(text.get_text()) == ((found.label == 2 - row) & (found.predicted == 2 - column)).sum()
        behind = axes.images[0].to_rgba(axes.images[0].get_array())[row, column, :3].max()
        assert abs(behind - matplotlib.colors.to_rgb(text.get_color())[0]) > 0.3


def test_mistakes_are_the_images_that_were_predicted_from_the_surest_down_and_of_equals_the_first(tmp_path):
    """Images are numbered in their file, and the predictions begin at number 20 of it."""
    shown = view(tmp_path)
    found, figure = shown.predictions, draw("mistakes", shown)
    first, *others = (place for place in np.argsort(-found.confidence) if found.predicted[place] != found.label[place])
    assert numbers(figure) == [20 + place for place in [first, *others][:20]] and len(others) > 5
    title = f"{LONG[2 - found.label[first]]} → {LONG[2 - found.predicted[first]]}\n{found.confidence[first]:.3f}"
    assert figure.axes[0].texts[0].get_text().replace("\n→", " →") == title
    assert figure.get_suptitle() == "true → predicted class, probability; λ = 0.0"
    shown.predictions = found._replace(predicted=(found.label + 1) % 3, confidence=np.ones(30))
    assert numbers(draw("mistakes", shown)) == list(range(20, 40))
    shown.predictions = found._replace(predicted=found.label, probabilities=None)
    figure = draw("mistakes", shown)
    assert figure.axes[0].texts[0].get_text() == "no mistakes" and "margin" in figure.get_suptitle()


def test_examples_are_the_first_training_images_of_each_class(tmp_path):
    figure, labels = draw("examples", view(tmp_path)), view(tmp_path).images["train"].labels
    assert numbers(figure) == [10 + place for label in (2, 1, 0) for place in np.flatnonzero(labels == label)[:10]]
    assert texts(figure.axes[0].get_yticklabels()) == LONG
