"""What a source may do otherwise: images that are drawn, a stream that has run on, other inputs, no bias, other evaluations."""

import numpy as np
import pytest

from onelayer.data.samples import Batches, inputs_of
from onelayer.data.store import write_images
from onelayer.experiment.images import Images
from onelayer.experiment.task import Evaluations, Inputs
from onelayer.models import model_named, model_names, objective
from onelayer.training.evaluation import Accuracy, LossAndAccuracy
from onelayer.training.gradients import TOLERANCE, largest_relative_error
from onelayer.training.sets import chosen_images, samples_of
from onelayer.training.training import batch_rows, train
from peers import arrays, textbook
from tests.helpers import noisy_samples, refusal, settings
from tests.training import golden

# Offset, scale and bias; with the last two the constant inputs are none, with the bias or without it a pixel 0 is one.
INPUTS = [(127.5, 127.5, True), (40.0, 300.0, True), (40.0, 300.0, False), (0, 255, True), (0, 255, False)]
ROLES = {"train": Images("both", 0, 1797, drawn=50), "validation": Images("test", 10, 40, permuted=2, part=(30, 10))}
ROLES["test"] = Images("train", 5, 100, drawn=20)


def samples(inputs, count=60, classes=5, seed=0):
    """Noisy samples with other inputs; the helper's pixel 3 is 0 in all of them."""
    offset, scale, bias = inputs
    return noisy_samples(classes, count, seed)._replace(offset=offset, scale=scale, bias=bias)


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("name", model_names())
def test_inputs_losses_accuracies_and_gradients_are_right_for_any_offset_scale_and_bias(name, inputs):
    offset, scale, bias = inputs
    model, own = model_named(name), samples(inputs, 300, model_named(name).class_count or 4)
    x = inputs_of(own, np.float64)
    np.testing.assert_allclose(x[:, :20], (own.pixels / 1.0 - offset) / scale, rtol=1e-12)
    assert x.shape[1] == 20 + bias and (x[:, 20:] == 1).all()
    weights = np.random.RandomState(1).normal(size=(3, model.outputs(own.targets.max() + 1), x.shape[1]))
    losses, accuracies = LossAndAccuracy(model, own).evaluate(weights)
    expected = [objective(model, some, x, own.targets, 0, "sum")[0] for some in weights]
    right = [np.mean(model.decisions(some @ x.T) == own.targets) for some in weights]
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    assert accuracies.tolist() == right == Accuracy(model, own).evaluate(weights).tolist()
    assert largest_relative_error(model, weights[0], x, own.targets, 0.3, "sum") < TOLERANCE


