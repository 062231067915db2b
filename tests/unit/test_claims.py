"""The ledger: each claim is supported by tables that keep its rule, and its verdict turns with a doctored table."""

import math

import numpy as np
import pandas as pd
import pytest

from onelayer.claims.ledger import COLUMNS, decide, ledger
from onelayer.claims.measures import MEASURES, Measured, Tables
from onelayer.config import check_schema, read_yaml
from onelayer.errors import InputError
from onelayer.statistics import wilson
from tests.conftest import ROOT

DOCUMENT = read_yaml(ROOT / "config/claims.yaml")
CLAIMS = {claim["id"]: claim for claim in DOCUMENT["claims"]}
PUBLISHED = read_yaml(ROOT / "config/published.yaml")["values"]
LAMBDAS = (0.0, 0.002, 0.02, 0.2, 2.0)


def tables(wrong=""):
    """Tables in which every claim holds, but for the one that is `wrong`."""
    random = np.random.RandomState(0)

    def sign(claim):
        return -1 if claim == wrong else 1

    metrics, curves = [], []

    def add(task, lam, shuffle, seed, curve=(), **values):
        own = {
            "task": task, "lambda": lam, "shuffle": shuffle, "seed": seed, "validation_loss": 0.3, "train_accuracy": 0.93,
            "validation_accuracy": 0.92, "best_validation_accuracy": 0.92, "best_test_accuracy": 0.92, "weight_norm_squared": 5.0,
            "neighbour_correlation": 0.5, "validation_images": 10_000, "train_images": 20_000,
        }  # fmt: skip
        metrics.append(own | values)
        step = np.arange(40) * 100
        columns = {"validation_loss": np.linspace(0.9, 0.3, 40), "validation_accuracy": np.full(40, 0.9)}
        columns["train_accuracy"] = np.where(step < 2500, 0.89, 0.91)
        for name, value in dict(curve).items():
            columns[name] = np.broadcast_to(value, 40)
        curves.append(
            pd.DataFrame({"task": task, "lambda": lam, "shuffle": shuffle, "seed": seed, "step": step, **columns})
        )

    def saw(size):
        return np.resize([0.0, size], 40)

    for task, claim, losses in (
        ("binary", "shuffling_generalises_at_the_stop", 0.5), ("binary_equal", "shuffling_generalises_at_equal_length", 0.5),
        ("binary_second", "replicates_on_the_second_part", -0.5), ("binary_third", "replicates_on_the_third_part", -0.5),
    ):  # fmt: skip
        add(
            task,
            0.0,
            False,
            0,
            {"validation_accuracy": 0.9 + saw(0.05), "validation_loss": 0.5 + saw(0.05)},
            validation_loss=1.0,
        )
        for seed in range(5):
            noise = random.normal(0, 0.001)
            curve = {
                "validation_accuracy": 0.9 + saw(0.05 - 0.03 * sign("shuffling_removes_spikes") + noise),
                "validation_loss": 0.5 + saw(0.05 - 0.03 * sign("shuffling_smooths_the_loss") + noise),
            }
            add(task, 0.0, True, seed, curve, validation_loss=1 - losses * sign(claim) + noise)
    for seed in range(5):
        for place, lam in enumerate(LAMBDAS):
            noise, strong = random.normal(0, 1e-4), lam == 2.0
            curve = {
                "validation_accuracy": 0.9
                + saw(0.001 + (0.1 if sign("fluctuates_wildly") > 0 else 0.0) * strong + noise)
            }
            if lam == 0:
                curve = {}
                if wrong == "accuracies_part":
                    curve["train_accuracy"] = np.full(40, 0.95)
                if wrong == "not_yet_overfitted":
                    curve["validation_loss"] = np.abs(np.linspace(-0.5, 0.4, 40)) + 0.3
            accuracy = 0.92 - 0.01 * place * sign("accuracy_degrades_after_training") + noise
            add(
                "softmax", lam, True, seed, curve, validation_accuracy=accuracy,
                train_accuracy=accuracy + (0.02 - 0.015 * strong * sign("penalty_prevents_overfitting")),
                weight_norm_squared=20 - 4 * place * sign("norm_falls") + noise,
                neighbour_correlation=0.5 + 0.3 * strong * sign("less_noisy_weights") + noise,
                best_validation_accuracy=0.92 + 0.002 * sign("stopping_on_the_test_file") + noise,
            )  # fmt: skip
        add("softmax_held_out", 0.0, True, seed)
        longer = (
            np.abs(np.linspace(-0.5, 0.4, 40)) + 0.3 if wrong != "would_overfit_later" else np.linspace(0.9, 0.3, 40)
        )
        reached = 0.995 if wrong != "training_accuracy_approaches_one" else 0.95
        add(
            "softmax_long",
            0.0,
            True,
            seed,
            {"validation_loss": longer},
            train_accuracy=reached + random.normal(0, 1e-4),
        )
    add("linear_all", 0.0, True, 0, validation_accuracy=0.88 if wrong != "one_layer_network_of_1998" else 0.8)
    add("softmax_all", 0.0, True, 0, validation_accuracy=0.92 if wrong != "softmax_beats_one_layer_network" else 0.8)

    errors = {
        ("binary", 0.0): "gradient_logistic",
        ("softmax", 0.0): "gradient_softmax",
        ("softmax", 1.0): "gradient_penalty",
    }
    gradients = [
        {"task": task, "lambda": lam, "largest_relative_error": 1e-8 if claim != wrong else 1e-3}
        for (task, lam), claim in errors.items()
    ]
    places = {
        (claim["measure"]["place"], claim["measure"]["quantity"]): name
        for name, claim in CLAIMS.items() if claim["measure"]["name"] == "published_difference"
    }  # fmt: skip
    published = [
        value
        | {
            "verdict": "met",
            "difference": 0.0 if places.get((value["place"], value["quantity"])) != wrong or not wrong else 5.0,
        }
        for value in PUBLISHED
    ]
    degrade = sign("accuracy_degrades_at_the_optimum")
    optimum = [
        {
            "task": "softmax", "lambda": lam, "validation_accuracy": 0.9 - 0.05 * degrade * (lam > 0),
            "train_accuracy": 0.92 - 0.1 * sign("learns_only_major_differences") * (lam == 2.0),
        }
        for lam in LAMBDAS
    ]  # fmt: skip
    return Tables(
        *map(pd.DataFrame, (metrics,)), pd.concat(curves), *map(pd.DataFrame, (gradients, published, optimum))
    )


