"""Published values beside rebuilt ones: met to the last printed digit or not, and what verify says of them."""

import dataclasses

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

import verify
from onelayer.data.store import write_images
from onelayer.experiment.task import Evaluations, Images, Run
from onelayer.experiment.values import values_of
from onelayer.results.predictions import predictions_of
from onelayer.results.published import by_place, published_rows
from onelayer.results.rebuilt import Minimum, Rebuilt
from tests.helpers import evaluations, refusal, run, task

SETUP = {"classes": [4, 0, 2], "lambdas": ["0.5"], "shuffle": [False, True], "seeds": [0, 1, 2]}
SETUP |= {"validation": Images("test", 20, 30), "test": Images("train", 64, 9)}
TASK = task(name="t", evaluations=Evaluations(2, "last", True), **SETUP)
RUN, ONE, TWO, ORDERED = (Run("t", "0.5", seed is not None, seed or 0) for seed in (0, 1, 2, None))
# A printed value, rebuilt ones that meet it, and rebuilt ones that miss it.
PRINTED = [
    ("0.922", [0.9215, 0.922, 0.9225], [0.921, 0.92149999, 0.92250001, 0.923]),
    ("0.923", [0.9225, 0.9235], [0.922, 0.92249999, 0.924]),
    ("0.9220", [0.92205], [0.9221, 0.9225]),
    ("19", [18.5, 19, 19.5], [18, 19.6, 20]),
    ("-0.5", [-0.45, -0.55], [-0.4, 0.5]),
    # 17 and 16 digits: the 14th is the last that is compared.
    ("0.07088705555893647", [0.07088705555893647 + 4e-16], [0.07088705555893647 - 6e-16]),
    ("0.9757802746566792", [0.9757802746566792 - 4e-15], [0.9757802746566792 + 6e-15]),
    ("0.5", [], [float("nan"), float("inf")]),
]
# How the accuracy 0.92255 may be given: what of it, in which unit and how finely, and texts that it meets and misses.
RATES = [
    ("accuracy", {"unit": "percent"}, ["92", "92.25", "92.26"], ["92.24", "92.27", "0.92255"]),
    ("accuracy", {}, ["0.923", "0.9226", "0.92255"], ["0.922", "0.9224", "92.255"]),
    ("error", {"unit": "percent"}, ["7.745000", "7.74", "7.75"], ["7.745001", "7.73", "7.76"]),
    ("error", {}, ["0.0774", "0.07745"], ["0.0773", "0.0776", "7.745"]),
    ("accuracy", {"fineness": 0.02255}, ["0.9"], ["0.8999", "0.9452"]),
    ("error", {"unit": "percent", "fineness": 1.255}, ["9", "6.49"], ["9.01", "6.48"]),
]
# When, of what, and as it is printed what the run or the minimum of `found` then came to.
MOMENTS = [
    ("last", {"stop_epoch": "7", "steps": "80", "last_evaluation": "15", "best_step": "40"}),
    ("last", {"weight_norm_squared": "4.0", "train_loss": "0.5", "validation_error": "0.20", "test_loss": "0.3"}),
    ("best", {"validation_loss": "0.55", "validation_error": "0.19", "test_error": "0.1"}),
    ({"step": 5}, {"batch_loss": "0.9734", "validation_loss": "0.75", "train_loss": "0.76", "train_accuracy": "0.625"}),
    ({"step": 0}, {"batch_loss": "1.0", "validation_accuracy": "0.1"}),
    ({"epoch": 1}, {"validation_loss": "0.6", "train_loss": "0.61", "validation_accuracy": "0.4"}),
    ("minimum", {"objective": "0.45", "weight_norm_squared": "3.5", "test_loss": "0.35", "validation_error": "0.37"}),
]


def entry(of, at="last", **own):
    """An entry of a published.yaml, of the shuffled run of the first seed."""
    return {"quantity": of, "place": "Table 1", "of": of, "at": at, "run": {"task": "t", "shuffle": True}} | own


def found(runs=None, images=None):
    """What was rebuilt: runs, one if none is given, with two evaluations an epoch, and a minimum."""
    runs, losses = runs or {RUN: run(test_loss=0.3, best_test_accuracy=0.9)}, np.array([0.9, 0.75, 0.65, 0.6])
    for files in runs.values():
        files.evaluations = evaluations(losses, 1 - losses / 2, 1 - losses)
        files.evaluations |= {"epoch": np.array([0, 0, 1, 1]), "train_loss": losses + 0.01}
    row = {"objective": "0.45", "weight_norm_squared": "3.5", "test_loss": "0.35", "validation_accuracy": "0.63"}
    row["seed"] = "3"
    return Rebuilt(runs, {"t": Minimum({0.5: row}, {0.5: -np.eye(3, 13)})}, {"t": TASK}, images or {})


def rows_of(entries, rebuilt, differing=None):
    return published_rows(values_of(entries, {"t": TASK}, "published.yaml"), rebuilt, differing or {"t": []})


def verdicts(*arguments):
    return [row["verdict"] for row in rows_of(*arguments)]


@pytest.mark.parametrize(("printed", "met", "missed"), PRINTED)
def test_a_printed_value_is_met_within_half_a_unit_of_its_last_digit_or_of_the_14th(printed, met, missed):
    for number in met + missed:
        rebuilt, verdict = found({RUN: run(train_loss=number)}), "met" if number in met else "missed"
        assert verdicts([entry("train_loss", published=printed)], rebuilt) == [verdict], number


