"""Claims: what is said of the runs of a source, and the measure and the rule that decide it; checked before anything runs."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from onelayer.experiment.task import Task, filled
from onelayer.io.errors import InputError

CONTRASTS = ("orders", "lambdas", "falls", "against", "epochs")
VERDICTS = ["supported", "contradicted", "mixed", "no difference"]  # by an interval
VERDICTS += ["undecided", "too few runs", "does not apply", "not run"]
# What can be measured, by when.
OF_IMAGES = ["validation_loss", "validation_accuracy"]  # means over images, so that images can be varied
AT_STEPS = [*OF_IMAGES, "train_accuracy", "gap"]
OF_WEIGHTS = ["weight_norm_squared", "neighbour_correlation"]
ON_CURVES = ["change_of_accuracy", "change_of_loss", "spikes", "parting_step", "rise_of_loss"]
ON_CURVES += ["hard_batch_share", "hard_batch_rank"]
AT_STOPS = [*AT_STEPS, *OF_WEIGHTS, "stop_epoch", "train_loss", "best_validation_accuracy", "best_test_accuracy"]
AT_STOPS += ["test_accuracy", *ON_CURVES]
QUANTITIES = {
    "stop": AT_STOPS,
    "end": AT_STOPS,
    "equal_steps": [*AT_STEPS, *OF_WEIGHTS, *ON_CURVES],
    "minimum": [*AT_STEPS, *OF_WEIGHTS, "separable"],
}


@dataclass(frozen=True)
class Claim:
    """One claim. Its texts, rule and measure are described in workflow/schemas/claims.schema.yaml."""

    id: str
    origin: str
    place: str
    claim: str
    of: str  # one of QUANTITIES
    contrast: str | None  # one of CONTRASTS
    pair: tuple[Any, ...]  # what the contrast compares: two lambdas, two epochs, or another task and its quantity
    tasks: tuple[str, ...]  # one, or with `over` "data" one for each part of the data
    lam: float | None  # of a measure without contrast of lambdas; None for the smallest
    at: str
    over: str
    quantity: str
    unit: str
    rule: Mapping[str, float]
    margin: float  # 0 if there is none
    ours: bool  # whether the limit of the rule is ours, and not published
    held: bool  # whether its tasks must have the settings of the source, because that says it
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


def claims_of(
    entries: Sequence[Mapping[str, Any]], tasks: Mapping[str, Task], file: str, held: bool = True
) -> list[Claim]:
    """The claims of a file that fits its schema, their texts with the settings that stand there in braces.

    Raises InputError: one line with the claim and what is wrong: the same id twice, no such task, order, lambda or quantity.
    """
    claims: dict[str, Claim] = {}
    for entry in entries:
        texts = {key: filled(entry[key], tasks, file) for key in ("claim", "quantity", "why")}
        claim = _claim({**entry, **texts}, held)
        for problem in ["stands there twice"] if claim.id in claims else _problems(claim, tasks):
            raise InputError(f"{file}: {claim.id}: {problem}")
        claims[claim.id] = claim
    return list(claims.values())


def _claim(entry: Mapping[str, Any], held: bool) -> Claim:
    measure = entry["measure"]
    contrasts = [name for name in CONTRASTS if name in measure]
    pair = measure[contrasts[0]] if contrasts else None
    against = (pair["task"], pair["of"]) if isinstance(pair, Mapping) else ()
    return Claim(
        **{key: entry[key] for key in ("id", "origin", "place", "claim", "quantity", "rule", "why")},
        **{key: measure[key] for key in ("of", "at", "over")},
        contrast=" and ".join(contrasts) or None,
        pair=tuple(pair) if isinstance(pair, list) else against,
        tasks=tuple(measure["tasks"]),
        lam=measure.get("lambda"),
        unit=entry.get("unit", ""),
        margin=entry.get("margin", 0.0),
        ours=entry.get("limit", "ours" if any(entry["rule"].values()) else "published") == "ours",
        held=held,
    )


def _problems(claim: Claim, tasks: Mapping[str, Task]) -> Iterator[str]:
    """What is wrong with the measure of a claim."""
    contrast, images = claim.contrast, " and ".join(OF_IMAGES)
    if contrast not in (None, *CONTRASTS):
        yield f"measure: {contrast}: give one contrast"
    for name in claim.all_tasks:
        if name not in tasks:
            yield f"measure.tasks: no task {name}; the source has {', '.join(tasks)}"
    for of in (claim.of, *(claim.pair[1:] if contrast == "against" else ())):
        if of not in QUANTITIES[claim.at]:
            yield f"measure.of: no quantity {of} at {claim.at}; there are {', '.join(QUANTITIES[claim.at])}"
    if (len(claim.tasks) > 1) != (claim.over == "data"):
        yield "measure.tasks: name several tasks with over: data, and one otherwise"
    if claim.over == "images" and (claim.of not in OF_IMAGES or claim.at == "equal_steps"):
        yield f"measure.over: images can be varied for {images} alone, at stop, end or minimum"
    if contrast == "epochs" and claim.of not in AT_STEPS:
        yield f"measure.of: of epochs {', '.join(AT_STEPS)} can be compared"
    if claim.at == "minimum" and contrast not in ([None] if claim.of == "separable" else ["falls", "lambdas"]):
        yield "measure.at: at a minimum give falls or lambdas, and of separable no contrast"
    if contrast == "falls" and claim.at == "equal_steps":
        yield "measure.at: what falls is measured at stop, end or minimum"
    if contrast in ("falls", "epochs") and claim.at != "minimum" and claim.over == "images":
        yield f"measure.over: with {contrast} seeds or data are varied; images at a minimum alone"
    if contrast == "against" and claim.by_image:
        images_of = {(tasks[name].classes, tasks[name].validation) for name in claim.all_tasks}
        if claim.pair[1] != claim.of or len(images_of) > 1:
            yield f"measure.against: image by image {claim.of} is compared with {claim.of} of the same images"
    lambdas = [*(claim.pair if contrast == "lambdas" else ()), *([] if claim.lam is None else [claim.lam])]
    for task in (tasks[name] for name in claim.all_tasks):
        if contrast == "orders" and len(task.shuffle) < 2:
            yield f"measure.orders: task {task.name} has one order"
        if contrast == "falls" and len(task.lambdas) < 2:
            yield f"measure.falls: task {task.name} has one lambda"
        for lam in lambdas:
            if lam not in map(float, task.lambdas):
                yield f"measure: task {task.name} has no lambda {lam:g}"
        if contrast == "epochs" and max(claim.pair) >= task.max_epochs:
            yield f"measure.epochs: task {task.name} has {task.max_epochs} epochs, counted from 0"
        if claim.at == "end" and task.early_stop is not None:
            yield f"measure.at: the runs of task {task.name} stop early, so their ends are not alike: stop or equal_steps"
