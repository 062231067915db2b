"""Mini-batch gradient descent with evaluations and early stopping.

The protocol. Training starts from zero weights. An epoch is one pass over the training samples in batches;
the last incomplete batch is dropped. With shuffling, each epoch visits the indices 0 ... N-1 in a fresh
permutation: `RandomState(seed).shuffle` of those indices in order, the stream running on from epoch to
epoch (NEP 19 freezes that stream for ever). Steps count from 0 over all epochs. A step takes the
cross-entropy of its batch, then changes the weights. At each step that `every` divides, the changed weights
are evaluated: loss and accuracy on all validation samples, accuracy on all training samples. Training stops
at the `patience`-th evaluation in a row whose validation loss is not below the lowest so far.
"""

from dataclasses import dataclass

import numpy as np

from onelayer.errors import InputError, TrainingError
from onelayer.evaluation import LossAndAccuracy, TrainingAccuracy
from onelayer.objective import MODELS, cross_entropy_and_gradient
from onelayer.samples import BatchInputs

DIVERGED = 1e4  # times the loss of zero weights
GROUP = 10  # weights evaluated in one go at most: more would save little and take memory


@dataclass(frozen=True)
class Settings:
    """What one run is made of; the names are those of the configuration."""

    task: str
    classes: tuple
    lam: float
    shuffle: bool
    seed: int
    learning_rate: float
    batch_size: int
    max_epochs: int
    evaluations_per_epoch: int
    patience: int
    dtype: str
    penalty: str


@dataclass(frozen=True)
class History:
    """What a run leaves behind.

    Attributes
    ----------
    train_losses : float64 (steps,)
        Cross-entropy of each step's batch before its update.
    evaluations : dict of arrays, one entry an evaluation
        `step`, `epoch` (int32), `validation_loss`, `validation_accuracy`, `train_accuracy` (float64).
    last_weights, best_weights : (K, D)
        Weights after the last step, and those of the lowest validation loss.
    best_evaluation : int
        Index of the evaluation with the lowest validation loss.
    stopped_early : bool
    stop_epoch : int
        Epoch, counted from 0, of the last step.
    """

    train_losses: np.ndarray
    evaluations: dict
    last_weights: np.ndarray
    best_weights: np.ndarray
    best_evaluation: int
    stopped_early: bool
    stop_epoch: int


