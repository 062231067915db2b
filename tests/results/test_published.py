"""Published values beside rebuilt ones: met to the last printed digit or not, and what verify says of them."""

from decimal import Decimal

import numpy as np
import pytest

import find_optimum
import verify
from onelayer.data.store import write_images
from onelayer.experiment.task import Evaluations, Images, Run
from onelayer.experiment.values import values_of
from onelayer.io.files import write_arrays, write_rows
from onelayer.results.published import by_place, published_rows
from onelayer.results.rebuilt import Rebuilt, minima_of
from tests.helpers import refusal, run, task

TASK = task(
    name="t", classes=[4, 0, 2], lambdas=["0.5"], shuffle=[False, True], seeds=[0, 1, 2], validation=Images("test", 20, 30),
    evaluations=Evaluations(2, "last", True), test=Images("train", 64, 9),
)  # fmt: skip
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
# How the accuracy 0.92255 may be given: what of it, the unit, the fineness, and texts that it meets and misses.
RATES = [
    ("accuracy", "percent", None, ["92", "92.25", "92.26"], ["92.24", "92.27", "0.92255"]),
    ("accuracy", "", None, ["0.923", "0.9226", "0.92255"], ["0.922", "0.9224", "92.255"]),
    ("error", "percent", None, ["7.745000", "7.74", "7.75"], ["7.745001", "7.73", "7.76"]),
    ("error", "", None, ["0.0774", "0.07745"], ["0.0773", "0.0776", "7.745"]),
    ("accuracy", "", 0.02255, ["0.9"], ["0.8999", "0.9452"]),
    ("error", "percent", 1.255, ["9", "6.49"], ["9.01", "6.48"]),
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


def found(folder, runs=None, images=None):
    """What was rebuilt: runs, one if none is given, with two evaluations an epoch, and a minimum."""
    runs = {RUN: run(test_loss=0.3, best_test_accuracy=0.9)} if runs is None else runs
    for files in runs.values():
        steps, losses = np.arange(0, 20, 5), np.array([0.9, 0.75, 0.65, 0.6])
        files.evaluations = {"step": steps, "epoch": steps // 10, "validation_loss": losses}
        files.evaluations |= {"train_loss": losses + 0.01, "train_accuracy": 1 - losses / 2}
        files.evaluations["validation_accuracy"] = 1 - losses
    row = {"task": "t", "lambda": "0.5", "objective": 0.45, "weight_norm_squared": 3.5}
    row |= {"test_loss": 0.35, "validation_accuracy": 0.63}
    paths = [str(folder / f"t.{kind}") for kind in ("csv", "npz")]
    write_rows(paths[0], find_optimum.COLUMNS, [[row.get(column) for column in find_optimum.COLUMNS]])
    write_arrays(paths[1], {"0.5": -np.eye(3, 13)})
    return Rebuilt(runs, minima_of(paths), {"t": TASK}, images or {})


def rows_of(entries, rebuilt, differing=None):
    """The rows of entries of a published.yaml."""
    return published_rows(values_of(entries, {"t": TASK}, "published.yaml"), rebuilt, differing or {"t": []})


def verdicts(*arguments):
    return [row["verdict"] for row in rows_of(*arguments)]


@pytest.mark.parametrize(("printed", "met", "missed"), PRINTED)
def test_a_printed_value_is_met_within_half_a_unit_of_its_last_digit_or_of_the_14th(tmp_path, printed, met, missed):
    for numbers, verdict in ((met, "met"), (missed, "missed")):
        for number in numbers:
            rebuilt = found(tmp_path, {RUN: run(train_loss=number)})
            (row,) = rows_of([entry("train_loss", published=printed)], rebuilt)
            assert (row["verdict"], row["published"]) == (verdict, printed)
            assert str(row["rebuilt"]) == str(Decimal(repr(number)))


@pytest.mark.parametrize(("of", "unit", "fineness", "met", "missed"), RATES)
def test_a_rate_is_an_accuracy_or_an_error_in_fractions_or_percent(tmp_path, of, unit, fineness, met, missed):
    own = ({"unit": unit} if unit else {}) | ({"fineness": fineness} if fineness else {})
    key, rebuilt = "read_off" if fineness else "published", found(tmp_path, {RUN: run(test_accuracy=0.92255)})
    rows = rows_of([entry(f"test_{of}", place=text, **own, **{key: text}) for text in met + missed], rebuilt)
    assert [row["verdict"] for row in rows] == ["met"] * len(met) + ["missed"] * len(missed)
    assert {(row["unit"], row["kind"]) for row in rows} == {(unit, "read off" if fineness else "printed")}


@pytest.mark.parametrize(("at", "columns"), MOMENTS)
def test_a_value_is_of_the_moment_that_it_names(tmp_path, at, columns):
    for of, text in columns.items():
        other = str(Decimal(text) + Decimal(1).scaleb(Decimal(text).as_tuple().exponent))
        for published, verdict, units in ((text, "met", 0), (other, "missed", -1)):
            (row,) = rows_of([entry(of, at, published=published)], found(tmp_path))
            assert row["verdict"] == verdict and abs(float(row["units"]) - units) <= 0.5, of
            assert row["at"] == (at if isinstance(at, str) else " ".join(map(str, *at.items())))


def test_a_list_and_a_confusion_matrix_count_each_entry(tmp_path, images):
    steps = entry("validation_loss", {"step": [0, 5, 10]}, published=["0.90", "0.75", "0.66"])
    rows = rows_of([steps, entry("validation_loss", {"epoch": [0, 1]}, published=["0.75", "0.60"])], found(tmp_path))
    assert [row["at"] for row in rows] == ["step 0", "step 5", "step 10", "epoch 0", "epoch 1"]
    assert [row["verdict"] for row in rows] == ["met", "met", "missed", "met", "met"]
    write_images(tmp_path / "images", images)
    chosen, weights = slice(20, 50), np.random.RandomState(0).normal(size=(3, 13))
    inputs = np.column_stack([images.images[chosen].reshape(30, 12) / 8.0 - 1, np.ones(30)])
    for at, own in (("last", weights), ("minimum", -np.eye(3, 13))):
        decided = np.array([4, 0, 2])[(inputs @ own.T).argmax(axis=1)]
        labels = images.labels[chosen]
        printed = [[str(((labels == label) & (decided == as_)).sum()) for as_ in (4, 0, 2)] for label in (4, 0, 2)]
        printed[1][2] = str(int(printed[1][2]) + 1)
        rebuilt = found(tmp_path, {RUN: run(weights=weights)}, {"test": str(tmp_path / "images")})
        rows = rows_of([entry("validation_confusion", at, published=printed)], rebuilt)
        assert {row["cell"] for row in rows if row["verdict"] == "missed"} == {"1 2"} and len(rows) == 9
        (group,) = by_place([{key: str(value) for key, value in row.items()} for row in rows]).values()
        assert [(row["published"], row["entries"], row["verdict"]) for row in group] == [("a matrix", 9, "missed")]


def test_other_seeds_of_the_run_are_counted_and_how_many_of_them_would_meet_the_value(tmp_path):
    runs = {RUN: run(), ONE: run(), TWO: run(train_loss=0.6), ORDERED._replace(seed=3): run()}
    rebuilt = found(tmp_path, runs)
    runs[ONE].evaluations["step"] = np.array([0, 5, 9, 14])
    entries = [entry("train_loss", published="0.5"), entry("validation_loss", {"step": 15}, published="0.60")]
    entries += [entry("objective", "minimum", published="0.45"), entry("steps", published="9")]
    others = [(row["other_seeds"], row["others_met"]) for row in rows_of(entries, rebuilt)]
    assert others == [(2, 1), (2, 1), (0, 0), (2, 0)]  # a run without the step does not meet it


def test_a_value_without_its_run_is_not_run_and_one_of_other_settings_does_not_apply(tmp_path):
    entries, rebuilt = [entry("train_loss", published="0.5")], found(tmp_path)
    entries.append(entry("objective", "minimum", published="9"))
    assert verdicts(entries, rebuilt) == ["met", "missed"]
    assert verdicts(entries, rebuilt, {"t": ["classes"]}) == ["does not apply"] * 2
    assert verdicts(entries, rebuilt, {"another": []}) == ["not run"] * 2
    assert verdicts(entries, Rebuilt({ORDERED: run()}, {}, {"t": TASK}, {})) == ["not run"] * 2
    for of, step, says in (("validation_loss", 6, "no evaluation at step 6"), ("batch_loss", 95, "no loss at step 95")):
        said = refusal(rows_of, [entry(of, {"step": step}, published="1")], rebuilt)
        assert said.startswith(f"{RUN.folder}: {says}") and "\n" not in said


def test_verify_prints_the_printed_digits_of_what_is_missed_two_more_and_how_to_make_it_again(tmp_path, capsys):
    rebuilt = found(tmp_path, {RUN: run(train_loss=0.07088705555893644, validation_loss=0.0657)})
    met = [entry("train_loss", published="0.07088705555893647"), entry("steps", published="80")]
    verify.main(values_of(met, {"t": TASK}, "published.yaml"), rebuilt, {"t": []})
    _, first, _, last = capsys.readouterr().out.splitlines()
    assert first.split()[-4:] == ["0.07088705555893647", "0.07088705555893644", "-3", "met"]
    assert last == "verify: 2 of 2 published values are met"
    of_run = (entry("validation_loss", published="0.065"), ["0.065", "0.06570", "0.7", "missed"])
    of_minimum = (entry("objective", "minimum", published="0.3"), ["0.3", "0.450", "1.5", "missed"])
    paths = ("runs/task=t/lambda=0.5/shuffle=true/seed=0/summary.json", "optimum/t.csv")
    for (given, shown), again in zip((of_run, of_minimum), paths, strict=True):
        with pytest.raises(SystemExit) as ended:
            verify.main(values_of([given], {"t": TASK}, "published.yaml"), rebuilt, {"t": []})
        said = f"Error: verify: of 1 published values 1 missed; snakemake verify --forcerun results/{again}"
        assert str(ended.value) == said and capsys.readouterr().out.splitlines()[1].split()[-4:] == shown
    with pytest.raises(SystemExit, match=r"values 2 does not apply; tasks\.t differs in dataset, model$"):
        verify.main(values_of(met, {"t": TASK}, "published.yaml"), rebuilt, {"t": ["dataset", "model"]})
