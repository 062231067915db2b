import numpy as np
import pytest

import measurements
import textbook
from onelayer.data.samples import Samples
from onelayer.models import MODELS
from onelayer.training import train


@pytest.mark.parametrize("lam", [0.0, 0.02])
@pytest.mark.parametrize("model", MODELS)
def test_the_textbook_loop_gives_what_the_engine_gives(model, lam):
    classes = list(range(MODELS[model].class_count or 4))
    random = np.random.RandomState(3)
    training, validation = (
        Samples(
            random.randint(0, 256, (count, 20)).astype(np.uint8) * (np.arange(20) != 5).astype(np.uint8),
            random.randint(0, len(classes), count),
            127.5,
        )
        for count in (100, 40)
    )
    settings = measurements.published(
        "float64", model=model, classes=classes, lam=lam, batch_size=8, max_epochs=3, evaluations_per_epoch=3
    )
    got = train(training, validation, settings)
    expected = textbook.train(*measurements.arrays(training, validation, settings), settings)
    close = {"rtol": 1e-12, "atol": 1e-12}
    np.testing.assert_allclose(got.train_losses, expected["train_losses"], **close)
    np.testing.assert_allclose(np.transpose(list(got.evaluations.values())), expected["evaluations"], **close)
    np.testing.assert_allclose(got.last_weights, expected["weights"], **close)
    np.testing.assert_allclose(got.best_weights, expected["best_weights"], **close)
    assert (got.stopped_early, got.stop_epoch) == (expected["stopped_early"], expected["stop_epoch"])


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_measurement_of_growth_runs(dtype):
    found = measurements.growth("2000", dtype, steps=20)
    assert found["run_steps"] == 15 and found["step_microseconds"] > 0
