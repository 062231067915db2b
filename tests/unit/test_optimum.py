"""The certified minimum: held to scikit-learn, to the normal equations, and to what its bound says of other weights."""

import csv
import logging
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression

import find_optimum
import join_optima
from onelayer import optimum
from onelayer.data.samples import Samples, choose_samples, inputs_of
from onelayer.data.store import write_images
from onelayer.errors import TrainingError
from onelayer.grid import Run, Settings
from onelayer.models import MODELS
from onelayer.objective import PENALTY_FACTOR, loss_and_gradient, objective
from onelayer.runs import RunFiles, write_run
from onelayer.training import train

SMOOTH = ["logistic", "softmax", "least_squares"]


def digits(model):
    """The embedded digits for training, as inputs and targets; 2 and 3 for the logistic model."""
    data = load_digits()
    pixels, labels = data.data[:1297].astype(np.uint8), data.target[:1297]
    chosen = np.isin(labels, (2, 3)) if model == "logistic" else labels >= 0
    samples = Samples(pixels[chosen], labels[chosen] - (2 if model == "logistic" else 0), 8.0)
    return inputs_of(samples, np.float64), samples.targets.astype(np.int64)


def found(model, lam, penalty="sum"):
    inputs, targets = digits(model)
    classes = len(np.unique(targets))
    start = np.zeros((MODELS[model].outputs(classes), inputs.shape[1]))
    return optimum.minimise(MODELS[model], inputs, targets, lam, penalty, start), inputs, targets


def value(model, weights, inputs, targets, lam, penalty="sum"):
    return objective(MODELS[model], weights, inputs, targets, lam, penalty)[1]


@pytest.mark.parametrize(("penalty", "factor"), [("sum", 2), ("half_sum", 1)])
@pytest.mark.parametrize("lam", [2.0, 0.002])
@pytest.mark.parametrize("model", ["logistic", "softmax"])
def test_the_minimum_is_that_of_scikit_learn(model, lam, penalty, factor):
    """Whose objective, divided by C N, is the mean loss + ||w||^2 / (2 C N); the bias is a penalised input like any other."""
    mine, inputs, targets = found(model, lam, penalty)
    theirs = LogisticRegression(
        C=1 / (factor * lam * len(inputs)), fit_intercept=False, solver="newton-cholesky", tol=1e-10, max_iter=100
    )
    theirs.fit(inputs, targets == 0 if model == "logistic" else targets)
    expected = value(model, theirs.coef_, inputs, targets, lam, penalty)
    assert mine.certified and mine.gap_bound <= 1e-10
    assert value(model, mine.weights, inputs, targets, lam, penalty) == pytest.approx(expected, abs=1e-10, rel=0)
    np.testing.assert_allclose(mine.weights, theirs.coef_, atol=1e-4)


@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
@pytest.mark.parametrize("lam", [2.0, 0.02, 0.0002])
def test_the_minimum_of_least_squares_solves_the_normal_equations(lam, penalty):
    mine, inputs, targets = found("least_squares", lam, penalty)
    penalised = inputs.T @ inputs / len(inputs) + 2 * PENALTY_FACTOR[penalty] * lam * np.eye(inputs.shape[1])
    expected = np.linalg.solve(penalised, inputs.T @ np.eye(10)[targets] / len(inputs)).T
    values = [value("least_squares", weights, inputs, targets, lam, penalty) for weights in (mine.weights, expected)]
    assert mine.certified and values[0] == pytest.approx(values[1], abs=1e-10, rel=0)


@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
@pytest.mark.parametrize("model", SMOOTH)
def test_no_weights_are_further_from_the_minimum_than_their_bound(model, penalty):
    best, inputs, targets = found(model, 0.05, penalty)
    lowest, random = value(model, best.weights, inputs, targets, 0.05, penalty), np.random.RandomState(0)
    for size in (1e-4, 1e-2, 1, 10):
        worse = best.weights + size * random.normal(size=best.weights.shape)
        _, gradient = loss_and_gradient(MODELS[model], worse, inputs, targets, 0.05, penalty)
        excess = value(model, worse, inputs, targets, 0.05, penalty) - lowest
        assert 0 < excess <= optimum.gap_bound(np.linalg.norm(gradient), 0.05, penalty)


@pytest.mark.parametrize("penalty", ["sum", "half_sum"])
@pytest.mark.parametrize("model", SMOOTH)
def test_the_bound_is_reached_by_a_weight_that_only_the_penalty_sees(model, penalty):
    """An input that is 0 everywhere: C does not see its weight t, so that J - J* is the penalty of t, and the bound too."""
    inputs, targets = digits(model)
    inputs = np.hstack([np.zeros((len(inputs), 1)), inputs])
    outputs = MODELS[model].outputs(len(np.unique(targets)))
    start = np.zeros((outputs, inputs.shape[1]))
    best = optimum.minimise(MODELS[model], inputs, targets, 0.05, penalty, start).weights
    worse = best.copy()
    worse[0, 0] += 3
    _, gradient = loss_and_gradient(MODELS[model], worse, inputs, targets, 0.05, penalty)
    values = [value(model, weights, inputs, targets, 0.05, penalty) for weights in (worse, best)]
    assert values[0] - values[1] == pytest.approx(9 * 0.05 * PENALTY_FACTOR[penalty], rel=1e-9)
    assert optimum.gap_bound(np.linalg.norm(gradient), 0.05, penalty) == pytest.approx(values[0] - values[1], rel=1e-6)