def test_the_claims_fit_their_schema_and_have_names_of_their_own():
    check_schema(DOCUMENT, read_yaml(ROOT / "workflow/schemas/claims.schema.yaml"), "claims")
    assert len(CLAIMS) == len(DOCUMENT["claims"])
    assert {claim["measure"]["name"] for claim in CLAIMS.values()} == set(MEASURES)


def test_tables_that_keep_every_rule_support_every_claim_but_a_contradiction():
    """Half of the squares has the slope w, whatever the runs."""
    verdicts = {row["id"]: row["verdict"] for row in ledger(DOCUMENT["claims"], tables())}
    assert {name for name, verdict in verdicts.items() if verdict != "supported"} == {"half_of_the_squares"}
    assert verdicts["half_of_the_squares"] == "contradicted"


@pytest.mark.parametrize("claim", [name for name in CLAIMS if name != "half_of_the_squares"])
def test_a_doctored_table_turns_the_verdict_of_its_claim_alone(claim):
    rows = {row["id"]: row for row in ledger(DOCUMENT["claims"], tables(wrong=claim))}
    assert rows[claim]["verdict"] == "contradicted", rows[claim]
    assert {name for name, row in rows.items() if row["verdict"] != "supported"} == {claim, "half_of_the_squares"}


def test_the_slope_of_the_penalty_is_measured_and_not_believed(monkeypatch):
    monkeypatch.setitem(measures_factor(), "half_sum", 1.0)
    rows = {row["id"]: row for row in ledger(DOCUMENT["claims"], tables())}
    assert rows["half_of_the_squares"]["verdict"] == "supported"


def measures_factor():
    from onelayer.claims import measures

    return measures.PENALTY_FACTOR


@pytest.mark.parametrize(
    ("measured", "rule", "verdict"),
    [
        (Measured(1, 0.5, 1.5, 9), {"above": 0}, "supported"),
        (Measured(1, -0.5, 2.5, 9), {"above": 0}, "undecided"),
        (Measured(-1, -1.5, -0.5, 9), {"above": 0}, "contradicted"),
        (Measured(0, 0, 0, 9), {"above": 0}, "contradicted"),
        (Measured(0, 0, 0, 9), {"below": 0}, "contradicted"),
        (Measured(5, 4, 6, 9), {"from": 4, "to": 6}, "supported"),
        (Measured(5, 3, 6, 9), {"from": 4, "to": 6}, "undecided"),
        (Measured(9, 8, 10, 9), {"from": 4, "to": 6}, "contradicted"),
        (Measured(1, None, None, 1), {"above": 0}, "undecided"),
        (Measured(math.nan, math.nan, math.nan, 3), {"above": 0}, "undecided"),
    ],
)
def test_the_whole_interval_decides(measured, rule, verdict):
    assert decide(measured, rule) == verdict


def test_what_was_not_run_says_so_and_one_run_decides_nothing():
    found = tables()
    alone = found._replace(
        metrics=found.metrics[(found.metrics["task"] == "softmax") & (found.metrics["seed"] == 0)], optimum=None
    )
    rows = {row["id"]: row for row in ledger(DOCUMENT["claims"], alone)}
    assert rows["shuffling_removes_spikes"]["verdict"] == "not run"
    assert (
        rows["accuracy_degrades_at_the_optimum"]["reason"]
        == "This configuration has no optimum (it is found with the evidence)."
    )
    assert (
        rows["norm_falls"]["verdict"] == "undecided" and "in one run, which cannot tell" in rows["norm_falls"]["reason"]
    )
    assert list(rows["norm_falls"]) == COLUMNS


def test_an_accuracy_is_counted_on_its_own_images_at_the_smallest_lambda():
    rows = [
        {"task": "t", "lambda": lam, "validation_accuracy": right / 50, "train_accuracy": right / 100,
         "validation_images": 50, "train_images": 100}
        for lam, right in ((2.0, 10), (0.1, 40))
    ]  # fmt: skip
    optimum = [{"task": "t", "lambda": lam, "train_accuracy": 0.5} for lam in (0.1, 2.0)]
    found = tables()._replace(metrics=pd.DataFrame(rows), optimum=pd.DataFrame(optimum))
    assert MEASURES["mean_of_one"](found, "t", "train_accuracy")[:3] == pytest.approx(wilson(40, 100)[:3])
    assert MEASURES["mean_of_one"](found, "t", "error")[:3] == pytest.approx(wilson(10, 50)[:3])
    difference = MEASURES["optimum_difference"](found, "t", "train_accuracy", 0.1, 2.0)
    assert difference.high == pytest.approx(1.96 * np.sqrt(2 * 0.25 / 100), rel=1e-4)


def test_an_unknown_measure_is_named():
    with pytest.raises(InputError, match="norm_falls: unknown measure; known: gradient_error"):
        ledger([CLAIMS["norm_falls"] | {"measure": {"name": "guess"}}], tables())