def train(training, validation, settings, report=None, checkpoint=None):
    """Train one model by the protocol of this module.

    A run that was killed goes on after the last epoch that it saved, to the same History in every bit.

    Parameters
    ----------
    training, validation : onelayer.samples.Samples
    settings : Settings
    report : callable, optional
        Called after each epoch with the epoch, the step and the lowest validation loss so far (inf before the first).
    checkpoint : onelayer.checkpoint.Checkpoint, optional
        Where a long run is saved at the end of an epoch, and where it is looked for at the start.

    Returns
    -------
    History

    Raises
    ------
    InputError
        There are fewer training samples than one batch, or no validation samples.
    TrainingError
        A loss is not finite, or DIVERGED times that of zero weights: the run diverged.
    """
    model, count = MODELS[settings.task], len(training.targets)
    _check_sizes(count, validation, settings)
    steps_per_epoch = count // settings.batch_size
    every = max(1, steps_per_epoch // settings.evaluations_per_epoch)
    inputs = BatchInputs(training, settings.batch_size, settings.dtype)
    evaluations = Evaluations(LossAndAccuracy(model, validation), TrainingAccuracy(model, training), settings)

    weights = np.zeros((inputs.inputs.shape[1], model.outputs(settings.classes)), settings.dtype)
    permutations = np.random.RandomState(settings.seed)
    train_losses, epoch = _resume(checkpoint, weights, permutations, evaluations)
    order = batches(count, settings, permutations, first_epoch=epoch + 1)
    for step, (epoch, rows) in enumerate(order, start=len(train_losses)):
        batch, targets = inputs.batch(rows)
        loss, gradient = cross_entropy_and_gradient(model, weights, batch, targets, settings.lam, settings.penalty)
        weights -= settings.learning_rate * gradient
        train_losses.append(checked(loss, "training loss", step, settings))
        if step % every == 0:
            evaluations.add(step, epoch, inputs.full_weights(weights))
            if evaluations.stopped:
                break
        if (step + 1) % steps_per_epoch == 0:
            if report:
                report(epoch, step, evaluations.lowest_loss)
            if checkpoint and checkpoint.due():
                _save(checkpoint, train_losses, epoch, weights, permutations, evaluations)
    evaluations.catch_up()
    return evaluations.history(train_losses, inputs.full_weights(weights), stop_epoch=epoch)


def batches(count, settings, permutations, first_epoch=0):
    """Epoch and sample indices, (batch_size,) of int64, of every step of a run that is not stopped.

    `permutations` is the RandomState of the run's seed, as it is before `first_epoch`.
    """
    for epoch in range(first_epoch, settings.max_epochs):
        order = np.arange(count)
        if settings.shuffle:
            permutations.shuffle(order)
        for start in range(0, count - settings.batch_size + 1, settings.batch_size):
            yield epoch, order[start : start + settings.batch_size]


class Evaluations:
    """The evaluations of a run, made late but never too late, and the early stopping that they decide.

    Stopping takes `patience` failures in a row. With f failures so far, no stop can come before another patience - f
    evaluations: so many weights, up to GROUP, are kept back and evaluated in one go, at far less cost than one by one. No
    step is trained past the stop, and the values are those of evaluating at once.
    """

    def __init__(self, validation, training_accuracy, settings):
        self.validation, self.training_accuracy, self.settings = validation, training_accuracy, settings
        self.waiting = []
        self.rows = []
        self.lowest_loss, self.best_weights, self.best_evaluation, self.failures = np.inf, None, None, 0

    @property
    def stopped(self):
        """Whether patience has run out; the last weights added are those at which it did."""
        return self.failures >= self.settings.patience

    def add(self, step, epoch, weights):
        """Take in weights (D, K) to evaluate."""
        self.waiting.append((step, epoch, weights))
        if len(self.waiting) == min(GROUP, self.settings.patience - self.failures):
            self.catch_up()

    def catch_up(self):
        """Evaluate the weights that wait."""
        if not self.waiting:
            return
        weights = np.stack([weights for _, _, weights in self.waiting])
        losses, accuracies = self.validation.evaluate(weights)
        results = zip(self.waiting, losses, accuracies, self.training_accuracy.evaluate(weights), strict=True)
        for (step, epoch, candidate), loss, accuracy, train_accuracy in results:
            checked(loss, "validation loss", step, self.settings)
            if loss < self.lowest_loss:
                self.lowest_loss, self.best_weights, self.best_evaluation = loss, candidate, len(self.rows)
                self.failures = 0
            else:
                self.failures += 1
            self.rows.append((step, epoch, loss, accuracy, train_accuracy))
        self.waiting = []

    def state(self):
        """What a checkpoint keeps, arrays by name.

        The weights that wait are kept as they are, because products of other groups may differ in the last bit. So is the
        reference of the training accuracy: it decides which samples are computed together.
        """
        rows = {"rows": np.array(self.rows), "failures": np.array(self.failures)}
        if self.rows:
            rows |= {"best_evaluation": np.array(self.best_evaluation), "best_weights": self.best_weights}
            rows |= {"reference": self.training_accuracy.reference}
        if self.waiting:
            steps, epochs, weights = zip(*self.waiting, strict=True)
            rows |= {"waiting": np.array([steps, epochs]), "waiting_weights": np.stack(weights)}
        return rows

    def restore(self, saved):
        """Take over what `state` has given."""
        self.rows = [(int(step), int(epoch), *values) for step, epoch, *values in saved["rows"]]
        self.failures = int(saved["failures"])
        if self.rows:
            self.best_evaluation, self.best_weights = int(saved["best_evaluation"]), saved["best_weights"]
            self.lowest_loss = self.rows[self.best_evaluation][2]
            self.training_accuracy.refer_to(saved["reference"])
        if "waiting" in saved:
            self.waiting = list(zip(*saved["waiting"].tolist(), saved["waiting_weights"], strict=True))

    def history(self, train_losses, last_weights, stop_epoch):
        """The History of the run."""
        names = ("step", "epoch", "validation_loss", "validation_accuracy", "train_accuracy")
        dtypes = (np.int32, np.int32, np.float64, np.float64, np.float64)
        columns = zip(names, zip(*self.rows, strict=True), dtypes, strict=True)
        return History(
            train_losses=np.array(train_losses),
            evaluations={name: np.array(values, dtype) for name, values, dtype in columns},
            last_weights=np.ascontiguousarray(last_weights.T),
            best_weights=np.ascontiguousarray(self.best_weights.T),
            best_evaluation=self.best_evaluation,
            stopped_early=self.stopped,
            stop_epoch=stop_epoch,
        )


def _resume(checkpoint, weights, permutations, evaluations):
    """Training losses so far and the last epoch done, after setting the rest to what was saved; none and -1 if nothing."""
    saved = checkpoint.load() if checkpoint else None
    if saved is None:
        return [], -1
    weights[...] = saved["weights"]
    permutations.set_state(("MT19937", saved["permutations"], int(saved["position"])))
    evaluations.restore(saved)
    return saved["train_losses"].tolist(), int(saved["epoch"])


def _save(checkpoint, train_losses, epoch, weights, permutations, evaluations):
    """Save a run at the end of an epoch, when the permutations of the next one are still to be drawn."""
    _, numbers, position, *_ = permutations.get_state()
    run = {"train_losses": np.array(train_losses), "epoch": np.array(epoch), "weights": weights}
    stream = {"permutations": numbers, "position": np.array(position)}
    checkpoint.save(run | stream | evaluations.state())


def _check_sizes(count, validation, settings):
    if count < settings.batch_size:
        raise InputError(
            f"config: training.batch_size = {settings.batch_size} is not allowed for tasks.{settings.task}: "
            f"its classes {list(settings.classes)} have {count} training images; "
            "use a smaller batch, more train_images or other classes"
        )
    if not len(validation.targets):
        raise InputError(
            f"config: validation_images: none of them shows a class of tasks.{settings.task} "
            f"({list(settings.classes)}); use more validation_images or other classes"
        )


def checked(value, what, step, settings):
    """The loss `value`, unless the run diverged: not finite, or far above ln K, the loss of zero weights."""
    if not value < DIVERGED * np.log(len(settings.classes)):
        raise TrainingError(
            f"{settings.task}, lambda {settings.lam:g}: the {what} at step {step} is {value:g}: training diverged; "
            f"lower tasks.{settings.task}.learning_rate ({settings.learning_rate:g}) or lambda"
        )
    return value
