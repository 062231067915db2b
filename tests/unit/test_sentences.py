"""Each sentence on both sides of its finding: what it says where it is true, and that it is silent where it is not."""

import pytest

from onelayer import comparisons, sentences
from onelayer.findings import curve_findings
from tests.unit.helpers import evaluations, summary

TASK = {
    "name": "t",
    "model": "softmax",
    "lambdas": ["0"],
    "shuffle": [True],
    "seeds": [0],
    "batch_size": 8,
    "max_epochs": 50,
}


def shown(losses=(0.9, 0.7, 0.6), train=None, validation=None, **changes):
    return summary(**changes) | curve_findings(evaluations(losses, train, validation))


def orders(ordered=0.02, shuffled=0.01, **changes):
    return {
        "first_step": 10,
        "last_step": 40,
        "file_order": summary(shuffle=False, **changes) | {"mean_change": ordered, "largest_drop": 0.1},
        "shuffled": summary(steps=60, stop_epoch=5, validation_loss=0.7)
        | {"mean_change": shuffled, "largest_drop": 0.1},
        "shuffled_stop_epochs": [5],
        "shuffled_losses": [0.7],
    }


def swept(low=None, high=None, **changes):
    row = {
        "lambda": "0", "runs": 1, "diverged": 0, "train_loss": 0.3, "validation_accuracy": 0.9, "best_validation_accuracy": 0.91,
    }  # fmt: skip
    found = {
        "low": row | (low or {}), "high": row | {"lambda": "2", "train_loss": 1.6, "best_validation_accuracy": 0.8} | (high or {}),
        "best_lambda": "0", "best_accuracy": 0.9, "accuracy_falls": True, "norm_falls": True, "norm_ratio": 160.0, "diverged": 0,
    }  # fmt: skip
    return found | changes


