"""The engine beside the textbook loop, and what that does not have: rules, drawn images, ties, snapshots, errors, files."""

import numpy as np
import pytest

from onelayer.data.samples import choose_samples, inputs_of
from onelayer.experiment.images import Images
from onelayer.experiment.task import RUN_FILES, Evaluations
from onelayer.io.errors import TrainingError
from onelayer.models import model_named, model_names
from onelayer.stopping import rule_of
from onelayer.training import evaluation
from onelayer.training.evaluation import Accuracy, LossAndAccuracy
from onelayer.training.runs import RunFiles, identity, write_run
from onelayer.training.sets import chosen_images
from onelayer.training.summarise import summarise
from onelayer.training.training import batch_rows, check_sizes, single, snapshot_steps, train
from peers import arrays, textbook
from tests.helpers import noisy_samples, refusal, settings
from tests.training import golden

SOFTMAX = model_named("softmax")


def patience(evaluations):
    return {"early_stop": {"rule": "patience", "evaluations": evaluations}}


GROWING = {"rule": "growing_patience", "steps": 60, "growth": 1.5, "threshold": 0.99}
# Settings, the first 14 of runs that end early; `samples` are changes of the samples: with the last of them no input is constant.
CONFIGURATIONS = [
    {"shuffle": True}, {"shuffle": False}, patience(1), {**patience(2), "learning_rate": 3.0}, {"lam": 0.05},
    {"lam": 0.5, "penalty": "half_sum"}, {"evaluations": Evaluations(100, "first", False)},
    {**patience(7), "learning_rate": 1.0, "max_epochs": 40},
    {**patience(4), "learning_rate": 2.0, "shuffle": False, "lam": 0.01}, {"learning_rate": 1e-300},
    {"permutations_before": 3}, {"evaluations": Evaluations(4, "last", True)},
    {"early_stop": GROWING, "evaluations": Evaluations(3, "last", False)},
    {"early_stop": GROWING | {"steps": 1, "growth": 1}, "evaluations": Evaluations(1, "last", False)},  # not before its first evaluation
    {"batch_size": 50, "evaluations": Evaluations(5, "first", False)}, {"batch_size": 200}, patience(10_000),
    {"early_stop": None, "evaluations": Evaluations(2, "last", True), "batch_size": 9},
    *({"samples": {"offset": offset, "scale": scale, "bias": bias}, "learning_rate": 0.02, "early_stop": None}
      for offset, scale in ((40.0, 300.0), (0, 255)) for bias in (True, False)),
]  # fmt: skip


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", model_names())
@pytest.mark.parametrize("number", range(len(CONFIGURATIONS)))
@np.errstate(all="ignore")
def test_the_engine_gives_what_the_textbook_loop_gives(number, name, dtype, monkeypatch):
    for block in ("LOSS_BLOCK", "ACCURACY_BLOCK"):
        monkeypatch.setattr(evaluation, block, 7)
    classes = model_named(name).class_count or 4
    values = CONFIGURATIONS[number] | ({"learning_rate": 0.05} if name == "least_squares" else {})
    changes = values.pop("samples", {})
    own = settings(**{"model": name, "classes": range(classes), "dtype": dtype, "max_epochs": 12, **values})
    sets = noisy_samples(classes, 200 + number, number), noisy_samples(classes, 90, 100 + number)
    training, validation = (samples._replace(**changes) for samples in sets)
    expected, got = textbook(*arrays(training, validation, own), own), train(training, validation, own)
    tolerance = {"rtol": 1e-11, "atol": 1e-11} if dtype == "float64" else {"rtol": 1e-3, "atol": 1e-4}
    assert (got.stopped_early, got.stop_epoch) == (expected.stopped_early, expected.stop_epoch)
    assert got.stopped_early == (number < 14) or name != "softmax"
    assert got.evaluations.keys() == expected.evaluations.keys()
    for key, column in got.evaluations.items():
        np.testing.assert_allclose(column, expected.evaluations[key], **tolerance if "loss" in key else {"rtol": 1e-12})
    for key in ("train_losses", "last_weights", "best_weights"):
        np.testing.assert_allclose(getattr(got, key), getattr(expected, key.removeprefix("last_")), **tolerance)
    assert got.last_weights.dtype == dtype


# Errors by the step that they are evaluated after, which of them are the best so far, and the step that ends the run.
DECISIONS = [
    ({0: 0.5}, [0], 6),  # the first is a fall, but 3 x 0 is below 6
    ({0: 0.5, 3: 0.44}, [0, 3], 9),  # fell below 0.45: until 3 x 3
    ({0: 0.5, 3: 0.45}, [0, 3], 6),  # better, and best, but not by the threshold
    ({0: 0.5, 2: 0.46, 3: 0.42}, [0, 2, 3], 6),  # the threshold is of the lowest so far, here 0.46
    ({0: 0.5, 3: 0.4, 4: 0.3, 5: 0.31}, [0, 3, 4], 12),
    ({0: 0.5, 1: 0.2}, [0, 1], 6),  # never shorter than at first
]


