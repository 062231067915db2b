import numpy as np
import pytest

import textbook
from onelayer.data.samples import Samples, choose_samples, inputs_of
from onelayer.errors import InputError, TrainingError
from onelayer.evaluation import LossAndAccuracy
from onelayer.models import MODELS
from onelayer.objective import loss_and_gradient
from onelayer.training import Evaluations, batch_rows, check_sizes, snapshot_steps, train
from tests.unit.helpers import settings as change

SETTINGS = change()


def samples(images, settings):
    return choose_samples(images, settings.classes)


def test_every_epoch_visits_a_fresh_permutation_of_the_same_stream():
    stream = np.random.RandomState(4)
    expected = []
    for _ in range(2):
        order = np.arange(20)
        stream.shuffle(order)
        expected += [order[:8], order[8:16]]
    got = list(batch_rows(20, change(max_epochs=2)))
    assert [epoch for epoch, _ in got] == [0, 0, 1, 1]
    np.testing.assert_array_equal([batch for _, batch in got], expected)


def test_file_order_drops_the_last_incomplete_batch():
    got = [batch.tolist() for _, batch in batch_rows(20, change(shuffle=False, max_epochs=2))]
    assert got == [list(range(8)), list(range(8, 16))] * 2


def hard(classes, count, seed):
    """Samples that are partly noise, so that validation losses rise and fall."""
    random = np.random.RandomState(seed)
    targets = random.randint(0, classes, count)
    pixels = random.randint(0, 256, (count, 20)) * (random.uniform(size=(count, 20)) < 0.4)
    pixels[:, :12] += 90 * (np.arange(12) % classes == targets[:, None])
    pixels[:, 3] = 0
    return Samples(np.minimum(pixels, 255).astype(np.uint8), targets, 127.5)


