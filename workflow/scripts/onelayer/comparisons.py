"""The sentences of the report that compare runs of a task: orders, lambdas and their weights.

As in onelayer.sentences, a sentence is printed only with the finding that makes it true.
"""

from onelayer.grid import Task
from onelayer.latex import Latex, counted, fixed, integer, percent, points, significant
from onelayer.sentences import Findings, join


def orders(task: Task, found: Findings) -> Latex:
    """File order beside shuffling: how smooth, and how the runs end."""
    return join(smoothness(task, found), lengths(found), seeds_of_orders(task, found))


def smoothness(task: Task, found: Findings) -> str:
    """How much the validation accuracy moves in both orders; why, only where shuffling moves it less."""
    ordered, shuffled = found["file_order"]["mean_change"], found["shuffled"]["mean_change"]
    if ordered is None or shuffled is None or found["file_order"]["diverged"] or found["shuffled"]["diverged"]:
        return ""
    text = (
        f"From step {integer(found['first_step'])} to {integer(found['last_step'])}, the last three quarters of the shorter "
        "run, the validation accuracy moves from one evaluation to the next by "
        f"{points(ordered, 3)} percentage points on average in file order, and by {points(shuffled, 3)} with shuffling:"
    )
    batches = found["file_order"]["train_images"] // task["batch_size"]
    if shuffled >= ordered or batches == 1:
        finding = (
            "shuffling does not make the curve smoother here."
            if shuffled >= ordered
            else "the shuffled curve is smoother."
        )
        return f"{text} {finding}"
    return (
        f"{text} shuffling makes the curve smoother. In file order every epoch presents the same batches in the same "
        "sequence: a batch that is not typical of the whole pulls the weights the same way at the same place in each epoch. "
        "With a fresh permutation each epoch, the batches of one epoch are not those of the next."
    )


def lengths(found: Findings) -> str:
    """Which order ends sooner, and whether that is better."""
    ordered, shuffled = found["file_order"], found["shuffled"]
    difference = shuffled["validation_loss"] - ordered["validation_loss"]
    direction = "lower" if difference < 0 else "higher"
    loss = f"The final validation loss of the shuffled run is {direction} by {significant(abs(difference), 2)}."
    if ordered["steps"] == shuffled["steps"]:
        return f"Both runs have {counted(ordered['steps'], 'step')}. {loss}"
    sooner = "sooner" if shuffled["steps"] < ordered["steps"] else "later"
    return (
        f"The shuffled run ends {sooner}, in epoch {shuffled['stop_epoch']} after {counted(shuffled['steps'], 'step')}, "
        f"rather than in epoch {ordered['stop_epoch']} after {integer(ordered['steps'])}. {loss}"
    )


def seeds_of_orders(task: Task, found: Findings) -> str:
    """What the other seeds say of the shuffled run."""
    epochs, losses = found["shuffled_stop_epochs"], found["shuffled_losses"]
    if len(epochs) == 1:
        return "One seed cannot tell how much of the difference is the chance of one permutation."
    below = sum(loss < found["file_order"]["validation_loss"] for loss in losses)
    return (
        f"Over {counted(len(epochs), 'seed')}, the shuffled runs end in the epochs {min(epochs)} to {max(epochs)}, and the final "
        f"validation loss is below that of file order in {integer(below)} of them."
    )


def sweep(task: Task, found: Findings) -> Latex:
    """What the penalty does to accuracy and loss."""
    low, high = found["low"], found["high"]
    several = low["runs"] > 1
    best = (
        f"The highest validation accuracy of last weights, {percent(found['best_accuracy'], 2)}, belongs to "
        f"$\\lambda={found['best_lambda']}$"
    )
    falls = (
        "; with each larger $\\lambda$ it is lower."
        if found["accuracy_falls"]
        else "; it does not fall with every larger $\\lambda$."
    )
    return join(
        f"Values are means over {counted(low['runs'], 'seed')}." if several else "Each value comes from one run.",
        best + falls,
        _last_and_best(high),
        _underfitting(low, high),
    )


def _last_and_best(high: Findings) -> str:
    gap = high["best_validation_accuracy"] - high["validation_accuracy"]
    if high["diverged"] or gap <= 0.02:
        return ""
    return (
        f"Where a run ends matters: at $\\lambda={high['lambda']}$ the last weights reach {percent(high['validation_accuracy'])}, "
        f"those of the lowest validation loss {percent(high['best_validation_accuracy'])}."
    )


def _underfitting(low: Findings, high: Findings) -> str:
    if high["diverged"] or low["diverged"]:
        return ""
    worse = (
        high["train_loss"] > low["train_loss"] and high["best_validation_accuracy"] < low["best_validation_accuracy"]
    )
    if not worse:
        return ""
    return (
        "Even at the lowest validation loss, the validation accuracy falls from "
        f"{percent(low['best_validation_accuracy'])} at the smallest to {percent(high['best_validation_accuracy'])} at the "
        f"largest $\\lambda$, and the final loss on the training images rises from {fixed(low['train_loss'], 3)} to "
        f"{fixed(high['train_loss'], 3)}: so strong a penalty keeps the model from fitting even its training images, which is "
        "underfitting."
    )


def norm(found: Findings) -> Latex:
    """Whether the squared norm falls with lambda."""
    if found["diverged"]:
        return Latex(f"In this sweep {counted(found['diverged'], 'run')} diverged, so the norms are not compared.")
    ratio = ""
    if found["norm_ratio"] is not None:
        ratio = (
            f" It is {significant(found['norm_ratio'])} times as large at $\\lambda={found['low']['lambda']}$ as at "
            f"$\\lambda={found['high']['lambda']}$."
        )
    falls = (
        "falls with each larger $\\lambda$." if found["norm_falls"] else "does not fall with every larger $\\lambda$."
    )
    return Latex(f"The squared norm of the last weights {falls}{ratio}")


def weights(task: Task, found: Findings, diverged: bool) -> Latex:
    """How smooth the images of the weights are, and what the penalty changes about that."""
    correlations, lambdas = found["correlations"], found["lambdas"]
    if diverged or any(value is None for value in correlations):
        return Latex("")
    if len(correlations) == 1:
        return Latex(f"The correlation between the weights of pixels that touch is {fixed(correlations[0], 2)}.")
    rough, smooth = correlations
    text = (
        f"The correlation between the weights of pixels that touch is {fixed(rough, 2)} at $\\lambda={lambdas[0]}$ and "
        f"{fixed(smooth, 2)} at $\\lambda={lambdas[1]}$:"
    )
    if round(smooth, 2) - round(rough, 2) >= 0.02:
        return Latex(
            f"{text} the penalty makes the images smoother. Without it the weights may use any pixel that happens to help on the "
            "training images, whatever its neighbours do."
        )
    if round(rough, 2) - round(smooth, 2) >= 0.02:
        return Latex(f"{text} the penalty does not make the images smoother here.")
    return Latex(f"{text} the penalty hardly changes how smooth the images are.")
