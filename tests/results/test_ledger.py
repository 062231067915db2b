"""Claims: what is measured of runs and of minima, every verdict, and bad entries refused."""

from dataclasses import replace

import numpy as np
import pytest

from onelayer.data.store import write_images
from onelayer.experiment.claims import QUANTITIES, claims_of
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.task import Images, Run
from onelayer.results.ledger import COLUMNS, decide, grouped, ledger, together, turns_at
from onelayer.results.measures import OF_WEIGHTS, ON_CURVE, measure
from onelayer.results.predictions import predictions_of
from onelayer.results.rebuilt import Minimum, Rebuilt
from onelayer.results.statistics import Interval, crossed_interval, mean_interval
from tests.conftest import ROOT
from tests.helpers import refusal, run, summary, task

SOURCE = read_configuration(ROOT, [], {}).source
SETUP = {"lambdas": ["0.0", "0.5", "1.0", "2.0"], "shuffle": [True, False], "seeds": range(5), "early_stop": None}
SETUP |= {"train": Images("train", 0, 20), "validation": Images("test", 20, 30)}
GRID = {name: task(name=name, **SETUP) for name in "ab"}


OTHER = {"task": "binary", "of": "validation_accuracy"}
ALIKE = OTHER | {"of": "validation_loss"}


def entry(**measure):
    own = {"of": "validation_loss", "tasks": ["binary"], "at": "stop", "over": "seeds", "orders": True} | measure
    texts = {"id": "mine", "origin": "own", "place": "here", "claim": "It is so.", "quantity": "It", "why": "So."}
    return texts | {"measure": {key: own[key] for key in own if own[key] is not None}, "rule": {"above": 0}}


def claim(held=False, **measure):
    return claims_of([entry(**{"tasks": ["a"], "orders": None} | measure)], GRID, "claims.yaml", held)[0]


@pytest.fixture
def rebuilt(images, tmp_path):
    """Runs of GRID whose loss grows with the seed far more than with lambda or the order, and minima; in file order they are longer."""
    write_images(tmp_path / "images", images)
    runs, random = {}, np.random.RandomState(0)
    for one in (one for own in GRID.values() for one in own.runs):
        loss = 7 * one.seed + float(one.lam) * (1 + one.seed / 10) + 0.5 * one.shuffle
        losses = loss + np.arange(3 if one.shuffle else 5)
        weights = random.normal(size=(5, 13))
        runs[one] = run(losses, weights, validation_loss=loss, best_test_accuracy=10 * loss + (one.task == "b"))
        runs[one].evaluations["epoch"] = np.arange(len(losses))
    rows = {float(lam): {"seed": "0", "certified": "true", "train_accuracy": "1.0"} for lam in GRID["a"].lambdas}
    minimum = Minimum(rows, {lam: random.normal(size=(5, 13)) for lam in rows})
    return Rebuilt(runs, {"a": minimum}, GRID, {file: str(tmp_path / "images") for file in ("train", "test")})


# What is measured, and what it is for each seed.
MEASURES = [
    ({}, lambda seed: 0.5 + 7 * seed),
    ({"orders": True}, lambda seed: 0.5 + 7 * seed),  # shuffled minus the one run in file order
    ({"orders": True, "lambda": 2.0}, lambda seed: 0.5 + 7.2 * seed),
    ({"orders": True, "at": "equal_steps"}, lambda seed: 0.5 + 7 * seed),
    ({"lambdas": [2.0, 0.5]}, lambda seed: 1.5 * (1 + seed / 10)),
    ({"falls": True}, lambda seed: -1 - seed / 10),
    ({"against": {"task": "b", "of": "best_test_accuracy"}}, lambda seed: -9 * (7 * seed + 0.5) - 1),
    ({"against": {"task": "b", "of": "validation_loss"}, "lambda": 2.0}, lambda seed: 0),
    ({"epochs": [0, 2], "at": "end"}, lambda seed: 1),
]