CONFIGURATIONS = [
    {"shuffle": True}, {"shuffle": False}, {"patience": 1}, {"patience": 2, "learning_rate": 3.0}, {"lam": 0.05},
    {"lam": 0.5, "penalty": "half_sum"}, {"batch_size": 50, "evaluations_per_epoch": 5}, {"batch_size": 200},
    {"evaluations_per_epoch": 100}, {"patience": 7, "learning_rate": 1.0, "max_epochs": 40}, {"patience": 10_000},
    {"patience": 4, "learning_rate": 2.0, "shuffle": False, "lam": 0.01},
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("number", range(len(CONFIGURATIONS)))
@np.errstate(all="ignore")
def test_the_engine_gives_what_the_textbook_loop_gives(number, model, dtype):
    classes = MODELS[model].class_count or 4
    values = CONFIGURATIONS[number] | ({"learning_rate": 0.05} if model == "least_squares" else {})
    settings = change(**{"model": model, "classes": list(range(classes)), "dtype": dtype, "max_epochs": 12, **values})
    training, validation = hard(classes, 200 + number, number), hard(classes, 90, 100 + number)
    arrays = [array for samples in (training, validation) for array in textbook.inputs_and_targets(samples, settings)]
    expected = textbook.train(*arrays, settings)
    got = train(training, validation, settings)
    tolerance = {"rtol": 1e-11, "atol": 1e-11} if dtype == "float64" else {"rtol": 1e-3, "atol": 1e-4}
    steps, epochs, losses, *accuracies = expected["evaluations"].T
    assert (got.stopped_early, got.stop_epoch) == (expected["stopped_early"], expected["stop_epoch"])
    np.testing.assert_allclose(got.train_losses, expected["train_losses"], **tolerance)
    np.testing.assert_array_equal(got.evaluations["step"], steps)
    np.testing.assert_array_equal(got.evaluations["epoch"], epochs)
    np.testing.assert_allclose(got.evaluations["validation_loss"], losses, **tolerance)
    for name, values in zip(("validation_accuracy", "train_accuracy"), accuracies, strict=True):
        np.testing.assert_allclose(got.evaluations[name], values, rtol=1e-12)
    np.testing.assert_allclose(got.last_weights, expected["weights"], **tolerance)
    np.testing.assert_allclose(got.best_weights, expected["best_weights"], **tolerance)


def test_the_configurations_reach_the_cases_that_matter():
    """Stops in the first and in a later group, in the middle of a run, and none."""
    stops = set()
    for number, values in enumerate(CONFIGURATIONS):
        settings = change(**{"classes": [0, 1, 2, 3], "max_epochs": 12, **values})
        history = train(hard(4, 200 + number, number), hard(4, 90, 100 + number), settings)
        evaluations, last = len(history.evaluations["step"]), history.stop_epoch == settings.max_epochs - 1
        stops.add((history.stopped_early, last, evaluations % settings.patience == 0))
    assert {(True, False, False), (False, True, False)} <= stops


def test_stops_at_the_evaluation_that_ends_patience(images):
    settings = change(learning_rate=3.0, max_epochs=40)
    data = samples(images, settings)
    history = train(data, samples(images._replace(labels=images.labels[::-1]), settings), settings)
    losses = history.evaluations["validation_loss"]
    assert history.stopped_early
    assert len(losses) - 1 - losses.argmin() == settings.patience
    assert history.best_evaluation == losses.argmin()
    assert len(history.train_losses) == history.evaluations["step"][-1] + 1
    assert history.stop_epoch == history.evaluations["epoch"][-1]


class Scripted:
    """Stands in for both evaluators: losses that are known beforehand, and a note of how many come at once."""

    def __init__(self, losses):
        self.losses, self.groups = list(losses), []

    def evaluate(self, weights):
        self.groups.append(len(weights))
        done = sum(self.groups) - len(weights)
        return np.array(self.losses[done : done + len(weights)]), np.zeros(len(weights))


class NoAccuracy:
    def evaluate(self, weights):
        return np.zeros(len(weights))


def test_only_a_strictly_lower_loss_resets_patience_and_no_evaluation_comes_too_late():
    losses = [1.0, 0.5, 0.5, 0.6, 0.4, 0.4, 0.41, 0.39999, 1, 1, 1, 0.1]
    scripted = Scripted(losses)
    evaluations = Evaluations(scripted, NoAccuracy(), change(patience=3))
    for number in range(len(losses)):
        evaluations.add(number, 0, np.full((1, 2), float(number)))
        if evaluations.stopped:
            break
    assert number == 10
    # Three at first; one failure, so two; none, three; one, two; three failures in a row.
    assert scripted.groups == [3, 2, 3, 3]
    history = evaluations.history([], np.zeros((1, 2)), 0, {0: np.zeros((1, 2))})
    assert history.evaluations["validation_loss"].tolist() == losses[:11]
    assert history.best_evaluation == 7 and history.best_weights.tolist() == [[7, 7]]


def test_however_patient_only_a_group_of_weights_waits():
    scripted = Scripted([1.0] * 25)
    evaluations = Evaluations(scripted, NoAccuracy(), change(patience=10_000))
    for number in range(25):
        evaluations.add(number, 0, np.zeros((2, 1)))
    evaluations.catch_up()
    assert scripted.groups == [10, 10, 5] and evaluations.failures == 24


@pytest.mark.parametrize("most", [1, 2, 31, 42, 7800, 10**9])
def test_snapshots_are_spaced_evenly_in_the_logarithm_of_the_step(most):
    steps = snapshot_steps(most)
    assert steps.dtype == np.int64 and (steps[0], steps[-1]) == (0, most - 1)
    assert (np.diff(steps) > 0).all() and min(most, 18) <= len(steps) <= 32
    np.testing.assert_allclose(np.diff(np.log(steps[steps > 60] + 1)), np.log(most) / 31, rtol=0.25)


@pytest.mark.parametrize("values", [{}, {"learning_rate": 3.0, "max_epochs": 40}, {"dtype": "float32"}])
def test_snapshots_are_the_weights_after_their_steps_and_the_last(images, values):
    settings = change(**values)
    training, validation = samples(images, settings), samples(images._replace(labels=images.labels[::-1]), settings)
    history = train(training, validation, settings)
    inputs = inputs_of(training, np.float64)
    weights, expected, last = np.zeros((5, inputs.shape[1])), [], len(history.train_losses) - 1
    wanted = {step for step in snapshot_steps(settings.max_epochs * 7).tolist() if step < last} | {last}
    for step, (_, rows) in zip(range(last + 1), batch_rows(len(inputs), settings), strict=False):
        batch = inputs[rows], training.targets[rows]
        weights = (
            weights - settings.learning_rate * loss_and_gradient(MODELS["softmax"], weights, *batch, 0.01, "sum")[1]
        )
        if step in wanted:
            expected.append(weights)
    assert history.snapshot_steps.tolist() == sorted(wanted) and history.snapshot_steps.dtype == np.int64
    assert history.snapshots.dtype == np.float32
    np.testing.assert_allclose(history.snapshots, expected, rtol=1e-4, atol=1e-5)
    np.testing.assert_array_equal(history.snapshots[-1], history.last_weights.astype(np.float32))
    losses, accuracies = LossAndAccuracy(MODELS["softmax"], validation).evaluate(np.array(expected))
    np.testing.assert_allclose(history.snapshot_losses, losses, rtol=1e-4)
    np.testing.assert_array_equal(history.snapshot_accuracies, accuracies)


def test_half_sum_at_twice_the_lambda_is_the_same_run(images):
    data = samples(images, SETTINGS)
    one = train(data, data, SETTINGS)
    two = train(data, data, change(penalty="half_sum", lam=0.02))
    np.testing.assert_allclose(one.last_weights, two.last_weights, rtol=1e-13)


def test_float32_stays_float32_and_near_float64(images):
    settings = change(dtype="float32")
    narrow = train(samples(images, settings), samples(images, settings), settings)
    wide = train(samples(images, SETTINGS), samples(images, SETTINGS), SETTINGS)
    assert narrow.last_weights.dtype == np.float32
    np.testing.assert_allclose(narrow.train_losses, wide.train_losses, rtol=1e-4)


@pytest.mark.parametrize(
    "values",
    [{"lam": 1e3, "learning_rate": 1e3}, {"learning_rate": 1e308}, {"model": "least_squares", "learning_rate": 9.0}],
)
@np.errstate(all="ignore")
def test_a_loss_that_is_not_finite_names_the_run_its_rate_and_its_lambda(images, values):
    settings = change(**{"max_epochs": 400, "patience": 10_000, **values})
    data = samples(images, settings)
    with pytest.raises(TrainingError, match=r"the \w+ loss at step \d+ is (inf|nan): training diverged") as raised:
        train(data, data, settings)
    rate, lam = f"tasks.softmax.learning_rate ({settings.learning_rate:g})", f"tasks.softmax.lambdas ({settings.lam:g})"
    assert rate in str(raised.value) and lam in str(raised.value)


def test_a_batch_larger_than_the_classes_allow_is_named(images):
    data = samples(images, change(model="logistic", classes=[1, 3]))
    with pytest.raises(InputError, match=r"batch_size = 50 .*\[1, 3\] have \d+ training images"):
        check_sizes({"train": data}, change(model="logistic", classes=[1, 3], batch_size=50))


@pytest.mark.parametrize("role", ["validation", "test"])
def test_a_set_without_images_of_the_classes_is_named(images, role):
    data = samples(images, SETTINGS)
    empty = samples(images._replace(images=images.images[:0], labels=images.labels[:0]), SETTINGS)
    with pytest.raises(InputError, match=rf"images\.{role}: none of them shows a class of tasks\.softmax"):
        check_sizes({"train": data, "validation": data, role: empty}, SETTINGS)


def test_the_end_of_each_epoch_is_reported(images):
    data, reports = samples(images, SETTINGS), []
    train(data, data, SETTINGS, lambda *values: reports.append(values))
    assert [(epoch, step) for epoch, step, _ in reports] == [(e, 7 * e + 6) for e in range(6)]
    losses = [loss for _, _, loss in reports]
    assert losses == sorted(losses, reverse=True)
