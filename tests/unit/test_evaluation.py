import numpy as np
import pytest

from onelayer.data.samples import Samples, inputs_of
from onelayer.evaluation import Accuracy, LossAndAccuracy, blocks_of
from onelayer.models import MODELS


def make(classes, count=3000, seed=0):
    """Sparse images of 6 x 5 pixels, brighter where their class is, with noisy targets."""
    random = np.random.RandomState(seed)
    targets = random.randint(0, classes, count)
    pixels = random.randint(0, 256, (count, 30)) * (random.uniform(size=(count, 30)) < 0.3)
    pixels[:, :20] += 60 * (np.arange(20) % classes == targets[:, None]) * random.randint(0, 2, (count, 1))
    return Samples(np.minimum(pixels, 255).astype(np.uint8), targets, 127.5)


def plain_accuracy(model, samples, weights):
    """Accuracy of one (K, D) weights, by the decisions on all logits in float64."""
    logits = weights.astype(np.float64) @ inputs_of(samples, np.float64).T
    return np.mean(model.decisions(logits) == samples.targets)


@pytest.mark.parametrize("size", [1, 7, 1024])
def test_blocks_are_a_partition_into_single_targets(size):
    samples = make(4, 500)
    rows = []
    for block in blocks_of(samples, size):
        assert 1 <= len(block.pixels) <= size and block.pixels.any(axis=0).all()
        (target,) = set(block.targets.tolist())
        whole = np.zeros((len(block.pixels), 30), np.uint8)
        whole[:, block.columns] = block.pixels
        rows += [(target, *row) for row in whole.tolist()]
    expected = [(t, *row) for t, row in zip(samples.targets.tolist(), samples.pixels.tolist(), strict=True)]
    assert sorted(rows) == sorted(expected)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", MODELS)
def test_losses_and_accuracies_are_those_of_one_weight_at_a_time(name, dtype):
    model = MODELS[name]
    classes = model.class_count or 4
    samples = make(classes)
    weights = np.random.RandomState(1).normal(0, 0.3, (5, model.outputs(classes), 31)).astype(dtype)
    losses, accuracies = LossAndAccuracy(model, samples).evaluate(weights)
    inputs = inputs_of(samples, np.float64)
    expected = [model.losses(one.astype(np.float64) @ inputs.T, samples.targets).mean() for one in weights]
    np.testing.assert_allclose(losses, expected, rtol=1e-12 if dtype == np.float64 else 1e-5)
    right = [plain_accuracy(model, samples, one) for one in weights]
    np.testing.assert_array_equal(Accuracy(model, samples).evaluate(weights), right)
    if dtype == np.float64:
        np.testing.assert_array_equal(accuracies, right)


@pytest.mark.parametrize("evaluator", [Accuracy, lambda *args: TakesAccuracy(LossAndAccuracy(*args))])
def test_ties_are_settled_by_the_model(evaluator):
    samples = Samples(np.zeros((6, 2), np.uint8), np.array([0, 1, 1, 2, 2, 2]), 8.0)
    assert evaluator(MODELS["softmax"], samples).evaluate(np.zeros((1, 3, 3)))[0] == pytest.approx(1 / 6)
    binary = Samples(np.zeros((3, 2), np.uint8), np.array([0, 1, 1]), 8.0)
    assert evaluator(MODELS["logistic"], binary).evaluate(np.zeros((1, 1, 3)))[0] == pytest.approx(2 / 3)


class TakesAccuracy:
    def __init__(self, both):
        self.both = both

    def evaluate(self, weights):
        return self.both.evaluate(weights)[1]


def test_what_float32_cannot_tell_is_decided_in_float64():
    """Outputs that differ in the 14th digit of the bias: in float32 all are equal."""
    samples = make(4, 400)
    weights = np.random.RandomState(0).normal(0, 0.5, (1, 1, 31)).repeat(4, axis=1)
    weights[0, :, -1] += 1e-14 * np.array([0, 1, 3, 2])
    assert Accuracy(MODELS["softmax"], samples).evaluate(weights)[0] == np.mean(samples.targets == 2)


@pytest.mark.parametrize("scale", [1e-44, 1e-40, 1e-30, 1e30, 1e37, 1e39, 1e60])
def test_weights_beyond_float32_are_counted_all_the_same(scale):
    samples = make(4, 400)
    weights = scale * np.random.RandomState(3).normal(size=(2, 4, 31))
    with np.errstate(over="ignore", invalid="ignore"):
        got = Accuracy(MODELS["softmax"], samples).evaluate(weights)
    np.testing.assert_array_equal(got, [plain_accuracy(MODELS["softmax"], samples, one) for one in weights])