# A sentence's text, a piece of it, and whether the piece is there.
CASES = [
    (sentences.overfitting(shown([0.9, 0.5, 0.7] * 1 + [0.9] * 40, train=[0.1] * 3 + [0.5] * 40)), "which is overfitting", True),
    (sentences.overfitting(shown([0.9, 0.5] + [0.9] * 40, train=[0.9] * 42)), "which is overfitting", False),
    (sentences.overfitting(shown([0.9, 0.5] + [0.9] * 40, train=[0.9] * 42)), "this is no overfitting", True),
    (sentences.overfitting(shown([0.9, 0.8, 0.7])), "does not overfit", True),
    (sentences.overfitting(shown([0.9])), "cannot be said", True),
    (sentences.overfitting(shown([0.9, 0.5] + [0.9] * 40, diverged=True)), "loss", False),
    (sentences.parting(shown([3, 2, 1], [0.6] * 3, [0.5] * 3)), "From step 0 on", True),
    (sentences.parting(shown([3, 2, 1], [0.4] * 3, [0.5] * 3)), "10.00 percentage points below", True),
    (sentences.parting(shown([3], [0.6], [0.5])), "At the one evaluation", True),
    (sentences.parting(shown(diverged=True)), "accuracy", False),
    (sentences.stopping(TASK, shown()), "stopped early, in epoch 7", True),
    (sentences.stopping(TASK, shown(stopped_early=False)), "did not stop early: all 50 epochs", True),
    (sentences.stopping(TASK, shown([0.9, 0.7, 0.8])), "1 evaluation before the last", True),
    (sentences.result(TASK, shown(diverged=True)), "the run diverged", True),
    (sentences.result(TASK, shown()), "diverged", False),
    (sentences.result(TASK, shown()), "test images", False),
    (sentences.result(TASK, shown(test_accuracy=0.5, best_test_accuracy=0.6, test_images=9)), "On the 9 test images", True),
    (comparisons.orders(TASK, orders()), "pulls the weights the same way", True),
    (comparisons.orders(TASK, orders(shuffled=0.03)), "pulls the weights the same way", False),
    (comparisons.orders(TASK, orders(shuffled=0.03)), "does not make the curve smoother", True),
    (comparisons.orders(TASK | {"batch_size": 64}, orders()), "sequence", False),
    (comparisons.orders(TASK, orders(ordered=None)), "smoother", False),
    (comparisons.orders(TASK, orders(diverged=True)), "smoother", False),
    (comparisons.orders(TASK, orders()), "ends sooner, in epoch 5", True),
    (comparisons.orders(TASK, orders(steps=50)), "ends later", True),
    (comparisons.orders(TASK, orders(steps=60)), "Both runs have 60 steps", True),
    (comparisons.orders(TASK, orders()), "is higher by $0.1$", True),
    (comparisons.orders(TASK, orders(validation_loss=0.8)), "is lower by $0.1$", True),
    (comparisons.orders(TASK, orders() | {"shuffled_stop_epochs": [5, 9], "shuffled_losses": [0.5, 0.7]}), "below that of file order in 1 of", True),
    (comparisons.sweep(TASK, swept()), "which is underfitting", True),
    (comparisons.sweep(TASK, swept(high={"train_loss": 0.2})), "underfitting", False),
    (comparisons.sweep(TASK, swept(high={"diverged": 1})), "underfitting", False),
    (comparisons.sweep(TASK, swept()), "it is lower", True),
    (comparisons.sweep(TASK, swept(accuracy_falls=False)), "does not fall with every larger", True),
    (comparisons.sweep(TASK, swept(high={"validation_accuracy": 0.5})), "Where a run ends matters", True),
    (comparisons.sweep(TASK, swept(high={"validation_accuracy": 0.79})), "Where a run ends matters", False),
    (comparisons.norm(swept()), "falls with each larger", True),
    (comparisons.norm(swept(norm_falls=False)), "does not fall with every larger", True),
    (comparisons.norm(swept(diverged=2)), "2 runs diverged", True),
    (comparisons.weights(TASK, {"correlations": [0.5, 0.9], "lambdas": ["0", "2"]}, False), "makes the images smoother. Without", True),
    (comparisons.weights(TASK, {"correlations": [0.991, 0.994], "lambdas": ["0", "2"]}, False), "hardly changes", True),
    (comparisons.weights(TASK, {"correlations": [0.9, 0.5], "lambdas": ["0", "2"]}, False), "does not make the images smoother", True),
    (comparisons.weights(TASK, {"correlations": [None, 0.5], "lambdas": ["0", "2"]}, False), "correlation", False),
    (comparisons.weights(TASK, {"correlations": [0.5, 0.9], "lambdas": ["0", "2"]}, True), "smoother", False),
    (sentences.divergence({"diverged": ["x"], "runs": 3}), "1 of its 3 runs diverged", True),
    (sentences.divergence({"diverged": [], "runs": 3}), "diverged", False),
    (sentences.interval({"low": -0.02, "high": 0.03, "runs": 30}), "$-0.02$ to $0.03$ (30)", True),
    (sentences.interval({"low": 1.0, "high": 1.0, "runs": 1}), r"\textemdash{}", True),
    (sentences.claims_in_short([{"verdict": "supported"}, {"verdict": "contradicted"}, {"verdict": "not run"}]), "Of 3 claims, 2 are decided: 1 supported and 1 contradicted by the data; 0 stay undecided, and 1 need runs", True),
    (sentences.claims_in_short([{"verdict": "supported"}]), "need runs", False),
    (sentences.verdicts([{"verdict": "met"}] * 2), "All 2 published values are met.", True),
    (sentences.verdicts([{"verdict": "met"}, {"verdict": "missed"}]), "Of 2 published values 1 are met and 1 are missed.", True),
    (sentences.verdicts([{"verdict": "does not apply"}]), "1 do not apply", True),
]  # fmt: skip


@pytest.mark.parametrize(("text", "piece", "there"), CASES)
def test_a_sentence_is_there_only_with_its_finding(text, piece, there):
    assert (piece in text) is there, text
    assert "nan" not in text and "None" not in text