@pytest.mark.parametrize(("own", "of_seed"), MEASURES)
def test_a_contrast_is_measured_seed_by_seed(rebuilt, own, of_seed):
    found = measure(claim(**own), "a", rebuilt, (4, 3))
    assert tuple(found) == pytest.approx(tuple(mean_interval([of_seed(seed) for seed in range(5)])))


def of_images(images, weights, first, count):
    """Whether the images from a number on are decided right, and the losses."""
    inputs = np.column_stack([images.images.reshape(-1, 12) / 8.0 - 1, np.ones(60)])[first : first + count]
    labels, logits = images.labels[first : first + count], inputs @ weights.T
    hits = (logits.argmax(axis=1) == labels).astype(float)
    return hits, np.log(np.exp(logits).sum(axis=1)) - logits[np.arange(count), labels]


def test_over_images_each_validation_image_is_compared_too(rebuilt, images):
    for place, of in enumerate(("validation_accuracy", "validation_loss")):
        chosen = [[rebuilt.runs[Run("a", lam, True, seed)] for seed in range(5)] for lam in ("2.0", "0.0")]
        first, second = ([of_images(images, own.last_weights, 20, 30)[place] for own in files] for files in chosen)
        found = measure(claim(of=of, lambdas=[2.0, 0.0], over="images"), "a", rebuilt, (4, 3))
        assert tuple(found) == pytest.approx((*crossed_interval(np.subtract(first, second))[:4], 30, False))
    # A single run has an interval over images if no seed has a part in it.
    for shuffle in (True, False):
        single = {one: files for one, files in rebuilt.runs.items() if one.shuffle == shuffle and one.seed == 0}
        found = measure(claim(over="images"), "a", Rebuilt(single, {}, GRID, rebuilt.images), (4, 3))
        assert (found.low is None) == shuffle


def test_at_the_minimum_images_are_compared_and_weights_are_exact(rebuilt, images):
    weights = rebuilt.minima["a"].weights

    def difference(first, count, level=0.99, pair=(2.0, 0.5)):
        one, other = (of_images(images, weights[lam], first, count)[0] for lam in pair)
        return mean_interval((one - other).tolist(), level)._replace(runs=1, images=count)

    def found(**own):
        return measure(claim(at="minimum", **own), "a", rebuilt, (4, 3))

    validation, train = difference(20, 30), difference(0, 20)
    assert found(of="validation_accuracy", lambdas=[2.0, 0.5]) == validation
    gap = found(of="gap", lambdas=[2.0, 0.5])
    half = np.hypot(train.high - train.value, validation.high - validation.value)
    value = train.value - validation.value
    assert tuple(gap) == pytest.approx((value, value - half, value + half, 1, 50, False))
    # Two falls hold together with 99 %.
    falls = [difference(20, 30, 0.995, pair) for pair in ((0.5, 1.0), (1.0, 2.0))]
    assert found(of="validation_accuracy", falls=True) == min(falls, key=lambda fall: fall.value)
    norm = (weights[2.0] ** 2).sum() - (weights[0.5] ** 2).sum()
    assert found(of="weight_norm_squared", lambdas=[2.0, 0.5]) == (norm, norm, norm, 1, 0, True)
    assert found(of="separable") == (1, 1, 1, 1, 0, True)
    rebuilt.minima["a"].rows[2.0]["train_accuracy"] = "0.99"
    assert found(of="separable", **{"lambda": 2.0}) == (0, 0, 0, 1, 0, True)
    # Where images are drawn, they are those of the seed that the minimum was found with.
    rebuilt.setups = {"a": replace(GRID["a"], validation=Images("test", 20, 30, drawn=9))}
    for row in rebuilt.minima["a"].rows.values():
        row["seed"] = "3"
    own = ("validation", 3, rebuilt.images)
    one, other = (predictions_of(rebuilt.setups["a"], weights[lam], *own) for lam in (2.0, 0.5))
    hits = (one.predicted == one.label).astype(float) - (other.predicted == other.label)
    expected = mean_interval(hits.tolist())._replace(runs=1, images=len(hits))
    assert found(of="validation_accuracy", lambdas=[2.0, 0.5]) == expected


