"""Predictions, and the tables made of them, on images few enough to count by hand."""

import numpy as np
import pytest
from sklearn import metrics

from onelayer.data.samples import Samples, choose_samples, inputs_of
from onelayer.data.store import write_images
from onelayer.diagnostics import (
    Bin,
    calibration_bins,
    calibration_table,
    comparisons_table,
    confusion_matrix,
    confusion_table,
    diagnostics_table,
    expected_calibration_error,
    ranking_table,
)
from onelayer.errors import InputError
from onelayer.evaluation import LossAndAccuracy
from onelayer.grid import Run, Settings
from onelayer.models import MODELS
from onelayer.predictions import Predictions, predict, read_predictions, write_predictions
from onelayer.runs import RunFiles, write_run
from onelayer.training import train
from predict_validation import main
from tests.unit.helpers import predictions, settings

RANDOM = np.random.RandomState(5)


def predicted(model, classes, images, weights=None):
    """Predictions of a model for the images of `classes`, numbered from 100."""
    samples = choose_samples(images, classes)
    if weights is None:
        weights = RANDOM.normal(size=(MODELS[model].outputs(len(classes)), 13))
    return predict(MODELS[model], weights, samples, "test", 100 + np.arange(len(samples.targets)), classes)


@pytest.mark.parametrize("name", ["logistic", "softmax"])
def test_probabilities_sum_to_one_and_minus_their_logarithm_is_the_loss(name):
    model, classes = MODELS[name], MODELS[name].class_count or 4
    logits, targets = RANDOM.normal(0, 3, (2, model.outputs(classes), 7)), RANDOM.randint(0, classes, 7)
    found = model.probabilities(logits)
    assert found.shape == (2, classes, 7)
    np.testing.assert_allclose(found.sum(axis=-2), 1)
    np.testing.assert_allclose(-np.log(found[:, targets, np.arange(7)]), model.losses(logits, targets), rtol=1e-9)
    np.testing.assert_array_equal(found.argmax(axis=-2), model.decisions(logits))
    extreme = model.probabilities(np.array([800.0, -900.0, 0.0, 700.0])[: model.outputs(classes), None])
    assert np.isfinite(extreme).all() and extreme.sum() == pytest.approx(1)


@pytest.mark.parametrize("name", ["hinge", "least_squares"])
def test_models_without_probabilities_say_so(name):
    assert MODELS[name].probabilities(np.zeros((3, 2))) is None


@pytest.mark.parametrize(
    ("name", "classes"), [("logistic", [3, 1]), ("softmax", [4, 0, 2]), ("hinge", [4, 0, 2]), ("softmax", [3, 1])]
)
def test_a_prediction_is_the_class_of_the_models_decision(name, classes, images):
    samples = choose_samples(images, classes)
    weights = RANDOM.normal(size=(MODELS[name].outputs(len(classes)), 13))
    found = predicted(name, classes, images, weights)
    logits = inputs_of(samples, np.float64) @ weights.T
    if name == "logistic":
        expected = [classes[0] if z > 0 else classes[1] for (z,) in logits]
    else:
        expected = [classes[int(z.argmax())] for z in logits]
    assert found.predicted.tolist() == expected
    assert found.label.tolist() == [label for label in images.labels if label in classes]
    _, (accuracy,) = LossAndAccuracy(MODELS[name], samples).evaluate(weights[None])
    assert np.mean(found.predicted == found.label) == pytest.approx(accuracy)
    if name == "hinge":
        assert found.probabilities is None and found.confidence_name == "margin"
        ordered = np.sort(logits, axis=1)
        np.testing.assert_allclose(found.confidence, ordered[:, -1] - ordered[:, -2], rtol=1e-9, atol=1e-12)
    else:
        np.testing.assert_array_equal(found.confidence, found.probabilities.max(axis=1))


