from importlib import import_module

import matplotlib.style
import numpy as np
import pytest
from PIL import Image

from onelayer.figures import common
from onelayer.grid import Run
from onelayer.optimum import write_optima
from onelayer.selection import FIGURES
from tests.conftest import ROOT
from tests.unit.helpers import run

STYLE = ROOT / "workflow/report/onelayer.mplstyle"


@pytest.fixture(autouse=True)
def style():
    with matplotlib.style.context(STYLE):
        yield


@pytest.fixture
def optimum(tmp_path):
    """Minima for the lambdas of `several`, with three snapshots each."""
    excess = {lam: (np.array([0, 3, 9]), np.array([1.0, 0.1, 0.01]) * (1 + float(lam))) for lam in ("0.0", "2.0")}
    write_optima(tmp_path / "t.npz", dict.fromkeys(excess, np.zeros((3, 13))), excess)
    return str(tmp_path / "t.npz")


def view(runs, limits=None, model="softmax", names=("4", "7", "9"), optimum=None):
    return common.View({"model": model}, runs, list(names), (4, 3), limits, optimum)


def several(**changes):
    """Runs of two orders and two lambdas, two seeds of one of them."""
    random = np.random.RandomState(0)
    runs = {
        Run("t", lam, shuffle, seed): run(random.uniform(0.2, 0.9, 8 + seed), random.normal(size=(3, 13)), **changes)
        for lam, shuffle, seed in (("0.0", False, 0), ("2.0", True, 0), ("2.0", True, 1))
    }
    for files in runs.values():
        for name in ("validation_accuracy", "train_accuracy"):
            files.evaluations[name] = random.uniform(0.2, 0.9, len(files.evaluations["step"]))
    return runs


def draw(name, *args, **kwargs):
    return import_module(f"onelayer.figures.{name}").draw(view(*args, **kwargs))


def labels(axes):
    return [text.get_text() for text in axes.get_legend().get_texts()]


def test_window_means_are_means_of_ten_steps_at_their_middle():
    middles, means, deviations = common.window_means(np.arange(25.0))
    assert middles.tolist() == [4.5, 14.5] and means.tolist() == [4.5, 14.5]
    assert deviations == pytest.approx([np.arange(10).std()] * 2)
    assert [part.tolist() for part in common.window_means(np.array([1.0, 3.0]))] == [[0.5], [2], [1]]


def test_a_mean_over_seeds_is_over_those_that_still_train():
    places = np.arange(3) * 5
    step, means, deviations = common.over_seeds(
        [(places[:2], np.array([1.0, 2.0])), (places, np.array([3.0, 4.0, 5.0]))]
    )
    assert step.tolist() == [0, 5, 10] and means.tolist() == [2, 3, 5] and deviations.tolist() == [1, 1, 0]


def test_every_figure_of_the_registry_is_drawn_to_the_same_bytes_each_time(tmp_path, optimum):
    for name in FIGURES:
        for number in (1, 2):
            figure = draw(name, several(), optimum=optimum)
            common.save(figure, [tmp_path / f"{name}{number}.png", tmp_path / f"{name}{number}.pdf"])
        for kind in ("png", "pdf"):
            assert (tmp_path / f"{name}1.{kind}").read_bytes() == (tmp_path / f"{name}2.{kind}").read_bytes()
        assert b"CreationDate" not in (tmp_path / f"{name}1.pdf").read_bytes()
    assert Image.open(tmp_path / "loss1.png").size == (1170, 728)


@pytest.mark.parametrize("name", ["loss", "accuracy", "shuffle_loss", "shuffle_accuracy", "l2_accuracy"])
def test_limits_labels_and_legend(name):
    axes = draw(name, several(), [0.25, 0.75]).axes[0]
    assert axes.get_ylim() == (0.25, 0.75) != draw(name, several()).axes[0].get_ylim()
    assert axes.get_xlabel() == "training step (batches)"
    assert "(nats per image)" in axes.get_ylabel() or "(fraction of images)" in axes.get_ylabel()
    assert len(labels(axes)) == len(set(labels(axes))) == 2


