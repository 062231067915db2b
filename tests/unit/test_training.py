import dataclasses

import numpy as np
import pytest

from onelayer.errors import InputError, TrainingError
from onelayer.training import EarlyStopping, Settings, batches, prepare_samples, train

SETTINGS = Settings(
    task="softmax", classes=(0, 1, 2, 3, 4), lam=0.01, shuffle=True, seed=4, learning_rate=0.1, batch_size=8,
    max_epochs=6, evaluations_per_epoch=3, patience=3, dtype="float64", penalty="sum",
)  # fmt: skip


def change(**values):
    return dataclasses.replace(SETTINGS, **values)


def samples(images, settings):
    return prepare_samples(images, settings.task, settings.classes, settings.dtype)


def test_pixels_become_minus_one_to_one_with_a_bias_of_one(images):
    images.images[0] = 0
    images.images[1] = 16
    got = samples(images, SETTINGS)
    assert got.inputs.shape == (60, 13) and got.inputs.dtype == np.float64
    assert got.inputs[0].tolist() == [-1] * 12 + [1]
    assert got.inputs[1].tolist() == [1] * 13
    np.testing.assert_array_equal(got.inputs[:, :-1], (images.images.reshape(60, 12) - 8.0) / 8.0)


def test_other_classes_are_left_out_and_the_order_stays(images):
    got = prepare_samples(images, "binary", [3, 1], "float32")
    chosen = np.isin(images.labels, [1, 3])
    assert got.inputs.dtype == got.targets.dtype == np.float32
    np.testing.assert_array_equal(got.targets, images.labels[chosen] == 3)
    np.testing.assert_array_equal(got.inputs[:, :-1], (images.images[chosen].reshape(-1, 12) - 8.0) / 8.0)


def test_every_epoch_visits_a_fresh_permutation_of_the_same_stream():
    stream = np.random.RandomState(4)
    expected = []
    for _ in range(2):
        order = np.arange(20)
        stream.shuffle(order)
        expected += [order[:8], order[8:16]]
    got = list(batches(20, change(max_epochs=2)))
    assert [epoch for epoch, _ in got] == [0, 0, 1, 1]
    np.testing.assert_array_equal([batch for _, batch in got], expected)


def test_file_order_drops_the_last_incomplete_batch():
    got = [batch.tolist() for _, batch in batches(20, change(shuffle=False, max_epochs=2))]
    assert got == [list(range(8)), list(range(8, 16))] * 2


@pytest.mark.parametrize("task", ["binary", "softmax"])
@pytest.mark.parametrize("lam", [0.0, 0.05])
def test_a_run_is_the_plain_algorithm(images, task, lam):
    """Against the algorithm written down once more, with explicit probabilities and one-hot targets."""
    classes = (1, 3) if task == "binary" else SETTINGS.classes
    settings = change(task=task, classes=classes, lam=lam, patience=100)
    data = samples(images, settings)
    history = train(data, data, settings)

    x = data.inputs
    y = data.targets[:, None] if task == "binary" else np.eye(5)[data.targets]

    def probabilities(w, x):
        z = x @ w
        return 1 / (1 + np.exp(-z)) if task == "binary" else np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)

    def cross_entropy(p, y):
        terms = y * np.log(p) + ((1 - y) * np.log(1 - p) if task == "binary" else 0)
        return -terms.sum() / len(y)

    w = np.zeros((13, y.shape[1]))
    per_epoch = len(x) // 8
    every = max(1, per_epoch // 3)
    losses, validation, steps = [], [], []
    for step, (_, batch) in enumerate(batches(len(x), settings)):
        p = probabilities(w, x[batch])
        losses.append(cross_entropy(p, y[batch]))
        w = w - 0.1 * (x[batch].T @ (p - y[batch]) / 8 + 2 * lam * w)
        if step % every == 0:
            steps.append(step)
            validation.append(cross_entropy(probabilities(w, x), y))
    np.testing.assert_allclose(history.train_losses, losses, rtol=1e-12)
    np.testing.assert_allclose(history.evaluations["validation_loss"], validation, rtol=1e-12)
    np.testing.assert_allclose(history.last_weights, w.T, rtol=1e-10, atol=1e-14)
    assert history.evaluations["step"].tolist() == steps
    assert (history.evaluations["epoch"] == history.evaluations["step"] // per_epoch).all()
    assert len(history.train_losses) == 6 * per_epoch and history.stop_epoch == 5 and not history.stopped_early


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


def test_only_a_strictly_lower_loss_resets_patience():
    stopping = EarlyStopping(3)
    weights = np.zeros(2)
    answers = []
    for number, value in enumerate([1.0, 0.5, 0.5, 0.6, 0.4, 0.4, 0.41, 0.39999, 1, 1, 1]):
        weights[:] = number
        answers.append(stopping.stop_after(value, weights))
    assert answers == [False] * 10 + [True]
    assert stopping.best_evaluation == 7
    assert stopping.best_weights.tolist() == [7, 7]


def test_half_sum_at_twice_the_lambda_is_the_same_run(images):
    data = samples(images, SETTINGS)
    one = train(data, data, SETTINGS)
    two = train(data, data, change(penalty="half_sum", lam=0.02))
    np.testing.assert_array_equal(one.last_weights, two.last_weights)


def test_float32_stays_float32_and_near_float64(images):
    settings = change(dtype="float32")
    narrow = train(samples(images, settings), samples(images, settings), settings)
    wide = train(samples(images, SETTINGS), samples(images, SETTINGS), SETTINGS)
    assert narrow.last_weights.dtype == np.float32
    np.testing.assert_allclose(narrow.train_losses, wide.train_losses, rtol=1e-4)


@np.errstate(all="ignore")
def test_divergence_is_an_error_that_names_the_run(images):
    settings = change(lam=1e6, learning_rate=1e3, max_epochs=40, patience=10_000)
    data = samples(images, settings)
    with pytest.raises(TrainingError, match=r"softmax, lambda 1e\+06: the .* loss at step \d+ is (nan|inf)"):
        train(data, data, settings)


def test_a_batch_larger_than_the_classes_allow_is_named(images):
    data = samples(images, change(task="binary", classes=(1, 3)))
    with pytest.raises(InputError, match=r"training\.batch_size = 50 .*\[1, 3\] have \d+ training images"):
        train(data, data, change(task="binary", classes=(1, 3), batch_size=50))


def test_no_validation_image_of_the_classes_is_named(images):
    data = samples(images, SETTINGS)
    empty = samples(images._replace(images=images.images[:0], labels=images.labels[:0]), SETTINGS)
    with pytest.raises(InputError, match="validation_images"):
        train(data, empty, SETTINGS)
