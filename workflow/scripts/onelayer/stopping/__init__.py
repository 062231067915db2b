"""Rules of early stopping: one file each, found by its name.

A rule is a file of this folder with a class `Stop`, a `Rule` that is made with the other keys of `early_stop` in the configuration.
Without one a run ends after all its epochs; its best evaluation is that of the lowest validation loss.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.io.errors import InputError


class Rule:
    """What decides when a run ends, and which evaluation is its best. This one never ends a run."""

    watches = "validation_loss"  # or "validation_error"; the lower, the better
    ends_when = "never"  # for the report: a part of a sentence after "Training ends early", plain text
    best = np.inf  # the lowest value so far

    def see(self, step: int, value: float) -> bool:
        """Take in an evaluation after a step; whether it is the best so far."""
        improved = value < self.best
        self.best = min(self.best, value)
        return improved

    def may_end(self, step: int, waiting: int) -> bool:
        """Whether the run could end after a step if the last `waiting` evaluations have not been seen yet."""
        return self.ends(step)

    def ends(self, step: int) -> bool:
        """Whether the run ends after a step, when all evaluations have been seen."""
        return False


def rule_of(early_stop: Mapping[str, Any] | None) -> Rule:
    """The rule that a configuration asks for.

    Raises InputError: it is unknown, or does not take these keys.
    """
    if early_stop is None:
        return Rule()
    own = dict(early_stop)
    name, names = own.pop("rule"), sorted(path.stem for path in Path(__file__).parent.glob("[!_]*.py"))
    if name not in names:
        raise InputError(f"no rule {name!r}; the rules are {', '.join(names)}")
    stop: type[Rule] = import_module(f"onelayer.stopping.{name}").Stop
    try:
        return stop(**own)
    except TypeError as error:
        raise InputError(f"the rule {name}: {error}") from error