def test_the_axis_of_losses_names_the_models_loss():
    assert draw("loss", several(), model="hinge").axes[0].get_ylabel() == "hinge loss (per image)"


def test_one_run_is_a_line_and_several_seeds_are_a_mean_with_a_band():
    axes = draw("shuffle_accuracy", several()).axes[0]
    runs = list(several().values())
    assert len(axes.lines) == 2 and len(axes.collections) == 1
    np.testing.assert_array_equal(axes.lines[0].get_ydata(), runs[0].evaluations["validation_accuracy"])
    both = [files.evaluations["validation_accuracy"][:8] for files in runs[1:]]
    np.testing.assert_allclose(axes.lines[1].get_ydata()[:8], np.mean(both, axis=0))
    assert labels(axes) == ["file order", "shuffled, 2 seeds"]


@pytest.mark.parametrize("name", ["shuffle_accuracy", "l2_accuracy"])
def test_runs_that_diverged_are_marked(name):
    first, second = labels(draw(name, several(diverged=True)).axes[0])
    assert first.endswith("(diverged)") and second.endswith(", 2 seeds, 2 diverged")


def test_a_large_grid_gets_a_colour_bar_instead_of_a_legend():
    axes, bar = draw("l2_accuracy", {Run("t", f"{n / 100}", True, 0): run() for n in range(20)}).axes
    assert axes.get_legend() is None and len(axes.lines) == 20
    names = [text.get_text() for text in bar.get_yticklabels()]
    assert len(names) == 8 and (names[0], names[-1]) == ("0.0", "0.19")


def test_norms_stand_at_their_lambda_and_zero_is_a_level():
    norms = {("0.0", 0): 9.0, ("0.02", 0): 5.0, ("2.0", 0): 1.0, ("2.0", 1): 3.0}
    runs = {Run("t", lam, True, seed): run(weight_norm_squared=norm) for (lam, seed), norm in norms.items()}
    axes = draw("l2_norm", runs).axes[0]
    assert axes.lines[0].get_ydata() == [9.0, 9.0]
    assert axes.containers[0].lines[0].get_xydata().tolist() == [[0.02, 5.0], [2.0, 2.0]]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0.02", "2.0"] and axes.get_xscale() == "log"


def test_a_minimum_is_drawn_as_what_is_left_to_it_against_the_steps_taken(optimum):
    runs = {Run("t", lam, True, 0): run() for lam in ("0.0", "2.0")}
    axes = draw("optimum", runs, optimum=optimum).axes[0]
    assert (axes.get_xscale(), axes.get_yscale(), labels(axes)) == ("log", "log", ["λ = 0.0", "λ = 2.0"])
    np.testing.assert_allclose(axes.lines[1].get_xydata(), [[1, 3], [4, 0.3], [10, 0.03]])
    assert axes.get_ylabel().endswith("(nats per image)")


def test_weights_leave_out_the_bias_and_share_a_symmetric_scale_a_row():
    weights = np.random.RandomState(0).normal(size=(3, 13))
    weights[:, -1] = 100
    runs = {Run("t", "0.0", True, 0): run(weights=weights), Run("t", "2.0", True, 0): run(weights=weights / 10)}
    figure = draw("weights", runs)
    low, high = figure.axes[:4], figure.axes[4:8]
    np.testing.assert_array_equal(low[1].images[0].get_array(), weights[1, :-1].reshape(4, 3))
    largest = np.abs(weights[:, :-1]).max()
    assert {axes.images[0].get_clim() for axes in low[:3]} == {(-largest, largest)}
    assert {axes.images[0].get_clim() for axes in high[:3]} == {(-largest / 10, largest / 10)}
    assert [axes.get_title() for axes in low[:3]] == ["4", "7", "9"]
    assert [low[0].get_ylabel(), high[0].get_ylabel()] == ["λ = 0.0", "λ = 2.0"]


def test_curves_differ_in_lightness_and_in_dashes():
    axes = draw("accuracy", {Run("t", "0", True, 0): run()}).axes[0]
    lightness = [np.dot(matplotlib.colors.to_rgb(line.get_color()), [0.2126, 0.7152, 0.0722]) for line in axes.lines]
    assert abs(lightness[0] - lightness[1]) > 0.25
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()