@pytest.mark.parametrize("inputs", INPUTS)
@pytest.mark.parametrize("name", model_names())
def test_a_run_with_any_inputs_is_that_of_the_textbook_and_its_batches_act_as_the_full_inputs(name, inputs):
    classes = model_named(name).class_count or 4
    training, validation = samples(inputs, 60, classes), samples(inputs, 30, classes, 1)
    own = settings(model=name, classes=range(classes), lam=0.02, learning_rate=0.02)
    expected, got = textbook(*arrays(training, validation, own), own), train(training, validation, own)
    np.testing.assert_allclose(got.last_weights, expected.weights, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(got.train_losses, expected.train_losses, rtol=1e-10)
    assert got.last_weights.shape[1] == 20 + inputs[2] and abs(got.last_weights).max() > 0.01
    data, rows = Batches(training, 8, np.float64), np.arange(8)
    narrow = np.random.RandomState(2).normal(size=(2, data.inputs.shape[1]))
    if not data.merged:
        narrow[:, -1] = 0  # it stays 0 where no input is constant
    full = data.full_weights(narrow)
    np.testing.assert_allclose(narrow @ data.take(rows)[0].T, full @ inputs_of(training, float)[:8].T, atol=1e-12)
    assert np.square(narrow).sum() == pytest.approx(np.square(full).sum())


@pytest.mark.parametrize(("inputs", "bias"), [(None, True), (Inputs(0, 255), False)])
def test_samples_take_inputs_and_bias_of_their_task(inputs, bias):
    found = samples_of(settings(inputs=inputs, bias=bias).setup, golden.stored("test", 9))
    assert (found.offset, found.scale, found.bias) == ((0, 255, False) if inputs else (8, 8, True))


@pytest.fixture
def paths(tmp_path):
    """Stored images of the embedded digits by file."""
    for split in ("train", "test"):
        write_images(tmp_path / split, golden.stored(split))
    return {split: tmp_path / split for split in ("train", "test")}


def test_images_are_drawn_in_the_order_of_the_roles_and_the_same_stream_then_shuffles(paths):
    own, random = settings(**ROLES, seed=7), np.random.RandomState(7)
    expected = {
        "train": random.choice(1797, 50, replace=False),
        "validation": 10 + np.random.RandomState(2).permutation(40)[30:],
        "test": 5 + random.choice(100, 20, replace=False),
    }
    found, stream = chosen_images(own, 7, paths)
    files = {split: golden.stored(split) for split in ("train", "test")}
    for place in (0, 1):  # images and labels
        whole = np.concatenate([files["train"][place], files["test"][place]])
        file = {"train": whole, "validation": files["test"][place], "test": files["train"][place]}
        for role, numbers in expected.items():
            assert (found[role].numbers == numbers).all() and (found[role].images[place] == file[role][numbers]).all()
    orders = [rows.tolist() for _, rows in batch_rows(50, own, stream)]
    order = np.arange(50)
    random.shuffle(order)
    assert orders[:6] == order[:48].reshape(6, 8).tolist()
    assert orders != [rows.tolist() for _, rows in batch_rows(50, own)]
    # What only some of the roles need is drawn all the same, so that it is the same.
    assert (chosen_images(own, 7, paths, ["test"])[0]["test"].numbers == expected["test"]).all()
    many = settings(train=Images("train", 1200, 98))
    assert "train: holds too few images for train, up to number 1298" in refusal(chosen_images, many, 0, paths)


@pytest.mark.parametrize("number", [0, 1, 5])
def test_the_run_after_so_many_permutations_is_that_whose_stream_has_already_drawn_them(number):
    sets, stream = [noisy_samples(5, 60), noisy_samples(5, 30, 1)], np.random.RandomState(4)
    for _ in range(number):
        stream.shuffle(np.arange(60))
    found = train(*sets, settings(permutations_before=number))
    assert found.train_losses.tolist() == train(*sets, settings(), stream).train_losses.tolist()
    assert (found.train_losses.tolist() == train(*sets, settings()).train_losses.tolist()) is (number == 0)


@pytest.mark.parametrize(
    ("per_epoch", "at", "steps"),
    [
        (3, "first", [0, 2, 4, 6, 8, 10, 12]),  # every 7 // 3 = 2 steps, on through the epochs of 7
        (3, "last", [1, 3, 5, 7, 9, 11, 13]),
        (1, "first", [0, 7]),
        (1, "last", [6, 13]),
        (9, "first", [*range(14)]),
        (9, "last", [*range(14)]),
    ],
)
@pytest.mark.parametrize("train_loss", [False, True])
def test_evaluations_are_at_the_first_or_the_last_steps_with_the_training_loss_if_asked_for(
    per_epoch, at, steps, train_loss
):
    training, validation = noisy_samples(5, 60), noisy_samples(5, 30, 1)
    own = settings(evaluations=Evaluations(per_epoch, at, train_loss), max_epochs=2, early_stop=None)
    found = train(training, validation, own)
    assert found.evaluations["step"].tolist() == steps
    assert found.evaluations["epoch"].tolist() == [step // 7 for step in steps]
    kept = found.snapshots.steps.tolist()
    assert ("train_loss" in found.evaluations) is train_loss
    both = LossAndAccuracy(model_named("softmax"), training).evaluate(found.snapshots.weights.astype(float))
    for key, values in zip(("train_loss", "train_accuracy"), both, strict=True):
        if key in found.evaluations:
            expected = [values[kept.index(step)] for step in steps if step in kept]
            np.testing.assert_allclose(found.evaluations[key][np.isin(steps, kept)], expected, rtol=1e-5)
