import numpy as np
import pytest

from onelayer.evaluation import LossAndAccuracy, TrainingAccuracy, blocks_of
from onelayer.objective import Logistic, Softmax
from onelayer.samples import Samples, all_inputs


def make(outputs, count=3000, seed=0):
    """Sparse images of 6 x 5 pixels, brighter where their class is, with noisy targets."""
    random = np.random.RandomState(seed)
    targets = random.randint(0, max(2, outputs), count)
    pixels = random.randint(0, 256, (count, 30)) * (random.uniform(size=(count, 30)) < 0.3)
    pixels[:, :20] += 60 * (np.arange(20) % max(2, outputs) == targets[:, None]) * random.randint(0, 2, (count, 1))
    return Samples(np.minimum(pixels, 255).astype(np.uint8), targets, 127.5)


def plainly(model, samples, weights):
    """Loss and accuracy of one (D, K) weights, by explicit probabilities."""
    z = all_inputs(samples, np.float64) @ weights.astype(np.float64)
    if model is Logistic:
        p, y = 1 / (1 + np.exp(-z[:, 0])), samples.targets == 0
        return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), np.mean((p > 0.5) == y)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(p)), samples.targets])), np.mean(p.argmax(axis=1) == samples.targets)


@pytest.mark.parametrize("size", [1, 7, 1024])
def test_blocks_are_a_partition_into_single_targets(size):
    samples = make(4, 500)
    blocks = blocks_of(samples, size)
    assert all(1 <= len(block.pixels) <= size for block in blocks)
    rows = []
    for block in blocks:
        assert block.pixels.any(axis=0).all()
        whole = np.zeros((len(block.pixels), 30), np.uint8)
        whole[:, block.columns] = block.pixels
        rows += [(block.target, *row) for row in whole.tolist()]
    assert sorted(rows) == sorted(
        (t, *row) for t, row in zip(samples.targets.tolist(), samples.pixels.tolist(), strict=True)
    )


@pytest.mark.parametrize(("model", "outputs"), [(Logistic, 1), (Softmax, 4)])
def test_loss_and_accuracy_are_those_of_the_plain_formulas(model, outputs):
    samples = make(outputs)
    weights = np.random.RandomState(1).normal(0, 0.3, (5, 31, outputs))
    losses, accuracies = LossAndAccuracy(model, samples).evaluate(weights)
    expected = np.array([plainly(model, samples, one) for one in weights])
    np.testing.assert_allclose(losses, expected[:, 0], rtol=1e-12)
    np.testing.assert_array_equal(accuracies, expected[:, 1])


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("model", "outputs"), [(Logistic, 1), (Softmax, 4)])
def test_training_accuracy_stays_exact_while_it_skips_samples(model, outputs, dtype, monkeypatch):
    """Weights on a random walk with a large leap: every accuracy is the plain one, and most samples are skipped."""
    samples = make(outputs)
    lazy, plain = TrainingAccuracy(model, samples), LossAndAccuracy(model, samples)
    random = np.random.RandomState(2)
    weights = random.normal(0, 0.5, (31, outputs))
    computed = []
    for block in lazy.blocks:
        monkeypatch.setattr(
            block, "logits", lambda w, rows=slice(None), original=block.logits: counted(original, w, rows)
        )

    def counted(original, prepared, rows):
        logits = original(prepared, rows)
        computed.append(logits.shape[-1])
        return logits

    for group in range(30):
        walk = weights + np.cumsum(random.normal(0, 0.0003, (4, 31, outputs)), axis=0)
        weights = walk[-1] if group != 15 else random.normal(0, 0.5, (31, outputs))
        np.testing.assert_array_equal(lazy.evaluate(walk.astype(dtype)), plain.evaluate(walk.astype(dtype))[1])
    assert sum(computed) < 0.5 * 30 * len(samples.targets)


def test_ties_are_decided_as_argmax_does():
    samples = Samples(np.zeros((6, 2), np.uint8), np.array([0, 1, 1, 2, 2, 2]), 8.0)
    weights = np.zeros((1, 3, 3))
    assert TrainingAccuracy(Softmax, samples).evaluate(weights)[0] == pytest.approx(1 / 6)
    binary = Samples(np.zeros((3, 2), np.uint8), np.array([0, 1, 1]), 8.0)
    assert LossAndAccuracy(Logistic, binary).evaluate(np.zeros((1, 3, 1)))[1][0] == pytest.approx(2 / 3)


def test_a_margin_within_rounding_is_always_in_doubt():
    samples = make(4, 400)
    accuracy = TrainingAccuracy(Softmax, samples)
    weights = np.random.RandomState(0).normal(0, 0.5, (1, 31, 1)).repeat(4, axis=2)
    weights[0, -1] += 1e-14 * np.arange(4)
    accuracy.evaluate(weights)
    assert sum(map(len, accuracy._doubtful(weights))) == 400


@pytest.mark.parametrize("scale", [1e-44, 1e-40, 1e-30, 1e30, 1e37, 1e39, 1e60])
def test_weights_beyond_float32_are_counted_all_the_same(scale):
    samples = make(4, 400)
    lazy, plain = TrainingAccuracy(Softmax, samples), LossAndAccuracy(Softmax, samples)
    random = np.random.RandomState(3)
    with np.errstate(over="ignore", invalid="ignore"):
        for _ in range(3):
            weights = scale * random.normal(size=(2, 31, 4))
            np.testing.assert_array_equal(lazy.evaluate(weights), plain.evaluate(weights)[1])
