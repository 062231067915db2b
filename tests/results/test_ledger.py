"""The claims of the default source and of one's own: every verdict turned by doctored runs, intervals that cover, bad entries refused."""

import copy
import math
from types import SimpleNamespace

import numpy as np
import pytest

from onelayer.experiment.claims import QUANTITIES, claims_of
from onelayer.experiment.configuration import read_configuration
from onelayer.experiment.task import Run
from onelayer.results import measures, quantities
from onelayer.results.ledger import COLUMNS, decide, grouped, ledger, together, turns_at
from onelayer.results.measures import Measured
from onelayer.results.statistics import Interval, mean_interval
from tests.conftest import ROOT
from tests.helpers import refusal

SOURCE = read_configuration(ROOT, [], {}).source
CLAIMS = {claim.id: claim for claim in SOURCE.claims}
SHAPE = (28, 28)


class Doctored:
    """Runs and minima of the source's claims, with 5 seeds a task, in which every claim holds but that named `wrong`."""

    def __init__(self, wrong=""):
        self.wrong, self.claim = wrong, None
        self.runs = {
            Run(task.name, lam, shuffle, seed): Run(task.name, lam, shuffle, seed)
            for task in SOURCE.tasks.values()
            for lam in task.lambdas
            for shuffle in task.shuffle
            for seed in (range(5) if shuffle else [0])
        }
        self.minima = {name: SimpleNamespace(rows=self.rows(task), weights={}) for name, task in SOURCE.tasks.items()}

    def rows(self, task):
        right = "0.99" if self.wrong == "training_accuracy_approaches_one" else "1.0"
        return {float(lam): {"certified": str(float(lam) > 0).lower(), "train_accuracy": right} for lam in task.lambdas}

    def value(self, claim, first, larger):
        """What the runs of a claim have: well on the side that its rule asks for, or well on the other."""
        rule, sign = claim.rule, -1 if claim.id == self.wrong else 1
        if "from" in rule:
            return (rule["from"] + rule["to"]) / 2 if sign > 0 else rule["to"] * 2 + 1
        ((word, limit),) = rule.items()
        step = sign * (1 if word == "above" else -1) * max(1.0, 50 * claim.margin)
        if claim.contrast == "falls":
            return -step * larger
        return limit + step if first else 0.0


def doctored_rows(monkeypatch, wrong):
    """The rows of the claim that is wrong, or of all, by doctored runs."""
    doctored, rows = Doctored(wrong), []
    for claim in [CLAIMS[wrong]] if wrong else SOURCE.claims:

        def of_run(run, of, *_, claim=claim):
            first = claim.contrast not in ("orders", "lambdas", "against") or (
                run.shuffle
                if claim.contrast == "orders"
                else float(run.lam) == claim.pair[0]
                if claim.contrast == "lambdas"
                else run.task == claim.tasks[0]
            )
            own = 1e-4 * math.sin(run.seed + 10 * run.shuffle + float(run.lam) + len(run.task)) * max(claim.margin, 1)
            # What two runs of a seed have in common is far more than what is compared; file order has one run.
            noise = own if claim.contrast in (None, "orders") else own + 7 * run.seed
            return doctored.value(claim, first, float(run.lam)) + noise

        def in_epoch(run, of, epoch, claim=claim):
            return doctored.value(claim, epoch == claim.pair[1], 0) + 1e-5 * math.sin(run.seed + epoch)

        def by_image(claim, pair, rebuilt):
            noise = 1e-4 * np.random.RandomState(pair.first.seed).normal(size=60) * max(claim.margin, 1e-3)
            return doctored.value(claim, True, 0) + noise

        def between(claim, task, one, other, rebuilt, shape, among=1):
            value = doctored.value(claim, True, one) - (
                doctored.value(claim, True, other) if claim.contrast == "falls" else 0
            )
            return Measured(Interval(value, value - 1e-4, value + 1e-4, 1), 10_000)

        monkeypatch.setattr(measures, "at_stop", of_run)
        monkeypatch.setattr(measures, "up_to", of_run)
        monkeypatch.setattr(measures, "in_epoch", in_epoch)
        monkeypatch.setattr(measures, "_between", between)
        monkeypatch.setattr(measures, "_by_image", by_image)
        monkeypatch.setattr(Run, "evaluations", property(lambda run: {"step": np.array([9])}), raising=False)
        rows += ledger([claim], doctored, {}, SHAPE)
    return rows


@pytest.mark.parametrize("wrong", ["", *CLAIMS])
def test_doctored_runs_turn_the_verdict_of_their_claim(monkeypatch, wrong):
    found = grouped(doctored_rows(monkeypatch, wrong))
    expected = {wrong: "contradicted"} if wrong else dict.fromkeys(CLAIMS, "supported")
    assert {row["id"]: row["verdict"] for row in found} == expected
    for row in (part for claim in found for part in claim["parts"]):
        assert list(row) == COLUMNS and "rule asks for" in row["reason"] and row["verdict"] == row["part"]


WITHIN = {"from": 4, "to": 6}
DECIDED = [
    ("supported", 0.5, 1.5, {"above": 0}, 0), ("supported", -1.5, -0.5, {"below": 0}, 0), ("supported", 4, 6, WITHIN, 0),
    ("supported", 0.5, 1.5, {"above": 0}, 1), ("undecided", 0, 1.5, {"above": 0}, 0), ("undecided", 3, 6, WITHIN, 0),
    ("undecided", -0.5, 1.5, {"above": 0}, 1), ("contradicted", -1.5, -0.5, {"above": 0}, 0), ("contradicted", 8, 10, WITHIN, 0),
    ("no difference", 0.1, 0.9, {"above": 0}, 1), ("no difference", -0.9, 0.9, {"below": 0}, 1), ("too few runs", None, None, WITHIN, 0),
]  # fmt: skip


