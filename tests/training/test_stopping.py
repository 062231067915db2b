"""Growing patience, decided by hand-written errors; other rules are held to the textbook loop, bad ones stand in tests/experiment."""

import pytest

from onelayer.stopping import rule_of

GROWING = {"rule": "growing_patience", "steps": 6, "growth": 3, "threshold": 0.9}
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
    rule, found, step = rule_of(GROWING), [], -1
    while not rule.ends(step):
        step += 1
        found += [step] * (step in errors and rule.see(step, errors[step]))
    assert (found, step) == (best, end)
