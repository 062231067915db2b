"""What is not the same in two folders, one entry a difference. Times, the machine and paths are none."""

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from onelayer.compare.folders import KEY_COLUMNS, Folder, RunKey, data_of
from onelayer.compare.images import Tested
from onelayer.shown import as_number, as_text

# Sums are rounded in another order on another processor (results/README.md): relative differences up to this are none.
ROUNDING = 1e-9
COLUMNS = ["kind", *KEY_COLUMNS, "key", "a", "b", "difference", "p", "p_holm"]
# Columns of metrics.csv that say which run it is, or that the configuration says already.
SETTINGS = (*KEY_COLUMNS, "dataset", "model", "classes", "learning_rate")


class Difference(NamedTuple):
    """One difference, in text with all digits.

    Attributes
    ----------
    kind : str
        configuration, data, version, code, run, metric, mcnemar, claim, published or curve.
    key : str
    a, b : str, or None where this folder has nothing of the kind
    difference : str
        b - a of numbers; of lists, which items one alone has.
    run : RunKey, or None
    p, p_holm : str
        Of McNemar's test.
    """

    kind: str
    key: str
    a: str | None
    b: str | None
    difference: str = ""
    run: RunKey | None = None
    p: str = ""
    p_holm: str = ""

    @property
    def row(self) -> list[str]:
        """Its row of the CSV table, in the order of COLUMNS."""
        run = [""] * 4
        if self.run:
            run = [self.run.task, repr(self.run.lam), as_text(self.run.shuffle), str(self.run.seed)]
        return [self.kind, *run, self.key, self.a or "", self.b or "", self.difference, self.p, self.p_holm]


def differences_of(a: Folder, b: Folder, tested: list[Tested]) -> list[Difference]:
    """All differences, by kind; `tested` are those of onelayer.compare.images.paired_tests."""
    return [
        *_settings("configuration", configuration_of(a), configuration_of(b)),
        *_settings("data", data_of(a), data_of(b)),
        *_settings("version", a.provenance["versions"], b.provenance["versions"]),
        *_settings("code", a.provenance["project"], b.provenance["project"]),
        *_runs(a, b),
        *_metrics(a, b),
        *_mcnemar(tested),
        *_claims(a, b),
        *_published(a, b),
        *_curves(a, b),
    ]


def paired(a: Folder, b: Folder) -> list[RunKey]:
    """The runs that both folders have, in A's order."""
    return [key for key in a.runs if key in b.runs]


def configuration_of(folder: Folder) -> dict[str, Any]:
    """The configuration by dotted keys, without the tasks that are left out; lambdas are numbers."""
    configuration = folder.provenance["configuration"]
    tasks = {name: configuration["tasks"][name] | {"lambdas": _numbers(task)} for name, task in folder.tasks.items()}
    return _flat(configuration | {"tasks": tasks})


def _numbers(task: Mapping[str, Any]) -> list[float]:
    return [float(lam) for lam in task["lambdas"]]


def _flat(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in document.items():
        found |= _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": value}
    return found


def _settings(kind: str, a: Mapping[str, Any], b: Mapping[str, Any]) -> Iterator[Difference]:
    for key in dict.fromkeys([*a, *b]):
        if key not in a or key not in b or a[key] != b[key]:
            one, other = (as_text(side[key]) if key in side else None for side in (a, b))
            both_lists = isinstance(a.get(key), list) and isinstance(b.get(key), list)
            yield Difference(kind, key, one, other, _changed(a[key], b[key]) if both_lists else "")


def _changed(a: list[Any], b: list[Any]) -> str:
    """Which items just one of two lists has."""
    sides = {"A": [item for item in a if item not in b], "B": [item for item in b if item not in a]}
    return "; ".join(f"only {side}: {as_text(items)}" for side, items in sides.items() if items) or "another order"


def _runs(a: Folder, b: Folder) -> Iterator[Difference]:
    """Runs that one folder alone has, with their validation accuracy."""
    for key in dict.fromkeys([*a.runs, *b.runs]):
        if key not in a.runs or key not in b.runs:
            one, other = (side.metrics[key]["validation_accuracy"] if key in side.metrics else None for side in (a, b))
            yield Difference("run", "validation_accuracy", one, other, run=key)


def _metrics(a: Folder, b: Folder) -> Iterator[Difference]:
    for key in paired(a, b):
        one, other = a.metrics[key], b.metrics[key]
        for column in dict.fromkeys([*one, *other]):
            if column not in SETTINGS and not _same(one.get(column, ""), other.get(column, "")):
                yield _numeric("metric", column, one.get(column), other.get(column), key)


def _mcnemar(tested: list[Tested]) -> Iterator[Difference]:
    for test in tested:
        if test.differ:
            yield Difference(
                "mcnemar",
                "images that this folder alone gets right",
                str(test.only_a),
                str(test.only_b),
                str(test.only_b - test.only_a),
                test.run,
                repr(test.p),
                repr(test.p_holm),
            )


def _claims(a: Folder, b: Folder) -> Iterator[Difference]:
    for key in dict.fromkeys([*a.claims, *b.claims]):
        one, other = (side.claims[key]["verdict"] if key in side.claims else None for side in (a, b))
        if one != other:
            yield Difference("claim", key, one, other)


def _published(a: Folder, b: Folder) -> Iterator[Difference]:
    for key in dict.fromkeys([*a.published, *b.published]):
        one, other = (side.published[key]["verdict"] if key in side.published else None for side in (a, b))
        if one != other:
            place, quantity, run = key
            yield Difference("published", f"{place}: {quantity}", one, other, run=run)


def _curves(a: Folder, b: Folder) -> Iterator[Difference]:
    """The first evaluation, of those at the same steps, at which a curve of one folder leaves that of the other."""
    for key in paired(a, b):
        steps = a.curves[key].index.intersection(b.curves[key].index)
        one, other = a.curves[key].loc[steps], b.curves[key].loc[steps]
        for column in one:
            apart = ~np.isclose(one[column], other[column], rtol=ROUNDING, atol=0, equal_nan=True)
            if apart.any():
                place = int(apart.argmax())
                first, second = (repr(float(side[column].iloc[place])) for side in (one, other))
                yield _numeric("curve", f"{column} from step {steps[place]}", first, second, key)


def _numeric(kind: str, key: str, a: str | None, b: str | None, run: RunKey) -> Difference:
    """A difference of two numbers; of anything else only that it is one."""
    one, other = as_number(a or ""), as_number(b or "")
    between = "" if one is None or other is None else repr(other - one)
    return Difference(kind, key, a, b, between, run)


def _same(a: str, b: str) -> bool:
    one, other = as_number(a or ""), as_number(b or "")
    if one is None or other is None:
        return a == b
    return a == b or math.isclose(one, other, rel_tol=ROUNDING)