@pytest.mark.parametrize(("verdict", "low", "high", "rule", "margin"), DECIDED)
def test_the_whole_interval_decides_and_within_the_margin_there_is_no_difference(verdict, low, high, rule, margin):
    measured = Measured(Interval(1 if low is None else (low + high) / 2, low, high, 9))
    assert decide(measured, rule, margin) == verdict
    assert decide(Measured(Interval(float("nan"), low, high, 9)), rule, margin) == "undecided"
    for turned in (
        (1e-6, -1e-6) if verdict in ("supported", "contradicted") and "from" not in rule and not margin else ()
    ):
        limit = turns_at(measured, rule, verdict)
        ((word, _),) = rule.items()
        held = (word == "above") == (verdict == "supported")
        assert (decide(measured, {word: limit + turned}, 0) == verdict) == ((turned < 0) == held)


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


def test_a_claim_of_other_settings_missing_runs_few_seeds_or_no_minimum_says_so(monkeypatch):
    claims = [
        CLAIMS[name]
        for name in ("norm_falls", "shuffling_stops_sooner", "accuracy_falls_at_the_minimum", "less_noisy_weights")
    ]
    doctored = Doctored()
    for run in [
        run for run in doctored.runs if run.task == "softmax_figure_9" or (run.task == "softmax" and run.seed > 3)
    ]:
        del doctored.runs[run]
    doctored.minima["softmax_figure_8"].rows[0.002]["certified"] = "false"
    monkeypatch.setattr(measures, "at_stop", lambda run, *_: float(run.seed))
    monkeypatch.setattr(measures, "up_to", lambda run, *_: run.seed * float(run.lam))
    monkeypatch.setattr(Run, "evaluations", property(lambda run: {"step": np.array([9])}), raising=False)
    monkeypatch.setattr(measures, "predictions_of", None)
    differing = {"binary": ["dataset", "train"], "softmax_second": ["train"], "softmax_third": ["train"]}
    found = {row["id"]: row for row in ledger(claims, doctored, differing, SHAPE)[:3]} | {
        "last": ledger(claims, doctored, differing, SHAPE)[-1]
    }
    assert (
        found["norm_falls"]["verdict"] == "not run"
        and "no several lambdas above 0 in task softmax_figure_9" in found["norm_falls"]["reason"]
    )
    assert found["shuffling_stops_sooner"]["reason"] == "Task binary differs from the source's in dataset, train."
    assert "no minimum that is certified" in found["accuracy_falls_at_the_minimum"]["reason"]
    assert found["last"]["verdict"] == "too few runs" and "of 4 runs: too few" in found["last"]["reason"]


@pytest.mark.parametrize("seeds", [5, 10, 30])
def test_over_data_a_known_difference_between_parts_is_mixed_and_none_is_rarely_called_one(seeds):
    random, rule = np.random.RandomState(seeds), {"above": 0}
    found = {"equal": [], "opposite": []}
    for _ in range(500):
        for name, means in (("equal", (3, 3, 3)), ("opposite", (3, -3, 3))):
            parts = [
                decide(Measured(mean_interval((mean + random.normal(size=seeds)).tolist())), rule, 0) for mean in means
            ]
            found[name].append(together(parts))
    assert "mixed" not in found["equal"] and "supported" not in found["opposite"]
    assert seeds == 5 or found["opposite"].count("mixed") > 450


def entry(measure=None, **changes):
    own = {"of": "validation_loss", "tasks": ["binary"], "at": "stop", "over": "seeds", "orders": True}
    own = {key: value for key, value in (own | (measure or {})).items() if value is not None}
    texts = {
        "id": "mine",
        "origin": "own",
        "place": "here",
        "claim": "It is so.",
        "quantity": "It",
        "rule": {"below": 0},
        "why": "So.",
    }
    return texts | {"measure": own} | changes


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
        (
            {"over": "images", "of": "stop_epoch"},
            "measure.over: images can be varied for validation_loss and validation_accuracy alone",
        ),
        ({"orders": None, "epochs": [3, 50]}, "measure.epochs: task binary has 50 epochs, counted from 0"),
        (
            {"orders": None, "epochs": [3, 4], "of": "spikes"},
            "measure.of: of epochs validation_loss, validation_accuracy",
        ),
    ],
)
def test_what_is_wrong_with_a_claim_is_named_before_anything_runs(measure, says):
    said = refusal(claims_of, [entry(measure)], SOURCE.tasks, "claims.yaml")
    assert said.startswith("claims.yaml: mine: ") and says in said
    assert "stands there twice" in refusal(claims_of, [entry(), copy.deepcopy(entry())], SOURCE.tasks, "claims.yaml")


def test_every_quantity_can_be_measured_and_every_claim_of_the_source_says_what_it_varies():
    known = {*quantities.ON_CURVE, *quantities.OF_STEPS, *quantities.OF_WEIGHTS}
    assert (
        known <= set(QUANTITIES["stop"])
        and set(CLAIMS)
        and all(claim.over in ("seeds", "images", "data") for claim in SOURCE.claims)
    )
    assert {claim.origin for claim in SOURCE.claims} == {"source", "own"}
