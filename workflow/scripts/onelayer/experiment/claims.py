"""Claims: what is said of the runs of a source, and the measure and the rule that decide it; checked before anything runs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onelayer.experiment.task import Task
from onelayer.io.errors import InputError

CONTRASTS = ("orders", "lambdas", "falls", "against", "epochs")
VERDICTS = (
    "supported",
    "contradicted",
    "mixed",
    "no difference",
    "undecided",
    "too few runs",
    "does not apply",
    "not run",
)
OF_IMAGES = ("validation_loss", "validation_accuracy")  # means over images, so that images can be varied
ON_CURVES = (
    "change_of_accuracy",
    "change_of_loss",
    "spikes",
    "parting_step",
    "rise_of_loss",
    "hard_batch_share",
    "hard_batch_rank",
)
AT_STEPS = (*OF_IMAGES, "train_accuracy", "gap")
OF_WEIGHTS = ("weight_norm_squared", "neighbour_correlation")
AT_STOPS = (
    *AT_STEPS,
    *OF_WEIGHTS,
    "stop_epoch",
    "train_loss",
    "best_validation_accuracy",
    "best_test_accuracy",
    "test_accuracy",
)
# What can be measured, by when.
QUANTITIES = {
    "stop": (*AT_STOPS, *ON_CURVES),
    "end": (*AT_STOPS, *ON_CURVES),
    "equal_steps": (*AT_STEPS, *OF_WEIGHTS, *ON_CURVES),
    "minimum": (*OF_IMAGES, "train_accuracy", "gap", *OF_WEIGHTS, "separable"),
}


@dataclass(frozen=True)
class Claim:
    """One claim. Its texts, rule and measure are described in workflow/schemas/claims.schema.yaml.

    Attributes
    ----------
    of : one of QUANTITIES
    contrast : one of CONTRASTS, or None
    pair : what the contrast compares: two lambdas, two epochs, or another task and its quantity
    tasks : one, or with `over` "data" one for each part of the data
    lam : of a measure without contrast of lambdas; None for the smallest
    margin : 0 if there is none
    ours : whether the limit of the rule is ours, and not published
    held : whether its tasks must have the settings of the source, because that says it
    """

    id: str
    origin: str
    place: str
    claim: str
    of: str
    contrast: str | None
    pair: tuple[Any, ...]
    tasks: tuple[str, ...]
    lam: float | None
    at: str
    over: str
    quantity: str
    unit: str
    rule: Mapping[str, float]
    margin: float
    ours: bool
    held: bool
    why: str

    @property
    def by_image(self) -> bool:
        """Whether images are varied beside seeds: what is said of other data is not said of these validation images alone."""
        alike = self.contrast not in ("falls", "epochs") and self.at in ("stop", "end")
        return self.over == "images" or (self.over == "data" and self.of in OF_IMAGES and alike)

    @property
    def all_tasks(self) -> tuple[str, ...]:
        """Every task whose runs it needs."""
        return (*self.tasks, self.pair[0]) if self.contrast == "against" else self.tasks

    @classmethod
    def of_plain(cls, plain: Mapping[str, Any]) -> "Claim":
        """The object from its `vars`, whose tuples have become lists."""
        return cls(**{**plain, "pair": tuple(plain["pair"]), "tasks": tuple(plain["tasks"])})


def claims_of(
    entries: Sequence[Mapping[str, Any]], tasks: Mapping[str, Task], file: str, held: bool = True
) -> list[Claim]:
    """The claims of a file that fits its schema.

    Raises InputError: one line with the claim and what is wrong: the same id twice, no such task, order, lambda or quantity.
    """
    claims: list[Claim] = []
    for entry in entries:
        claim = _claim(entry, held)
        if claim.id in [other.id for other in claims]:
            raise InputError(f"{file}: {claim.id}: stands there twice")
        for problem in _problems(claim, tasks):
            raise InputError(f"{file}: {claim.id}: {problem}")
        claims.append(claim)
    return claims


def _claim(entry: Mapping[str, Any], held: bool) -> Claim:
    measure = entry["measure"]
    contrasts = [name for name in CONTRASTS if name in measure]
    pair = measure[contrasts[0]] if contrasts else ()
    return Claim(
        **{key: entry[key] for key in ("id", "origin", "place", "claim", "quantity", "rule", "why")},
        of=measure["of"],
        contrast=" and ".join(contrasts) or None,
        pair=tuple(pair.values()) if isinstance(pair, Mapping) else tuple(pair) if isinstance(pair, list) else (),
        tasks=tuple(measure["tasks"]),
        lam=measure.get("lambda"),
        at=measure["at"],
        over=measure["over"],
        unit=entry.get("unit", ""),
        held=held,
        margin=entry.get("margin", 0.0),
        ours=entry.get("limit", "published" if _only_a_sign(entry["rule"]) else "ours") == "ours",
    )


def _only_a_sign(rule: Mapping[str, float]) -> bool:
    return set(rule.values()) == {0}


def _problems(claim: Claim, tasks: Mapping[str, Task]) -> list[str]:
    """What is wrong with the measure of a claim."""
    missing = [name for name in claim.all_tasks if name not in tasks]
    if missing:
        return [f"measure.tasks: no task {missing[0]}; the source has {', '.join(tasks)}"]
    if claim.contrast not in (None, *CONTRASTS):
        return [f"measure: {claim.contrast}: give one contrast"]
    known, problems = QUANTITIES[claim.at], []
    for of in (claim.of, *(claim.pair[1:] if claim.contrast == "against" else ())):
        if of not in known:
            problems.append(f"measure.of: no quantity {of} at {claim.at}; there are {', '.join(known)}")
    if (len(claim.tasks) > 1) != (claim.over == "data"):
        problems.append("measure.tasks: name several tasks with over: data, and one otherwise")
    if claim.over == "images" and claim.of not in OF_IMAGES:
        problems.append(f"measure.over: images can be varied for {' and '.join(OF_IMAGES)} alone")
    if claim.over == "images" and claim.at == "equal_steps":
        problems.append("measure.over: images can be varied at stop, end or minimum")
    own = [tasks[name] for name in claim.tasks]
    wanted = [
        float(lam) for lam in (*(claim.pair if claim.contrast == "lambdas" else ()), claim.lam) if lam is not None
    ]
    for name, task in zip(claim.tasks, own, strict=True):
        if claim.contrast == "orders" and set(task.shuffle) != {False, True}:
            problems.append(f"measure.orders: task {name} has one order")
        if claim.contrast == "falls" and len(task.lambdas) < 2:
            problems.append(f"measure.falls: task {name} has one lambda")
        problems += [
            f"measure: task {name} has no lambda {lam:g}" for lam in wanted if lam not in map(float, task.lambdas)
        ]
        if claim.contrast == "epochs" and max(claim.pair) >= task.max_epochs:
            problems.append(f"measure.epochs: task {name} has {task.max_epochs} epochs, counted from 0")
        if claim.at == "end" and task.early_stop is not None:
            problems.append(
                f"measure.at: the runs of task {name} stop early, so their ends are not alike: stop or equal_steps"
            )
    if claim.contrast == "epochs" and claim.of not in AT_STEPS:
        problems.append(f"measure.of: of epochs {', '.join(AT_STEPS)} can be compared")
    return problems
