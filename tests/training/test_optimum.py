"""The certified minimum: compared with other solvers, and with what its bound says of other weights."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

import find_optimum
from onelayer.data.samples import choose_samples, inputs_of
from onelayer.experiment.task import Images
from onelayer.io.errors import TrainingError
from onelayer.models import PENALTY_FACTOR, loss_and_gradient, model_named, objective
from onelayer.results.rebuilt import Rebuilt, minima_of
from onelayer.results.tables import optimum_table
from onelayer.training import optimum
from onelayer.training.evaluation import LossAndAccuracy
from tests.helpers import task
from tests.training import golden


@pytest.mark.parametrize("penalty", PENALTY_FACTOR)
@pytest.mark.parametrize("lam", [2.0, 0.002])
@pytest.mark.parametrize("name", ["logistic", "softmax", "least_squares"])
def test_the_minimum_is_that_of_another_solver_and_no_weights_are_above_their_bound(name, lam, penalty, monkeypatch):
    """scikit-learn's objective, divided by C N, is the mean loss + ||w||^2 / (2 C N); the bias is an input like any other."""
    monkeypatch.setattr(optimum, "ITERATIONS", 15)  # a search that stalls is taken up again
    samples = choose_samples(golden.stored("train"), range(2 if name == "logistic" else 5))
    model, targets = model_named(name), samples.targets
    inputs = np.hstack([np.zeros((len(targets), 1)), inputs_of(samples, np.float64)])  # the first is 0 everywhere
    start = np.zeros((model.outputs(targets.max() + 1), 66))
    mine = optimum.minimise(model, inputs, targets, lam, penalty, start)

    def value(weights):
        return objective(model, weights, inputs, targets, lam, penalty)[1]

    factor, draw = 2 * PENALTY_FACTOR[penalty] * lam * len(inputs), np.random.RandomState(0).normal(size=(5, 66))
    if name == "least_squares":
        theirs = np.linalg.solve(inputs.T @ inputs + factor * np.eye(66), inputs.T @ np.eye(5)[targets]).T
    else:
        solver = LogisticRegression(C=1 / factor, fit_intercept=False, solver="newton-cg", tol=1e-10, max_iter=1000)
        theirs = solver.fit(inputs, targets == 0 if name == "logistic" else targets).coef_
    assert mine.certified and mine.gap_bound <= 1e-10
    assert value(mine.weights) == pytest.approx(value(theirs), abs=1e-10, rel=0)
    draw, unseen = draw[: len(mine.weights)], 3 * (np.indices(mine.weights.shape).sum(axis=0) == 0)
    for change in (1e-2 * draw, draw, 10 * draw, unseen):  # of the first input only the penalty sees the weights
        gradient = loss_and_gradient(model, mine.weights + change, inputs, targets, lam, penalty)[1]
        bound = optimum.gap_bound(np.linalg.norm(gradient), lam, penalty)
        excess = value(mine.weights + change) - value(mine.weights)
        assert 0 < excess <= bound * (1 + 1e-4)
    assert excess == pytest.approx(bound, rel=1e-4) == 9 * lam * PENALTY_FACTOR[penalty]


def test_the_scripts_compare_each_run_with_its_minimum_and_name_what_they_cannot_certify(tmp_path, monkeypatch):
    own = task(name="t", lambdas=["0.0", "0.1"], penalty="half_sum", train=Images("train", 0, 1000))
    model, paths = model_named("softmax"), golden.write(tmp_path)
    run = SimpleNamespace(last_weights=np.random.RandomState(0).normal(size=(5, 65)))
    runs = dict.fromkeys(own.runs, run)
    outputs = SimpleNamespace(table=tmp_path / "t.csv", arrays=tmp_path / "t.npz")
    given = "t", own.setup, own.lambdas, 0, paths, outputs, logging.getLogger()
    find_optimum.main(*given)
    rebuilt = Rebuilt(runs, minima_of([str(outputs.table)]), {"t": own.setup}, paths)
    free, row = optimum_table({"t": own}, rebuilt).to_dict("records")
    assert (free["certified"], row["certified"], row["test_loss"]) == ("false", "true", "")  # without test images
    assert (free["gap_bound"], free["train_accuracy"]) == ("", "1.0")  # separable classes are separated
    weights, expected = optimum.read_optima(outputs.arrays)["0.1"], {}
    both = np.stack([weights, run.last_weights])
    for role, place in (("validation", ("test", 30)), ("train", ("train", 1000))):
        losses, accuracies = LossAndAccuracy(model, choose_samples(golden.stored(*place), own.classes)).evaluate(both)
        expected |= {f"{role}_loss": losses[0], f"{role}_accuracy": accuracies[0]}
    objective, reached = losses + 0.05 * (both**2).sum(axis=(1, 2))
    expected |= {"objective": objective, "objective_excess": reached - objective}
    expected |= {"weight_norm_squared": (weights**2).sum(), "gap_bound": 5 * float(row["gradient_norm"]) ** 2}
    expected["weight_distance"] = np.linalg.norm(weights - run.last_weights)
    assert {key: float(row[key]) for key in expected} == pytest.approx(expected, rel=1e-9)
    monkeypatch.setattr(optimum, "ITERATIONS", 0)
    monkeypatch.setattr(optimum, "SEARCHES", 1)
    with pytest.raises(TrainingError, match=r"tasks\.t, lambda 0\.1: no minimum found: the objective is within .*e-"):
        find_optimum.main(*given)
