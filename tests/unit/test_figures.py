import matplotlib.style
import numpy as np
import pytest
from PIL import Image

from onelayer import figures
from tests.conftest import ROOT

STYLE = ROOT / "workflow/report/onelayer.mplstyle"


@pytest.fixture(autouse=True)
def style():
    with matplotlib.style.context(STYLE):
        yield


def curves(seed=0, steps=95):
    random = np.random.RandomState(seed)
    evaluations = {"step": np.arange(0, steps, 5)}
    for name in ("validation_loss", "validation_accuracy", "train_accuracy"):
        evaluations[name] = random.uniform(0.2, 0.9, len(evaluations["step"]))
    return figures.Curves(random.uniform(0.1, 1, steps), evaluations)


def test_window_means_are_means_of_ten_steps_at_their_middle():
    values = np.arange(25.0)
    middles, means, deviations = figures.window_means(values)
    assert middles.tolist() == [4.5, 14.5] and means.tolist() == [4.5, 14.5]
    assert deviations == pytest.approx([np.arange(10).std()] * 2)
    assert [part.tolist() for part in figures.window_means(np.array([1.0, 3.0]))] == [[0.5], [2], [1]]


def test_a_training_curve_is_drawn_where_its_means_are():
    run = curves()
    axes = figures.loss_figure(run, None).axes[0]
    middles, means, _ = figures.window_means(run.train_loss)
    np.testing.assert_array_equal(axes.lines[0].get_xydata(), np.column_stack([middles, means]))
    np.testing.assert_array_equal(axes.lines[1].get_ydata(), run.evaluations["validation_loss"])
    assert len(axes.collections) == 1


RUNS = {"a": [curves(0), curves(1)], "b": [curves(2)]}
L2 = {"0.0": [curves(0)], "2.0": [curves(1)], "0.02": [curves(2)]}
FIGURES = {
    "loss": lambda limits: figures.loss_figure(curves(), limits),
    "accuracy": lambda limits: figures.accuracy_figure(curves(), limits),
    "shuffle_loss": lambda limits: figures.shuffle_loss_figure(RUNS, limits),
    "shuffle_accuracy": lambda limits: figures.shuffle_accuracy_figure(RUNS, limits),
    "l2_accuracy": lambda limits: figures.l2_accuracy_figure(L2, limits),
}


@pytest.mark.parametrize("name", FIGURES)
def test_limits_labels_and_legend(name):
    axes = FIGURES[name]([0.25, 0.75]).axes[0]
    assert axes.get_ylim() == (0.25, 0.75)
    assert axes.get_xlabel() == "training step (batches)"
    assert "(nats per image)" in axes.get_ylabel() or "(fraction of images)" in axes.get_ylabel()
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert len(labels) == len(set(labels)) == {"l2_accuracy": 3}.get(name, 2)
    assert axes.get_ylim() != FIGURES[name](None).axes[0].get_ylim()


def test_every_seed_is_drawn_and_the_order_of_lambda_is_numeric():
    assert len(figures.shuffle_accuracy_figure(RUNS, None).axes[0].lines) == 3
    legend = figures.l2_accuracy_figure(L2, None).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == ["λ = 0.0", "λ = 0.02", "λ = 2.0"]


def test_a_large_grid_gets_a_colour_bar_instead_of_a_legend():
    figure = figures.l2_accuracy_figure({f"{number / 100}": [curves(number)] for number in range(20)}, None)
    axes, bar = figure.axes
    assert axes.get_legend() is None and len(axes.lines) == 20
    labels = [text.get_text() for text in bar.get_yticklabels()]
    assert len(labels) == figures.LABELLED and (labels[0], labels[-1]) == ("0.0", "0.19")


def test_norms_stand_at_their_lambda_and_zero_is_a_level():
    axes = figures.l2_norm_figure({"0.0": [9.0], "2.0": [1.0, 3.0], "0.02": [5.0]}).axes[0]
    level, line, seeds = axes.lines
    assert level.get_ydata() == [9.0, 9.0]
    assert line.get_xydata().tolist() == [[0.02, 5.0], [2.0, 2.0]]
    assert sorted(seeds.get_ydata()) == [1.0, 3.0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["0.02", "2.0"]
    assert axes.get_xscale() == "log"


@pytest.mark.parametrize("norms", [{"0.0": [9.0]}, {"1.0": [2.0]}, {str(i / 10): [1.0 / i] for i in range(1, 31)}])
def test_norm_figure_takes_any_grid(norms, tmp_path):
    figures.save(figures.l2_norm_figure(norms), [tmp_path / "x.png"])
    assert (tmp_path / "x.png").stat().st_size > 5000


def test_weights_leave_out_the_bias_and_share_a_symmetric_scale_a_row():
    weights = np.random.RandomState(0).normal(size=(3, 13))
    weights[:, -1] = 100
    figure = figures.weights_figure([("low", weights), ("high", weights / 10)], [4, 7, 9], (4, 3))
    low, high = figure.axes[:4], figure.axes[4:8]
    np.testing.assert_array_equal(low[1].images[0].get_array(), weights[1, :-1].reshape(4, 3))
    largest = np.abs(weights[:, :-1]).max()
    assert {axes.images[0].get_clim() for axes in low[:3]} == {(-largest, largest)}
    assert {axes.images[0].get_clim() for axes in high[:3]} == {(-largest / 10, largest / 10)}
    assert [axes.get_title() for axes in low[:3]] == ["4", "7", "9"]
    assert low[3].get_title(loc="left") == "weight" and low[3].get_ylim() == (-largest, largest)
    assert [low[0].get_ylabel(), high[0].get_ylabel()] == ["low", "high"]


def test_curves_differ_in_lightness_and_in_dashes():
    axes = figures.accuracy_figure(curves(), None).axes[0]
    lightness = [np.dot(matplotlib.colors.to_rgb(line.get_color()), [0.2126, 0.7152, 0.0722]) for line in axes.lines]
    assert abs(lightness[0] - lightness[1]) > 0.25
    assert axes.lines[0].get_linestyle() != axes.lines[1].get_linestyle()


def test_the_same_figure_gives_the_same_bytes(tmp_path):
    for number in (1, 2):
        figures.save(figures.loss_figure(curves(), None), [tmp_path / f"{number}.png", tmp_path / f"{number}.pdf"])
    for kind in ("png", "pdf"):
        assert (tmp_path / f"1.{kind}").read_bytes() == (tmp_path / f"2.{kind}").read_bytes()
    assert b"CreationDate" not in (tmp_path / "1.pdf").read_bytes()
    assert Image.open(tmp_path / "1.png").size == (1200, 680)