def test_a_row_says_what_decides_it_or_why_nothing_does(rebuilt):
    lambdas, minimum = {"lambdas": [2.0, 0.5]}, {"at": "minimum", "lambdas": [2.0, 0.5]}
    rebuilt.minima["a"].rows[2.0]["certified"] = "false"
    few = Rebuilt({one: files for one, files in rebuilt.runs.items() if one.seed < 4}, {}, GRID, {})
    differing = {"a": [], "b": ["dataset", "train"]}
    cases = [
        (claim(**lambdas), rebuilt, "supported", "It is 1.8 (99 % interval 1.312 to 2.288, 5 seeds); the rule asks for above 0."),
        (claim(**lambdas), few, "too few runs", "It is 1.725, of 4 runs: too few, or too much alike, for an interval."),
        (claim(**minimum), few, "not run", "This configuration has no minimum of task a: it is found with the evidence."),
        (claim(**minimum), rebuilt, "undecided", "At lambda 2 task a has no minimum that is certified."),
        (claim(**lambdas), Rebuilt({}, {}, {}, {}), "not run", "This configuration has no task a."),
        (claim(True, tasks=["b"]), rebuilt, "does not apply", "Task b differs from the source's in dataset, train."),
        (claim(True, against={"task": "b", "of": "gap"}), rebuilt, "does not apply", "Task b differs from the source's in dataset, train."),
    ]  # fmt: skip
    for own, made, verdict, reason in cases:
        (row,) = ledger([own], made, differing, (4, 3))
        assert (row["verdict"], row["part"], row["reason"]) == (verdict, verdict, reason) and list(row) == COLUMNS
    # Over data a part may be decided otherwise than another.
    for one, files in rebuilt.runs.items():
        files.summary["validation_loss"] *= 1 if one.task == "a" else -1
    rows = ledger([claim(tasks=["a", "b"], over="data", of="validation_loss", falls=True)], rebuilt, {}, (4, 3))
    assert [(row["part"], row["verdict"]) for row in rows] == [("contradicted", "mixed"), ("supported", "mixed")]
    assert [(found["verdict"], found["parts"]) for found in grouped(rows)] == [("mixed", rows)]


WITHIN = {"from": 4, "to": 6}
DECIDED = [
    ("supported", 0.5, 1.5, {"above": 0}, 0), ("supported", -1.5, -0.5, {"below": 0}, 0), ("supported", 4, 6, WITHIN, 0),
    ("supported", 0.5, 1.5, {"above": 0}, 1), ("undecided", 0, 1.5, {"above": 0}, 0), ("undecided", 3, 6, WITHIN, 0),
    ("undecided", -0.5, 1.5, {"above": 0}, 1), ("contradicted", -1.5, -0.5, {"above": 0}, 0), ("contradicted", 8, 10, WITHIN, 0),
    ("no difference", 0.1, 0.9, {"above": 0}, 1), ("no difference", -0.9, 0.9, {"below": 0}, 1), ("too few runs", None, None, WITHIN, 0),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "low", "high", "rule", "margin"), DECIDED)
def test_the_whole_interval_decides_and_within_the_margin_there_is_no_difference(verdict, low, high, rule, margin):
    measured = Interval(1 if low is None else (low + high) / 2, low, high, 9)
    assert decide(measured, rule, margin) == verdict
    assert decide(measured._replace(value=float("nan")), rule, margin) == "undecided"
    limit = turns_at(measured, rule, verdict)
    assert (limit is None) == (rule == WITHIN or verdict not in ("supported", "contradicted"))
    if limit is not None and not margin:  # beyond it the verdict is another, short of it the same
        ((word, _),) = rule.items()
        found = {decide(measured, {word: limit + turned}, 0) == verdict for turned in (1e-6, -1e-6)}
        assert found == {True, False}