@pytest.mark.parametrize(("of", "own", "met", "missed"), RATES)
def test_a_rate_is_an_accuracy_or_an_error_in_fractions_or_percent(of, own, met, missed):
    key, rebuilt = "read_off" if "fineness" in own else "published", found({RUN: run(test_accuracy=0.92255)})
    rows = rows_of([entry(f"test_{of}", place=text, **own, **{key: text}) for text in met + missed], rebuilt)
    assert [row["verdict"] for row in rows] == ["met"] * len(met) + ["missed"] * len(missed)
    kind = "read off" if "fineness" in own else "printed"
    assert {(row["unit"], row["kind"]) for row in rows} == {(own.get("unit", ""), kind)}


@pytest.mark.parametrize(("at", "columns"), MOMENTS)
def test_a_value_is_of_the_moment_that_it_names(at, columns):
    for of, text in columns.items():
        (row,) = rows_of([entry(of, at, published=text)], found())
        shown = at if isinstance(at, str) else " ".join(map(str, *at.items()))
        assert (row["verdict"], row["at"]) == ("met", shown), of


def test_a_confusion_matrix_counts_each_entry(tmp_path, images):
    write_images(tmp_path / "images", images)
    stored, last = {"test": str(tmp_path / "images")}, np.random.RandomState(0).normal(size=(3, 13))
    # By the run's seed, 0, or the minimum's, 3.
    drawing = dataclasses.replace(TASK, validation=Images("test", 20, 30, drawn=25))
    for at, weights in (("last", last), ("minimum", -np.eye(3, 13))):
        own = predictions_of(drawing, weights, "validation", 0 if at == "last" else 3, stored)
        matrix = confusion_matrix(own.label, own.predicted, labels=TASK.classes)
        matrix[1, 2] += 1
        printed = entry("validation_confusion", at, published=matrix.astype(str).tolist())
        rebuilt = dataclasses.replace(found({RUN: run(weights=last)}, stored), setups={"t": drawing})
        rows = rows_of([printed], rebuilt)
        assert {row["cell"] for row in rows if row["verdict"] == "missed"} == {"1 2"} and len(rows) == 9
        (group,) = by_place([{key: str(value) for key, value in row.items()} for row in rows]).values()
        assert [(row["published"], row["entries"], row["verdict"]) for row in group] == [("a matrix", 9, "missed")]


def test_other_seeds_of_the_run_are_counted_and_how_many_of_them_would_meet_the_value():
    runs = {RUN: run(), ONE: run(), TWO: run(train_loss=0.6), ORDERED._replace(seed=3): run()}
    rebuilt = found(runs)
    runs[ONE].evaluations["step"] = np.array([0, 5, 9, 14])
    entries = [entry("train_loss", published="0.5"), entry("validation_loss", {"step": 15}, published="0.60")]
    entries += [entry("objective", "minimum", published="0.45"), entry("steps", published="9")]
    others = [(row["other_seeds"], row["others_met"]) for row in rows_of(entries, rebuilt)]
    assert others == [(2, 1), (2, 1), (0, 0), (2, 0)]  # a run without the step does not meet it


def test_a_value_without_its_run_is_not_run_and_one_of_other_settings_does_not_apply():
    entries, rebuilt = [entry("train_loss", published="0.5")], found()
    entries.append(entry("objective", "minimum", published="9"))
    assert verdicts(entries, rebuilt) == ["met", "missed"]
    assert verdicts(entries, rebuilt, {"t": ["classes"]}) == ["does not apply"] * 2
    assert verdicts(entries, rebuilt, {"another": []}) == ["not run"] * 2
    assert verdicts(entries, Rebuilt({ORDERED: run()}, {}, {"t": TASK}, {})) == ["not run"] * 2
    for of, step, says in (("validation_loss", 6, "no evaluation at step 6"), ("batch_loss", 95, "no loss at step 95")):
        said = refusal(rows_of, [entry(of, {"step": step}, published="1")], rebuilt)
        assert said.startswith(f"{RUN.folder}: {says}") and "\n" not in said


def test_verify_prints_the_printed_digits_and_of_what_is_missed_or_read_off_two_more_if_there_are(capsys):
    rebuilt = found({RUN: run(train_loss=0.07088705555893644, validation_loss=0.0657)})
    entries = [entry("train_loss", published="0.07088705555893647"), entry("validation_loss", published="0.065")]
    entries += [entry("objective", "minimum", published="0.3"), entry("steps", read_off="78", fineness=5)]
    with pytest.raises(SystemExit, match="Error: verify: of 4 published values 2 missed; "):
        verify.main(values_of(entries, {"t": TASK}, "published.yaml"), rebuilt, {"t": []})
    met, *missed, read_off = (line.split()[-4:] for line in capsys.readouterr().out.splitlines()[1:5])
    assert met == ["0.07088705555893647", "0.07088705555893644", "-3", "met"]
    assert missed == [["0.065", "0.0657", "0.7", "missed"], ["0.3", "0.45", "1.5", "missed"]]
    assert read_off == ["78", "80", "0.4", "met"]
