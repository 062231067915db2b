"""The sentences of the report that depend on what was found: a finding of onelayer.results.findings in, LaTeX out.

A sentence is printed only with the finding that makes it true. Nothing is said of a run that diverged but that it did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from onelayer.experiment.task import Task
from onelayer.models import model_named
from onelayer.report.latex import (
    Latex,
    counted,
    escape,
    fixed,
    integer,
    listed,
    percent,
    points,
    significant,
    typewriter,
)
from onelayer.stopping import rule_of

Findings = Mapping[str, Any]


def join(*sentences: str) -> Latex:
    """Sentences one after the other; empty ones are left out."""
    return Latex("\n".join(filter(None, sentences)))


def figures(task: str, drawn: Sequence[str], *kinds: str) -> Latex:
    """References to those figures of a task that are drawn; empty if none is."""
    labels = [Latex(f"\\ref{{fig:{task}-{kind}}}") for kind in kinds if kind in drawn]
    return Latex(f"{'Figures' if len(labels) > 1 else 'Figure'}~{listed(labels)}" if labels else "")


def result(task: Task, runs: Sequence[Findings]) -> Latex:
    """The reference runs of a task, one a seed: which they are, and what they reach."""
    run, several = runs[0], len(runs) > 1
    order = "shuffled" if run["shuffle"] else "in file order"
    penalty = f", $\\lambda={run['lambda']}$" if float(run["lambda"]) > 0 or len(task.lambdas) > 1 else ""
    which = (
        f"The {len(runs)} reference runs ({order}{penalty}) end, in the mean,"
        if several
        else f"The reference run ({order}{penalty}) ends"
    )
    numbers = {
        key: fmean(run[key] for run in runs)
        for key in ("train_loss", "validation_loss", "train_accuracy", "validation_accuracy")
    }
    text = (
        f"{which} with a training loss of {fixed(numbers['train_loss'], 4)} and a validation "
        f"loss of {fixed(numbers['validation_loss'], 4)}; the accuracies are {percent(numbers['train_accuracy'], 2)} on the training and "
        f"{percent(numbers['validation_accuracy'], 2)} on the validation images."
    )
    ends = "The validation loss ends above that of zero weights: the run diverged."
    diverged = ends if run["diverged"] and not several else ""
    return join(text, diverged, _tested(runs, _watched(task)))


def _watched(task: Task) -> str:
    """By what an evaluation of a task is the best: loss or error."""
    return rule_of(task.early_stop).watches.removeprefix("validation_")


def _tested(runs: Sequence[Findings], watched: str) -> str:
    if runs[0]["test_accuracy"] is None:
        return ""
    last, best, validation = (
        fmean(run[key] for run in runs) for key in ("test_accuracy", "best_test_accuracy", "best_validation_accuracy")
    )
    return (
        f"On the {integer(runs[0]['test_images'])} test images, looked at once after training, the accuracy is "
        f"{percent(last, 2)} with the last weights and {percent(best, 2)} with those "
        f"of the lowest validation {watched}, whose validation accuracy is {percent(validation, 2)}."
    )


def stopping(task: Task, runs: Sequence[Findings]) -> Latex:
    """When the reference runs ended, and where their best evaluation is."""
    run, watched = runs[0], _watched(task)
    stopped = [run for run in runs if run["stopped_early"]]
    loss, accuracy = (fmean(run[key] for run in runs) for key in ("best_validation_loss", "best_validation_accuracy"))
    value = fixed(loss, 4) if watched == "loss" else percent(1 - accuracy, 2)
    also = "" if watched == "loss" else f"loss is {fixed(loss, 4)}, and its validation "
    best = f"its validation {also}accuracy is {percent(accuracy, 2)}"
    if len(runs) > 1:
        steps = _span([run["steps"] for run in runs], "step")
        end = f"Training stopped early in {len(stopped)} of {len(runs)} runs; they have {steps}."
        places = _span([run["best_step"] for run in runs], "")
        return join(
            end,
            f"The evaluation with the lowest validation {watched}, {value} in the mean, is at step {places}; {best}.",
        )
    steps, since = counted(run["steps"], "step"), run["evaluations_since_best"]
    end = f"Training did not stop early: it ran for {counted(task.max_epochs, 'epoch')}, {steps}."
    if stopped:
        end = f"Training stopped early, in epoch {run['stop_epoch']}, after {steps}."
    where = "the last"
    if since:
        where = f"{counted(since, 'evaluation')} before the last, at step {integer(run['best_step'])}"
    return join(end, f"The evaluation with the lowest validation {watched}, {value}, is {where}; {best}.")


def _span(values: Sequence[int], unit: str) -> str:
    """The smallest and the largest of some numbers, or the number that all are."""
    low, high = min(values), max(values)
    last = counted(high, unit) if unit else integer(high)
    return last if low == high else f"{integer(low)} to {last}"


def parting(runs: Sequence[Findings]) -> Latex:
    """Whether and where training and validation accuracy part."""
    parted = [run for run in runs if run["parting_step"] is not None]
    note = "A gap alone is not overfitting: the training images are the ones that were fitted."
    if len(runs) > 1:
        if not parted:
            return Latex(f"In none of {len(runs)} runs does the training accuracy stay above the validation accuracy.")
        start, gap = _span([run["parting_step"] for run in parted], ""), fmean(run["last_gap"] for run in parted)
        return Latex(
            f"In {len(parted)} of {len(runs)} runs the training accuracy stays above the validation accuracy, from step {start} on, "
            f"at the last evaluation by {points(gap)} percentage points in the mean. {note}"
        )
    run = runs[0]
    if not parted:
        below = f"{points(-run['last_gap'])} percentage points below it" if run["last_gap"] < 0 else "equal to it"
        return Latex(
            f"The training accuracy does not stay above the validation accuracy: at the last evaluation it is {below}."
        )
    return Latex(
        f"From step {integer(run['parting_step'])} on, the training accuracy is above the validation accuracy at every "
        f"evaluation, at the last one by {points(run['last_gap'])} percentage points. {note}"
    )


def overfitting(runs: Sequence[Findings]) -> Latex:
    """Whether the validation loss rises while the training accuracy does not fall, judged from the curves."""
    run = runs[0]
    if any(run["risen"] is None for run in runs):
        return Latex("One evaluation does not show whether the validation loss rises.")
    level, limit = "the mean validation loss over the last tenth of the evaluations", percent(run["rise_limit"], 0)
    if len(runs) > 1:
        overfit = [run for run in runs if run["risen"] and run["train_gain"] > 0]
        rise = percent(fmean(run["level_rise"] for run in runs), 2)
        if not overfit:
            return Latex(
                f"In none of {len(runs)} runs is {level} above the lowest such mean by more than {limit} and than it wavers from one "
                "evaluation to the next while the training accuracy has grown: by this sign none overfits."
            )
        return Latex(
            f"In {len(overfit)} of {len(runs)} runs {level} is above the lowest such mean by more than {limit} and than it wavers from one "
            f"evaluation to the next, while the training accuracy has grown: these overfit. In the mean it is {rise} above."
        )
    if run["level_rise"] == 0:
        return Latex(
            f"The validation loss has not risen: {level} is the lowest of the run. By this sign the run does not overfit."
        )
    above = f"{level} is {percent(run['level_rise'])} above the lowest such mean, from step {integer(run['lowest_level_step'])} on"
    if not run["risen"]:
        return Latex(
            f"The validation loss has not clearly risen: {above}, no more than it wavers from one evaluation to the next, or "
            f"than {limit}."
        )
    text = f"The validation loss has risen: {above}, more than it wavers from one evaluation to the next."
    if run["train_gain"] > 0:
        gain = f"Since then the training accuracy has grown by {points(run['train_gain'])} percentage points: the run overfits."
        return join(text, gain)
    return join(text, "The training accuracy has not grown since then, so this is not overfitting.")


def divergence(found: Findings) -> Latex:
    """How many runs of a task diverged."""
    if not found["diverged"]:
        return Latex("")
    return Latex(
        f"{integer(len(found['diverged']))} of its {counted(found['runs'], 'run')} diverged: the final validation loss is above "
        "that of zero weights. Figures and tables mark them; a lower learning rate would help."
    )


def orders(found: Findings) -> Latex:
    """File order beside shuffling: how the runs end, in the mean over seeds."""
    ordered, shuffled = found["file_order"], found["shuffled"]
    difference = shuffled["validation_loss"] - ordered["validation_loss"]
    direction = "lower" if difference < 0 else "higher"
    runs, mean_of = ("runs", ", in the mean,") if shuffled["runs"] > 1 else ("run", "")
    loss = f"The final validation loss of the shuffled {runs} is{mean_of} {direction} by {significant(abs(difference), 2)}."
    if difference == 0:
        loss = "Both end with the same validation loss."
    seed = "One seed does not show how much of that is the chance of one permutation." if shuffled["runs"] == 1 else ""
    if ordered["steps"] == shuffled["steps"]:
        return join(f"Both have {counted(ordered['steps'], 'step')}.", loss, seed)
    sooner = "sooner" if shuffled["steps"] < ordered["steps"] else "later"
    ends = (
        f"Shuffled the training ends{mean_of} {sooner}, after {counted(round(shuffled['steps']), 'step')} "
        f"rather than {integer(round(ordered['steps']))}."
    )
    return join(ends, loss, seed)


def sweep(found: Findings) -> Latex:
    """How accuracy and norm change with the penalty."""
    falls = "; with each larger $\\lambda$ it is lower." if found["accuracy_falls"] else "."
    best = (
        f"The highest validation accuracy of last weights, {percent(found['best_accuracy'], 2)}, belongs to "
        f"$\\lambda={found['best_lambda']}${falls}"
    )
    norm = (
        "falls with each larger $\\lambda$." if found["norm_falls"] else "does not fall with every larger $\\lambda$."
    )
    if found["diverged"]:
        norms = f"In this sweep {counted(found['diverged'], 'run')} diverged, so the norms are not compared."
    else:
        norms = f"The squared norm of the last weights {norm}"
    return join(
        f"Values are means over {counted(found['runs'], 'seed')}."
        if found["runs"] > 1
        else "Each value comes from one run.",
        best,
        norms,
    )


def weights(found: Findings) -> Latex:
    """How smooth the images of the weights are, at the smallest and the largest lambda."""
    correlations, lambdas = found["correlations"], found["lambdas"]
    if any(value is None for value in correlations):
        return Latex("")
    pairs = zip(correlations, lambdas, strict=True)
    each = listed([Latex(f"{fixed(value, 2)} at $\\lambda={lam}$") for value, lam in pairs])
    return Latex(f"The correlation between the weights of pixels that touch is {each}.")


def stops(tasks: Mapping[str, Task]) -> Latex:
    """When training ends early."""
    rules: dict[str, list[Latex]] = {}
    for name, task in tasks.items():
        if task.runs:
            rules.setdefault(rule_of(task.early_stop).ends_when, []).append(typewriter(name))
    ends = {when: "never ends early" if when == "never" else f"ends early {escape(when)}" for when in rules}
    return join(*(f"Training of {listed(names)} {ends[when]}." for when, names in rules.items()))


def streams(tasks: Mapping[str, Task]) -> Latex:
    """Whose random stream has run on from earlier models."""
    found = []
    for name, task in tasks.items():
        counts = list({run.lam: task.settings(run).permutations_before for run in task.runs if run.shuffle}.values())
        if any(counts):
            counts = counts if len(set(counts)) > 1 else counts[:1]
            each = ", ".join(map(integer, counts))
            by = r", by $\lambda$ in the order of its list" if len(counts) > 1 else ""
            found.append(
                f"The runs of {typewriter(name)} begin where the random stream of earlier models ended, after {each} permutations{by}."
            )
    return join(*found)


def abstract(tasks: Sequence[Task], findings: Mapping[str, Findings], names: Mapping[str, list[str]]) -> Latex:
    """What each of some tasks reaches, a sentence a task."""
    return join(*(_reached(task, findings[task.name]["references"], names[task.name]) for task in tasks))


def _reached(task: Task, runs: Sequence[Findings], names: list[str]) -> str:
    title = model_named(task.model).title
    classes = listed(names) if len(names) <= 3 else f"{integer(len(names))} classes"
    several = f", mean of {len(runs)} seeds" if len(runs) > 1 else ""
    return (
        f"{title[0].upper() + title[1:]} on {classes} reaches a validation accuracy of "
        f"{percent(fmean(run['validation_accuracy'] for run in runs))} (task {typewriter(task.name)}{several})."
    )


def verdicts(published: list[Mapping[str, str]]) -> Latex:
    """How many of the published values are met, missed, not run or do not apply."""
    counts = Counter(row["verdict"] for row in published)
    if counts["met"] == len(published):
        return Latex(f"All {integer(len(published))} published values are met.")
    words = {"met": "are met", "missed": "are missed", "not run": "belong to runs outside this grid"}
    words["does not apply"] = "do not apply, because their task has other settings here"
    parts = [Latex(f"{integer(counts[verdict])} {word}") for verdict, word in words.items() if counts[verdict]]
    return Latex(f"Of {integer(len(published))} published values {listed(parts)}.")