@pytest.mark.parametrize("model", ["softmax", "hinge"])
def test_predictions_are_read_as_they_were_written(model, images, tmp_path):
    written = {lam: predicted(model, [4, 0, 2], images) for lam in ("0.0", "1e-2", "2")}
    write_predictions(tmp_path / "a=b.parquet", written, [4, 0, 2], model)
    read = read_predictions(tmp_path / "a=b.parquet")
    assert list(read) == list(written)
    for lam, one in written.items():
        for name, values in one._asdict().items():
            np.testing.assert_array_equal(getattr(read[lam], name), values)
    assert read["2"].image[0] == 100 and read["2"].logits.shape[1] == 3


def test_a_damaged_file_of_predictions_is_named(images, tmp_path):
    path = tmp_path / "t.parquet"
    write_predictions(path, {"0.0": predicted("softmax", [4, 0], images)}, [4, 0], "softmax")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(InputError, match=r"t\.parquet: damaged, or no predictions .* delete it and run again"):
        read_predictions(path)


def test_the_last_weights_of_each_run_predict_the_validation_images_of_the_task(images, tmp_path):
    classes, files = [3, 1], {}
    for lam in ("0.0", "0.5"):
        run, own = Run("t", lam, True, 4), settings(task="t", classes=classes, lam=float(lam))
        data = choose_samples(images, classes)
        write_run(tmp_path / run.folder, own, train(data, data, own), {})
        files[run] = RunFiles(tmp_path / run.folder, own)
    assert isinstance(own, Settings)
    write_images(tmp_path / "test.parquet", images)
    task = {"model": "softmax", "classes": classes, "validation": {"file": "test", "first": 20, "count": 30}}
    main(task, files, tmp_path / "test.parquet", tmp_path / "t.parquet")
    for (lam, found), one in zip(read_predictions(tmp_path / "t.parquet").items(), files.values(), strict=True):
        assert found.image.tolist() == [n for n in range(20, 50) if images.labels[n] in classes]
        assert found.label.tolist() == images.labels[found.image].tolist() and lam == f"{one.settings.lam}"
        pixels = images.images[found.image].reshape(len(found.image), -1)
        inputs = inputs_of(Samples(pixels, found.label, 8.0), np.float64)
        np.testing.assert_allclose(found.logits, inputs @ one.last_weights.T)


def test_the_expected_calibration_error_by_hand():
    """Five bins; 0.4 is the end of the second, not the start of the third."""
    confidence = np.array([0.3, 0.4, 0.41, 0.9, 1.0, 0.95])
    right = np.array([True, False, True, True, True, False])
    bins = calibration_bins(confidence, right, 5)
    assert [bin.images for bin in bins] == [2, 1, 3]
    assert bins[0] == pytest.approx(Bin(2, 0.5, 0.35)) and bins[2] == pytest.approx(Bin(3, 2 / 3, 0.95))
    assert expected_calibration_error(bins) == pytest.approx((2 * 0.15 + 0.59 + 3 * (0.95 - 2 / 3)) / 6)
    ends = np.array([0.0, 1 / 15, 14 / 15 + 1e-9, 1.0])
    assert [bin.images for bin in calibration_bins(ends, ends > 0)] == [2, 2]


def test_a_model_that_is_as_often_right_as_it_says_has_no_calibration_error():
    confidence = RANDOM.uniform(0.5, 1, 100_000)
    honest = expected_calibration_error(calibration_bins(confidence, RANDOM.uniform(size=100_000) < confidence))
    boasting = expected_calibration_error(calibration_bins(confidence, RANDOM.uniform(size=100_000) < confidence - 0.2))
    assert honest < 0.01 and boasting == pytest.approx(0.2, abs=0.01)


LABELS, DECIDED = [7, 7, 7, 5, 5, 9], [7, 7, 5, 5, 7, 7]
TASKS = {"t": {"0.0": predictions(LABELS, DECIDED, classes=[7, 5, 9])}}


def test_confusion_counts_by_hand():
    assert confusion_matrix(TASKS["t"]["0.0"], [7, 5, 9]).tolist() == [[2, 1, 0], [1, 1, 0], [1, 0, 0]]
    rows = confusion_table(TASKS, {"t": [7, 5, 9]}).values.tolist()
    assert len(rows) == 9
    assert rows[:4] == [["t", "0.0", 7, 7, 2], ["t", "0.0", 7, 5, 1], ["t", "0.0", 7, 9, 0], ["t", "0.0", 5, 7, 1]]