def test_without_a_penalty_nothing_is_certified_and_separable_classes_are_separated():
    mine, inputs, targets = found("softmax", 0.0)
    assert (mine.gap_bound, mine.certified) == (None, False)
    assert (MODELS["softmax"].margins(mine.weights @ inputs.T, targets) > 0).all()


def test_a_search_that_stalls_is_taken_up_again(monkeypatch):
    expected = found("softmax", 0.02)[0]
    monkeypatch.setattr(optimum, "ITERATIONS", 15)
    again = found("softmax", 0.02)[0]
    assert again.certified
    np.testing.assert_allclose(again.weights, expected.weights, atol=1e-4)


@pytest.fixture(params=["sum", "half_sum"])
def folder(images, tmp_path, request):
    """Stored images, and a task with a trained run for each of two lambdas: what the script gets."""
    task = {
        "name": "t", "model": "softmax", "classes": [0, 1, 2, 3, 4], "learning_rate": 0.1, "batch_size": 8, "max_epochs": 9,
        "evaluations_per_epoch": 3, "patience": 30, "dtype": "float64", "penalty": request.param,
        "train": {"first": 0, "count": 40}, "validation": {"first": 40, "count": 20},
    }  # fmt: skip
    write_images(tmp_path / "images.parquet", images)
    sets = [
        images._replace(images=images.images[part], labels=images.labels[part]) for part in (slice(40), slice(40, 60))
    ]
    runs = {}
    for lam in ("0.0", "0.1"):
        run = Run("t", lam, True, 3)
        settings = Settings.of(task, run)
        samples = [choose_samples(part, settings.classes) for part in sets]
        write_run(tmp_path / lam, settings, train(*samples, settings), {})
        runs[run] = RunFiles(tmp_path / lam, settings)
    outputs = SimpleNamespace(table=str(tmp_path / "t.csv"), arrays=str(tmp_path / "t.npz"))
    paths = dict.fromkeys(("train", "validation"), str(tmp_path / "images.parquet"))
    return {"paths": paths, "task": task, "runs": runs, "outputs": outputs, "log": logging.getLogger("test")}, samples


def test_the_script_holds_each_run_to_its_minimum(folder):
    arguments, (training, validation) = folder
    find_optimum.main(**arguments)
    with open(arguments["outputs"].table) as file:
        free, penalised = rows = list(csv.DictReader(file))
    assert [(row["task"], row["lambda"], row["certified"]) for row in rows] == [
        ("t", "0.0", "false"),
        ("t", "0.1", "true"),
    ]
    assert free["gap_bound"] == "" and 0 <= float(penalised["gap_bound"]) <= 1e-10
    curves = optimum.read_excess(arguments["outputs"].arrays)
    with np.load(arguments["outputs"].arrays, allow_pickle=False) as arrays:
        weights = arrays["weights_0.1"]
    inputs, run = inputs_of(training, np.float64), list(arguments["runs"].values())[1]
    penalty = arguments["task"]["penalty"]
    values = [value("softmax", w, inputs, training.targets, 0.1, penalty) for w in (weights, run.last_weights)]
    assert float(penalised["objective"]) == pytest.approx(values[0], rel=1e-12)
    assert float(penalised["objective_excess"]) == pytest.approx(values[1] - values[0], rel=1e-9)
    assert float(penalised["weight_norm_squared"]) == pytest.approx((weights**2).sum(), rel=1e-12)
    assert float(penalised["weight_distance"]) == pytest.approx(np.linalg.norm(weights - run.last_weights), rel=1e-12)
    for name, samples in (("train_accuracy", training), ("validation_accuracy", validation)):
        decided = MODELS["softmax"].decisions(weights @ inputs_of(samples, np.float64).T)
        assert float(penalised[name]) == pytest.approx((decided == samples.targets).mean())
    steps, excess = curves["0.1"]
    np.testing.assert_array_equal(steps, run.snapshots[0])
    assert excess[-1] == pytest.approx(values[1] - values[0], rel=1e-3) and (excess > 0).all()
    assert excess[0] > 3 * excess[-1]


def test_what_cannot_be_certified_names_its_task_and_lambda(folder, monkeypatch):
    monkeypatch.setattr(optimum, "ITERATIONS", 1)
    monkeypatch.setattr(optimum, "SEARCHES", 2)
    with pytest.raises(TrainingError, match=r"tasks\.t, lambda 0\.1: no minimum found: the objective is within .*e-"):
        find_optimum.main(**folder[0])


def test_tables_are_joined_as_they_stand(tmp_path):
    for name in ("b", "a"):
        (tmp_path / name).write_text(f"task,lambda\n{name},0.0\n{name},0.10\n")
    join_optima.main([str(tmp_path / "b"), str(tmp_path / "a")], str(tmp_path / "all"))
    assert (tmp_path / "all").read_text() == "task,lambda\nb,0.0\nb,0.10\na,0.0\na,0.10\n"
