"""Rules of early stopping: one file each, found by its name.

A rule is a file of this folder with a class `Stop`, made with the other keys of `early_stop` in the configuration, and with the
methods below. Without a rule a run ends after all its epochs; its best evaluation is that of the lowest validation loss.
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from onelayer.io.errors import InputError


class Rule(Protocol):
    """What decides when a run ends."""

    watches: str  # "validation_loss" or "validation_error"; the lower, the better
    ends_when: str  # for the report: a part of a sentence after "Training ends early", plain text

    def see(self, step: int, value: float) -> bool:
        """Take in an evaluation after a step; whether it is the best so far."""

    def may_end(self, step: int, waiting: int) -> bool:
        """Whether the run could end after a step if the last `waiting` evaluations have not been seen yet."""

    def ends(self, step: int) -> bool:
        """Whether the run ends after a step, when all evaluations have been seen."""


class Lowest:
    """What the rules share: the lowest value so far."""

    best = np.inf

    def see(self, step: int, value: float) -> bool:
        """Take in an evaluation after a step; whether it is the best so far."""
        improved = value < self.best
        self.best = min(self.best, value)
        return improved


class Never(Lowest):
    """No early stop."""

    watches, ends_when = "validation_loss", "never"

    def may_end(self, step: int, waiting: int) -> bool:
        return False

    def ends(self, step: int) -> bool:
        return False


def rule_of(early_stop: Mapping[str, Any] | None) -> Rule:
    """The rule that a configuration asks for.

    Raises InputError: it is unknown, or does not take these keys.
    """
    if early_stop is None:
        return Never()
    name, own = early_stop["rule"], {key: value for key, value in early_stop.items() if key != "rule"}
    if name not in rule_names():
        raise InputError(f"no rule {name!r}; the rules are {', '.join(rule_names())}")
    try:
        rule: Rule = import_module(f"onelayer.stopping.{name}").Stop(**own)
    except TypeError as error:
        raise InputError(f"the rule {name}: {str(error).replace('Stop.__init__() ', '')}") from error
    return rule


def rule_names() -> list[str]:
    """Names of all rules."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")