def test_scores_of_each_class_by_hand_and_none_where_there_is_nothing_to_divide_by():
    table = diagnostics_table(TASKS, {"t": [7, 5, 9]})
    assert list(table) == ["task", "lambda", "class", "precision", "recall", "f1", "images"]
    assert table["class"].tolist() == [7, 5, 9] and table["images"].tolist() == [3, 2, 1]
    np.testing.assert_allclose(table["precision"], [2 / 4, 1 / 2, np.nan])
    np.testing.assert_allclose(table["recall"], [2 / 3, 1 / 2, 0])
    np.testing.assert_allclose(table["f1"], [4 / 7, 1 / 2, 0])


def test_calibration_and_ranking_are_of_models_with_probabilities_alone():
    both = predictions([7, 7, 5, 5], [7, 5, 5, 5], [0.9, 0.6, 0.7, 0.8], classes=[7, 5])
    tasks = {"many": TASKS["t"], "two": {"0.1": both}, "svm": {"0.0": both._replace(probabilities=None)}}
    classes = {"many": [7, 5, 9], "two": [7, 5], "svm": [7, 5]}
    calibration = calibration_table(tasks)
    assert calibration["task"].tolist() == ["many", "two"]
    assert calibration.iloc[1, 3:].tolist() == pytest.approx([0.75, 0.75])
    # Of each image of 7 and each of 5: 0.9 is above 0.3 and 0.2, and so is 0.4.
    assert ranking_table(tasks, classes).values.tolist() == [["two", "0.1", 1.0, 1.0]]


def test_ranking_by_hand_and_where_it_is_not_defined():
    # The probability of 7: 0.9, 0.2 for images of 7, and 0.3, 0.1 for images of 5; three of four pairs are in order.
    some = predictions([7, 7, 5, 5], [7, 5, 5, 5], [0.9, 0.8, 0.7, 0.9], classes=[7, 5])
    (row,) = ranking_table({"t": {"0": some}}, {"t": [7, 5]}).values.tolist()
    assert row[2:] == pytest.approx([3 / 4, (1 + 2 / 3) / 2])
    assert row[2] == metrics.roc_auc_score(some.label == 7, some.probabilities[:, 0])
    one = predictions([7, 7], [7, 5], [0.9, 0.8], classes=[7, 5])
    assert ranking_table({"t": {"0": one}}, {"t": [7, 5]})[["roc_auc", "average_precision"]].isna().all(axis=None)


def test_probabilities_that_round_to_one_are_still_ranked():
    sure = predictions([7, 7, 5], [7, 7, 7], classes=[7, 5])
    sure = sure._replace(logits=np.array([[50.0], [60.0], [40.0]]), probabilities=np.array([[1.0, 0.0]] * 3))
    assert ranking_table({"t": {"0": sure}}, {"t": [7, 5]})["roc_auc"].tolist() == [1]


def test_tasks_on_the_same_images_are_compared_and_others_are_not():
    def own(images, label, predicted, file="test"):
        numbers = np.array(images)
        return {
            "0": Predictions(
                file, numbers, np.array(label), np.array(predicted), np.ones(len(numbers)), np.zeros((len(numbers), 2)), None
            )
        }

    tasks = {
        "a": own([0, 1, 2, 3], [1, 1, 2, 2], [1, 1, 2, 1]),
        "b": own([0, 1, 2, 3], [1, 1, 2, 2], [2, 1, 1, 2]),
        "c": own([0, 1, 2, 4], [1, 1, 2, 2], [2, 1, 1, 2]),
        "d": own([0, 1, 2, 3], [1, 1, 2, 2], [2, 1, 1, 2], file="train"),
    }
    (row,) = comparisons_table(tasks).to_dict("records")
    assert (row["task"], row["other"], row["images"], row["only_task"], row["only_other"]) == ("a", "b", 4, 2, 1)
    assert row["p"] == row["p_holm"] == 1.0
