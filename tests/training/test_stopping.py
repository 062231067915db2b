"""Rules of early stopping, decided by hand-written losses and errors; tests/experiment has what is no rule."""

import math

import pytest

from onelayer.stopping import rule_of

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


@pytest.mark.parametrize(("early_stop", "watched", "best", "end"), DECISIONS)
def test_a_rule_ends_a_run_where_it_says_and_knows_the_best_so_far(early_stop, watched, best, end):
    rule, found = rule_of(early_stop), []
    for step, value in enumerate(watched):
        if value is not None:
            found += [step] * rule.see(step, value)
        if rule.ends(step):
            break
    assert (found, step if rule.ends(step) else None) == (best, end)
