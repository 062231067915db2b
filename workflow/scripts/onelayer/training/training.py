"""Mini-batch gradient descent with evaluations and early stopping.

The protocol. Training starts from zero weights. An epoch is one pass over the training samples in batches; the last
incomplete batch is dropped. With shuffling, each epoch visits the indices 0 ... N-1 in a fresh permutation:
`RandomState(seed).shuffle` of those indices in order, the stream running on from epoch to epoch (NEP 19 freezes that
stream for ever), after the images that the same seed draws and after `permutations_before` permutations that earlier models
of a source have drawn. Steps count from 0 over all epochs. A step takes the loss of its batch, then changes the weights. The
changed weights are evaluated at the first or the last step of each of `per_epoch` intervals of an epoch: loss and accuracy on all
validation samples, accuracy and, if asked for, loss on all training samples. Training ends when the rule of early stopping says so
(onelayer.stopping).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.data.samples import Batches, Samples
from onelayer.experiment.task import Settings
from onelayer.io.errors import InputError, TrainingError
from onelayer.models import Floats, Integers, Model, loss_and_gradient, model_named
from onelayer.stopping import rule_of
from onelayer.training.evaluation import Accuracy, LossAndAccuracy

GROUP = 20  # weights evaluated in one go at most: the memory of their logits grows with it
SNAPSHOTS = 32  # weights kept on the way, beside the last


class Snapshots(NamedTuple):
    """The weights after some steps: those of `snapshot_steps` that the run reached, and its last."""

    steps: Integers  # (n,)
    weights: NDArray[np.float32]  # (n, K, D)
    losses: Floats  # float64 (n,), of each of them on all validation samples
    accuracies: Floats  # likewise


@dataclass(frozen=True)
class History:
    """What a run leaves behind.

    `evaluations` have an entry each: `step`, `epoch` (int32), `validation_loss`, `validation_accuracy`, `train_accuracy` and, if
    asked for, `train_loss` (float64).
    """

    train_losses: NDArray[np.float64]  # (steps,), of each step's batch before its update, without the penalty
    evaluations: dict[str, NDArray[np.generic]]
    last_weights: Floats  # (K, D)
    best_weights: Floats  # (K, D), of the best evaluation
    best_evaluation: int  # index of the first evaluation with the lowest value of what the stop watches
    stopped_early: bool
    stop_epoch: int  # counted from 0, of the last step
    snapshots: Snapshots


def train(
    training: Samples, validation: Samples, settings: Settings, random: np.random.RandomState | None = None
) -> History:
    """Train one model by the protocol of this module.

    `random` is the run's stream, from which its images may have been drawn; a fresh one of its seed if it is left out.

    Raises TrainingError: a loss is not finite.
    """
    model, count = model_named(settings.model), len(training.targets)
    steps_per_epoch = count // settings.batch_size
    data = Batches(training, settings.batch_size, settings.dtype)
    evaluations = Evaluated(model, training, validation, settings)
    # In the order in memory of the gradient.
    weights = np.zeros((model.outputs(len(settings.classes)), data.inputs.shape[1]), settings.dtype, order="F")
    train_losses: list[float] = []
    wanted = set(snapshot_steps(settings.max_epochs * steps_per_epoch).tolist())
    snapshots: dict[int, Floats] = {}
    epoch = step = 0
    for step, (epoch, rows) in enumerate(batch_rows(count, settings, random)):
        inputs, targets = data.take(rows)
        loss, gradient = loss_and_gradient(model, weights, inputs, targets, settings.lam, settings.penalty)
        weights -= settings.learning_rate * gradient
        train_losses.append(finite(loss, "training loss", step, settings))
        if step in wanted:
            snapshots[step] = data.full_weights(weights)
        if settings.evaluations.due(step, steps_per_epoch):
            evaluations.add(step, epoch, data.full_weights(weights))
        if evaluations.ended(step):
            break
    evaluations.catch_up()
    snapshots[step] = last_weights = data.full_weights(weights)
    kept = np.stack(list(snapshots.values()))
    return History(
        train_losses=np.array(train_losses),
        evaluations={
            name: np.array(
                [row[name] for row in evaluations.rows], np.int32 if name in ("step", "epoch") else np.float64
            )
            for name in evaluations.rows[0]
        },
        last_weights=last_weights,
        best_weights=evaluations.best_weights,
        best_evaluation=evaluations.best_evaluation,
        stopped_early=evaluations.stopped,
        stop_epoch=epoch,
        snapshots=Snapshots(np.array(list(snapshots)), single(kept), *evaluations.validation.evaluate(kept)),
    )


def snapshot_steps(most: int) -> Integers:
    """The steps after which a run of at most `most` steps keeps its weights, int64: 0 to the last, evenly spaced in log(step + 1)."""
    return np.unique(np.geomspace(1, most, SNAPSHOTS).round().astype(np.int64)) - 1


def batch_rows(
    count: int, settings: Settings, random: np.random.RandomState | None = None
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Epoch and sample indices, int64 (batch_size,), of every step of a run that is not stopped."""
    random = random or np.random.RandomState(settings.seed)
    for _ in range(settings.permutations_before if settings.shuffle else 0):
        random.shuffle(np.arange(count))
    for epoch in range(settings.max_epochs):
        order = np.arange(count)
        if settings.shuffle:
            random.shuffle(order)
        for start in range(0, count - settings.batch_size + 1, settings.batch_size):
            yield epoch, order[start : start + settings.batch_size]


