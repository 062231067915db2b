"""Rules of early stopping, decided by hand-written losses and errors, and what is no rule."""

import math

import pytest

from onelayer.stopping import rule_of
from tests.helpers import refusal

PATIENCE = {"rule": "patience", "evaluations": 2}
GROWING = {"rule": "growing_patience", "steps": 6, "growth": 3, "threshold": 0.9}
# A rule, what it watches after each step (None: no evaluation), which of these are the best so far, and the step that ends it.
DECISIONS = [
    (PATIENCE, [3.0, 2.0, 2.0, 2.0, 1.0], [0, 1], 3),  # equal is no improvement
    (PATIENCE, [3.0, 4.0, 2.0, 5.0, 1.9, 2.5], [0, 2, 4], None),  # in a row
    (PATIENCE, [3.0, None, 4.0, None, None, 4.0], [0], 5),  # evaluations, not steps
    (PATIENCE, [math.inf, 4.0, 5.0, 4.5], [1], 3),
    (PATIENCE | {"evaluations": 1}, [3.0, 3.0], [0], 1),
    (GROWING, [0.5, *[None] * 9], [0], 6),  # the first is a fall, but 3 x 0 is below 6
    (GROWING, [0.5, None, None, 0.44, *[None] * 9], [0, 3], 9),  # fell below 0.45: until 3 x 3
    (GROWING, [0.5, None, None, 0.45, *[None] * 9], [0, 3], 6),  # better, and best, but not by the threshold
    (GROWING, [0.5, None, 0.46, 0.42, *[None] * 9], [0, 2, 3], 6),  # the threshold is of the lowest so far, here 0.46
    (GROWING, [0.5, None, None, 0.4, 0.3, 0.31, *[None] * 9], [0, 3, 4], 12),
    (GROWING, [0.5, 0.2, *[None] * 9], [0, 1], 6),  # never shorter than at first
    (GROWING, [0.5, None, None, None, 0.5, *[None] * 9], [0], 6),
    (GROWING | {"steps": 1}, [0.5, 0.1], [0, 1], None),  # the evaluation after the step that would end it counts
    (None, [3.0, 4.0, 4.0, 4.0, 2.0, 5.0], [0, 4], None),
]
REFUSED = [
    ({"rule": "__init__"}, "no rule '__init__'; the rules are growing_patience, patience"),
    ({"rule": "patience"}, "the rule patience: Stop.__init__() missing 1 required positional argument: 'evaluations'"),
    (PATIENCE | {"steps": 3}, "the rule patience: Stop.__init__() got an unexpected keyword argument 'steps'"),
    *((PATIENCE | {"evaluations": own}, f"evaluations = {own}: give an integer of at least 1") for own in (0, True, 5.0)),
    *((GROWING | {key: 0}, f"{key} = 0: give a number above 0") for key in ("steps", "growth", "threshold")),
    (GROWING | {"growth": math.nan}, "growth = nan: give a number above 0"),
]  # fmt: skip


@pytest.mark.parametrize(("early_stop", "watched", "best", "end"), DECISIONS)
def test_a_rule_ends_a_run_where_it_says_whatever_waits_and_knows_the_best_so_far(early_stop, watched, best, end):
    """The engine evaluates what waits only where a rule may end the run, so that no end is missed."""
    rule, later, waiting, found, ended = rule_of(early_stop), rule_of(early_stop), [], [], None
    for step, value in enumerate(watched):
        if value is not None:
            waiting.append((step, value))
            found += [step] * rule.see(step, value)
        if later.may_end(step, len(waiting)):
            for own in waiting:
                later.see(*own)
            waiting, ended = [], step if later.ends(step) else None
        if rule.ends(step):
            break
    assert (found, step if rule.ends(step) else None) == (best, end)
    assert ended == end


def test_the_rules_say_what_they_watch_and_when_they_end():
    rules = [rule_of(own) for own in (PATIENCE, GROWING, None)]
    assert [rule.watches for rule in rules] == ["validation_loss", "validation_error", "validation_loss"]
    assert rules[0].ends_when.startswith("after 2 evaluations in a row")
    assert all(part in rules[1].ends_when for part in ("at step 6, or at 3 times", "below 0.9 times"))


@pytest.mark.parametrize(("early_stop", "says"), REFUSED)
def test_a_rule_that_does_not_exist_and_arguments_that_it_does_not_take_are_named(early_stop, says):
    assert refusal(rule_of, early_stop).startswith(says)