@pytest.mark.parametrize(
    ("parts", "verdict"),
    [
        ("supported,supported", "supported"), ("contradicted,contradicted", "contradicted"), ("supported,contradicted", "mixed"),
        ("supported,no difference", "mixed"), ("no difference,no difference", "no difference"), ("supported,undecided", "undecided"),
        ("supported,not run", "not run"), ("too few runs,supported", "too few runs"), ("undecided,does not apply", "does not apply"),
    ],
)  # fmt: skip
def test_over_data_all_parts_decide(parts, verdict):
    assert together(parts.split(",")) == verdict


@pytest.mark.parametrize("seeds", [5, 10, 30])
def test_over_data_a_known_difference_between_parts_is_mixed_and_none_is_rarely_called_one(seeds):
    random, found = np.random.RandomState(seeds), {"equal": [], "opposite": []}
    for _ in range(500):
        for name, means in (("equal", (3, 3, 3)), ("opposite", (3, -3, 3))):
            intervals = [mean_interval((mean + random.normal(size=seeds)).tolist()) for mean in means]
            found[name].append(together([decide(interval, {"above": 0}, 0) for interval in intervals]))
    assert "mixed" not in found["equal"] and "supported" not in found["opposite"]
    assert seeds == 5 or found["opposite"].count("mixed") > 450


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        ({"tasks": ["nowhere"]}, "measure.tasks: no task nowhere; the source has binary, softmax"),
        ({"of": "beauty"}, "measure.of: no quantity beauty at stop; there are validation_loss"),
        ({"lambdas": [0.0, 2.0]}, "measure: orders and lambdas: give one contrast"),
        ({"tasks": ["softmax"]}, "measure.orders: task softmax has one order"),
        ({"orders": None, "lambdas": [0.0, 2.0]}, "measure: task binary has no lambda 2"),
        ({"orders": None, "falls": True}, "measure.falls: task binary has one lambda"),
        ({"at": "end"}, "measure.at: the runs of task binary stop early"),
        ({"over": "data"}, "measure.tasks: name several tasks with over: data"),
        ({"over": "images", "of": "stop_epoch"}, "measure.over: images can be varied for validation_loss and validation_accuracy alone"),
        ({"orders": None, "epochs": [3, 50]}, "measure.epochs: task binary has 50 epochs, counted from 0"),
        ({"orders": None, "epochs": [3, 4], "of": "spikes"}, "measure.of: of epochs validation_loss, validation_accuracy"),
        ({"orders": None, "epochs": [3, 4], "over": "images"}, "measure.over: with epochs seeds or data are varied"),
        ({"orders": None, "tasks": ["softmax"], "falls": True, "over": "images"}, "measure.over: with falls seeds or data"),
        ({"orders": None, "tasks": ["softmax"], "falls": True, "at": "equal_steps"}, "measure.at: what falls is measured at stop"),
        ({"at": "minimum"}, "measure.at: at a minimum give falls or lambdas, and of separable no contrast"),
        ({"at": "minimum", "orders": None}, "measure.at: at a minimum give falls or lambdas"),
        ({"at": "minimum", "of": "separable"}, "measure.at: at a minimum give falls or lambdas"),
        ({"orders": None, "against": OTHER, "over": "images"}, "measure.against: image by image validation_loss is compared"),
        ({"orders": None, "against": ALIKE, "over": "images", "tasks": ["softmax"]}, "validation_loss of the same images"),
        ({"orders": None, "against": OTHER, "lambda": 2.0, "tasks": ["softmax"]}, "measure: task binary has no lambda 2"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_claim_is_named_before_anything_runs(measure, says):
    said = refusal(claims_of, [entry(**measure)], SOURCE.tasks, "claims.yaml")
    assert said.startswith("claims.yaml: mine: ") and says in said
    assert "stands there twice" in refusal(claims_of, [entry(), entry()], SOURCE.tasks, "claims.yaml")


def test_every_quantity_that_may_be_claimed_can_be_measured_and_the_other_way_round():
    measured = {*ON_CURVE, *OF_WEIGHTS}
    assert measured <= set(QUANTITIES["stop"]) <= {*measured, *summary(), "gap"}