class Evaluated:
    """The evaluations of a run, and the early stopping that they decide.

    Weights are kept back and evaluated several in one go, at far less cost than one by one: as long as the rule cannot end the
    run whatever they are, and up to GROUP. No step is trained past the stop, and the values are those of evaluating at once.
    """

    def __init__(self, model: Model, training: Samples, validation: Samples, settings: Settings) -> None:
        self.settings, self.rule = settings, rule_of(settings.early_stop)
        self.validation = LossAndAccuracy(model, validation)
        self.training: Any = (LossAndAccuracy if settings.evaluations.train_loss else Accuracy)(model, training)
        self.waiting: list[tuple[int, int, Floats]] = []
        self.rows: list[dict[str, float]] = []
        self.stopped, self.best_evaluation = False, -1
        self.best_weights: Floats = np.empty(0)

    def add(self, step: int, epoch: int, weights: Floats) -> None:
        """Take in weights (K, D) to evaluate."""
        self.waiting.append((step, epoch, weights))
        if len(self.waiting) == GROUP:
            self.catch_up()

    def ended(self, step: int) -> bool:
        """Whether the run ends after a step, the first evaluation or a later one."""
        if (self.rows or self.waiting) and self.rule.may_end(step, len(self.waiting)):
            self.catch_up()
            self.stopped = self.rule.ends(step)
        return self.stopped

    def catch_up(self) -> None:
        """Evaluate the weights that wait."""
        if not self.waiting:
            return
        stacked = np.stack([weights for _, _, weights in self.waiting])
        losses, accuracies = self.validation.evaluate(stacked)
        columns = {"validation_loss": losses, "validation_accuracy": accuracies}
        found = self.training.evaluate(stacked)
        train_loss = self.settings.evaluations.train_loss
        columns |= {"train_accuracy": found[1], "train_loss": found[0]} if train_loss else {"train_accuracy": found}
        for place, (step, epoch, weights) in enumerate(self.waiting):
            row = {name: float(values[place]) for name, values in columns.items()}
            loss = finite(row["validation_loss"], "validation loss", step, self.settings)
            if self.rule.see(step, loss if self.rule.watches == "validation_loss" else 1 - row["validation_accuracy"]):
                self.best_weights, self.best_evaluation = weights, len(self.rows)
            self.rows.append({"step": step, "epoch": epoch, **row})
        self.waiting = []


def single(weights: Floats) -> NDArray[np.float32]:
    """Weights as float32; what is beyond its range, after a divergence, is its largest value."""
    largest = np.finfo(np.float32).max
    return np.clip(weights, -largest, largest).astype(np.float32)


def finite(value: float, what: str, step: int, settings: Settings) -> float:
    """The loss `value`; a TrainingError if it is not finite."""
    if not np.isfinite(value):
        key = f"tasks.{settings.task}"
        raise TrainingError(
            f"{settings.task}, lambda {settings.lam:g}: the {what} at step {step} is {value:g}: training diverged; "
            f"lower {key}.learning_rate ({settings.learning_rate:g}) or {key}.lambdas ({settings.lam:g})"
        )
    return value


def check_sizes(sets: Mapping[str, Samples], settings: Settings) -> None:
    """Refuse a training set smaller than one batch, and a validation or test set without samples; `sets` by role.

    Raises InputError: the message names the key and what to change.
    """
    training = len(sets["train"].targets)
    if training < settings.batch_size:
        raise InputError(
            f"config: batch_size = {settings.batch_size} is not allowed for tasks.{settings.task}: its classes "
            f"{list(settings.classes)} have {training} training images; use a smaller batch, more images or other classes"
        )
    for role, samples in sets.items():
        if not len(samples.targets):
            raise InputError(
                f"config: images.{role}: none of them shows a class of tasks.{settings.task} ({list(settings.classes)}); "
                "use more images or other classes"
            )