@pytest.mark.parametrize(("errors", "best", "end"), DECISIONS)
def test_patience_grows_where_the_error_falls_by_the_threshold(errors, best, end):
    rule, found, step = rule_of({"rule": "growing_patience", "steps": 6, "growth": 3, "threshold": 0.9}), [], -1
    while not rule.ends(step):
        step += 1
        found += [step] * (step in errors and rule.see(step, errors[step]))
    assert (found, step) == (best, end)


def test_permutations_and_a_run_on_the_digits_have_their_golden_values():
    epochs = batch_rows(20_000, golden.settings(batch_size=20_000, max_epochs=3))
    assert golden.digest_of_order(np.concatenate([rows for _, rows in epochs])) == golden.PERMUTATIONS
    sets = [choose_samples(golden.stored(split), range(10)) for split in ("train", "test")]
    history = train(*sets, golden.settings())
    last = [history.evaluations[key][-1] for key in ("validation_loss", "validation_accuracy", "train_accuracy")]
    assert golden.digest_of_metrics([history.train_losses[-1], *last]) == golden.METRICS


def test_images_are_drawn_in_the_order_of_the_roles_and_the_same_stream_then_shuffles(tmp_path):
    in_train, in_test = (golden.stored(split)[:2] for split in ("train", "test"))
    in_both = [np.concatenate(parts) for parts in zip(in_train, in_test, strict=True)]
    random, permuted = np.random.RandomState(7), np.random.RandomState(2).permutation(40)
    roles = {
        "train": (Images("both", 0, 1797, drawn=50), in_both, random.choice(1797, 50, replace=False)),
        "validation": (Images("test", 10, 40, permuted=2, part=(30, 10)), in_test, 10 + permuted[30:]),
        "test": (Images("train", 5, 100, drawn=20), in_train, 5 + random.choice(100, 20, replace=False)),
    }
    own, paths = settings(**{role: images for role, (images, *_) in roles.items()}), golden.write(tmp_path)
    found, stream = chosen_images(own, 7, paths)
    for role, (images, whole, numbers) in roles.items():
        np.testing.assert_equal((found[role].numbers, images.size), (numbers, len(numbers)))
        np.testing.assert_equal(found[role].images[:2], tuple(array[numbers] for array in whole))
    assert stream.rand() == random.rand()
    # What only some of the roles need is drawn all the same, so that it is the same.
    np.testing.assert_equal(chosen_images(own, 7, paths, ["test"])[0]["test"].numbers, found["test"].numbers)
    part = chosen_images(settings(train=Images("train", 5, 100, part=(30, 10))), 0, paths, ["train"])[0]["train"]
    np.testing.assert_equal((part.numbers, part.images.labels), (np.arange(35, 45), in_train[1][35:45]))
    many = settings(train=Images("train", 1200, 98))
    assert "train.parquet: holds too few images for train, up to number 1298" in refusal(chosen_images, many, 0, paths)


def test_a_run_goes_on_with_the_stream_that_it_is_given():
    sets, stream = (noisy_samples(5, 60), noisy_samples(5, 30, 1)), np.random.RandomState(4)
    stream.shuffle(np.arange(60))
    given, before = train(*sets, settings(), stream), train(*sets, settings(permutations_before=1))
    assert given.train_losses.tolist() == before.train_losses.tolist()


@pytest.mark.parametrize(("offset", "scale"), [(127.5, 127.5), (-100_000, 1)])
@pytest.mark.parametrize("size", [0, 1e-44, 1e-40, 1e-30, 1e-10, 1e-7, 1, 1e30, 1e37, 1e39, 1e60])
@pytest.mark.parametrize("name", ["softmax", "logistic"])
@np.errstate(over="ignore", invalid="ignore")
def test_ties_are_the_models_and_what_float32_cannot_tell_apart_is_decided_in_float64(name, size, offset, scale):
    """Weights of a size, and outputs that differ by so much from one another."""
    model, outputs, draw = model_named(name), 4 if name == "softmax" else 1, np.random.RandomState(3).normal
    samples = noisy_samples(max(2, outputs), 2000)._replace(offset=offset, scale=scale)
    for weights in (size * draw(size=(9, outputs, 21)), draw(size=(9, 1, 21)) + size * draw(size=(9, outputs, 21))):
        decided = [model.decisions(own @ inputs_of(samples, np.float64).T) for own in weights]
        right = [np.mean(own == samples.targets) for own in decided]
        np.testing.assert_array_equal(Accuracy(model, samples).evaluate(weights), right)
        np.testing.assert_array_equal(LossAndAccuracy(model, samples).evaluate(weights)[1], right)


@pytest.mark.parametrize("most", [1, 2, 31, 42, 7800, 10**9])
def test_snapshots_are_spaced_evenly_in_the_logarithm_of_the_step(most):
    steps = snapshot_steps(most)
    assert steps.dtype == np.int64 and (steps[0], steps[-1]) == (0, most - 1)
    assert (np.diff(steps) > 0).all() and min(most, 18) <= len(steps) <= 32
    np.testing.assert_allclose(np.diff(np.log(steps[steps > 60] + 1)), np.log(most) / 31, rtol=0.25)


@pytest.mark.parametrize("values", [{}, {"learning_rate": 3.0}, {"early_stop": None}, {"dtype": "float32"}])
def test_snapshots_and_their_metrics_are_of_the_weights_after_their_steps_and_the_last(values):
    own = settings(**{"evaluations": Evaluations(7, "first", False)} | values)
    history = train(noisy_samples(5, 60), noisy_samples(5, 30, 1), own)
    steps, weights, losses, accuracies = history.snapshots
    planned, last = snapshot_steps(own.max_epochs * 7), len(history.train_losses) - 1
    assert steps.tolist() == [*planned[planned < last], last]
    np.testing.assert_allclose(losses, history.evaluations["validation_loss"][steps], rtol=1e-4)
    np.testing.assert_array_equal(accuracies, history.evaluations["validation_accuracy"][steps])
    np.testing.assert_array_equal(weights[-1], history.last_weights.astype(np.float32))
    assert weights.dtype == np.float32
    assert abs(single(np.array([1e300, -1e300]))).tolist() == [np.finfo(np.float32).max] * 2


@np.errstate(all="ignore")
def test_a_validation_loss_that_is_not_finite_ends_the_run():
    own = settings(learning_rate=1e308, **patience(1))  # otherwise validation losses wait for each other
    with pytest.raises(TrainingError, match=r"the validation loss at step \d+ is (inf|nan): training diverged"):
        train(noisy_samples(5, 60), noisy_samples(5, 60), own)


@pytest.mark.parametrize(("role", "least", "says"), [("train", 8, "have 7 training"), ("test", 1, "images.test: none")])
def test_a_set_without_a_batch_or_an_image_is_named(role, least, says):
    check_sizes({"train": noisy_samples(5, 60), role: noisy_samples(5, least)}, settings())
    assert says in refusal(check_sizes, {"train": noisy_samples(5, 60), role: noisy_samples(5, least - 1)}, settings())


def test_the_summary_is_of_the_last_weights_and_of_the_best():
    own = settings(learning_rate=3.0, max_epochs=40)
    sets = {role: noisy_samples(5, 60 + seed, seed) for seed, role in enumerate(("train", "validation", "test"))}
    history = train(sets["train"], sets["validation"], own)
    found, both = summarise(own, "0.010", sets, history, (4, 5)), [history.last_weights, history.best_weights]
    for role, samples in sets.items():
        losses, (last, best) = LossAndAccuracy(SOFTMAX, samples).evaluate(np.stack(both))
        assert (found[f"{role}_loss"], found[f"{role}_accuracy"]) == (losses[0], last)
        assert (found[f"best_{role}_loss"], found[f"best_{role}_accuracy"]) == (pytest.approx(losses[1]), best)
        assert losses[0] != losses[1] and best != last
        assert found[f"{role}_images"] == len(samples.targets)
    assert (found["lambda"], found["steps"]) == ("0.010", len(history.train_losses))
    assert found["diverged"] == (found["validation_loss"] > np.log(5))


HISTORY = train(noisy_samples(5, 40), noisy_samples(5, 20), settings())
# By what RunFiles gives, its file and what was written.
READ = {
    "train_losses": ("steps.parquet", HISTORY.train_losses),
    "evaluations": ("evaluations.parquet", HISTORY.evaluations),
    "last_weights": ("weights.npz", HISTORY.last_weights),
    "snapshots": ("weights.npz", HISTORY.snapshots),
    "summary": ("summary.json", {"run": identity(settings(), "summary.json"), "steps": 3}),
}
OTHER = {"lam": 0.02, "seed": 5, "learning_rate": 0.2, "task": "other", "train": Images("train", 5, 64)}


@pytest.mark.parametrize("what", READ)
def test_what_was_written_is_read_and_what_is_damaged_or_of_another_run_is_named(tmp_path, what):
    write_run(tmp_path, settings(), HISTORY, {"steps": 3})
    assert {path.name for path in tmp_path.iterdir()} == set(RUN_FILES)
    name, written = READ[what]
    np.testing.assert_equal(getattr(RunFiles(tmp_path, settings()), what), written)
    for key, own in OTHER.items():
        said = refusal(getattr, RunFiles(tmp_path, settings(**{key: own})), what)
        assert f"{name}: of a run with other settings: delete it and run again" in said
    content = (tmp_path / name).read_bytes()
    for damaged in (content[:-40], b"", (tmp_path / RUN_FILES[RUN_FILES.index(name) - 1]).read_bytes()):
        (tmp_path / name).write_bytes(damaged)
        said = refusal(getattr, RunFiles(tmp_path, settings()), what)
        assert f"{name}: " in said and "delete it and run again" in said
