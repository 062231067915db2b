"""The sentences of the report that depend on what was found: a finding of onelayer.results.findings in, LaTeX out.

A sentence is printed only with the finding that makes it true. Nothing is said of a run that diverged but that it did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from onelayer.experiment.task import Task
from onelayer.models import model_named
from onelayer.report.latex import Latex, counted, escape, fixed, integer, listed, percent, significant, typewriter
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
    run = runs[0]
    which = "shuffled" if run["shuffle"] else "in file order"
    if float(run["lambda"]) > 0 or len(task.lambdas) > 1:
        which += f", $\\lambda={run['lambda']}$"
    end, diverged, tested = f"The reference run ({which}) ends", "", ""
    if len(runs) > 1:
        end = f"The {len(runs)} reference runs ({which}) end, in the mean,"
    elif run["diverged"]:
        diverged = "The validation loss ends above that of zero weights: the run diverged."
    if run["test_accuracy"] is not None:
        tested = (
            f"On the {integer(run['test_images'])} test images, looked at once after training, the accuracy is "
            f"{percent(_mean(runs, 'test_accuracy'), 2)} with the last weights and "
            f"{percent(_mean(runs, 'best_test_accuracy'), 2)} with those of the lowest validation {_watched(task)}, "
            f"whose validation accuracy is {percent(_mean(runs, 'best_validation_accuracy'), 2)}."
        )
    reached = (
        f"{end} with a training loss of {fixed(_mean(runs, 'train_loss'), 4)} and a validation loss of "
        f"{fixed(_mean(runs, 'validation_loss'), 4)}; the accuracies are {percent(_mean(runs, 'train_accuracy'), 2)} "
        f"on the training and {percent(_mean(runs, 'validation_accuracy'), 2)} on the validation images."
    )
    return join(reached, diverged, tested)


def stopping(task: Task, runs: Sequence[Findings]) -> Latex:
    """When the reference runs ended, and where their best evaluation is."""
    run, watched = runs[0], _watched(task)
    loss, accuracy = fixed(_mean(runs, "best_validation_loss"), 4), _mean(runs, "best_validation_accuracy")
    value, also = loss, ""
    if watched == "error":
        value, also = percent(1 - accuracy, 2), f"loss is {loss}, and its validation "
    lowest = f"The evaluation with the lowest validation {watched}, {value}"
    best = f"its validation {also}accuracy is {percent(accuracy, 2)}."
    if len(runs) > 1:
        stopped, steps = sum(run["stopped_early"] for run in runs), _span([run["steps"] for run in runs], "step")
        end = f"Training stopped early in {stopped} of {len(runs)} runs; they have {steps}."
        return join(end, f"{lowest} in the mean, is at step {_span([run['best_step'] for run in runs])}; {best}")
    steps, since = counted(run["steps"], "step"), run["evaluations_since_best"]
    end = f"Training did not stop early: it ran for {counted(task.max_epochs, 'epoch')}, {steps}."
    if run["stopped_early"]:
        end = f"Training stopped early, in epoch {run['stop_epoch']}, after {steps}."
    where = f"{counted(since, 'evaluation')} before the last, at step {integer(run['best_step'])}"
    return join(end, f"{lowest}, is {where if since else 'the last'}; {best}")


def _mean(runs: Sequence[Findings], key: str) -> float:
    return fmean(run[key] for run in runs)


def _watched(task: Task) -> str:
    """By what an evaluation of a task is the best: loss or error."""
    return rule_of(task.early_stop).watches.removeprefix("validation_")


def _span(values: Sequence[int], unit: str = "") -> str:
    """The smallest and the largest of some numbers, or the number that all are."""
    low, high = min(values), max(values)
    last = counted(high, unit) if unit else integer(high)
    return last if low == high else f"{integer(low)} to {last}"


def parting(runs: Sequence[Findings]) -> Latex:
    """Whether and where training and validation accuracy part."""
    parted = [run for run in runs if run["parting_step"] is not None]
    note = "A gap alone is not overfitting: the training images are the ones that were fitted."
    if len(runs) > 1 and not parted:
        return Latex(f"In none of {len(runs)} runs does the training accuracy stay above the validation accuracy.")
    if len(runs) > 1:
        return Latex(
            f"In {len(parted)} of {len(runs)} runs the training accuracy stays above the validation accuracy, from step "
            f"{_span([run['parting_step'] for run in parted])} on, at the last evaluation by "
            f"{fixed(100 * _mean(parted, 'last_gap'), 2)} percentage points in the mean. {note}"
        )
    gap = 100 * runs[0]["last_gap"]
    if not parted:
        below = f"{fixed(-gap, 2)} percentage points below it" if gap < 0 else "equal to it"
        return Latex(
            f"The training accuracy does not stay above the validation accuracy: at the last evaluation it is {below}."
        )
    return Latex(
        f"From step {integer(runs[0]['parting_step'])} on, the training accuracy is above the validation accuracy at "
        f"every evaluation, at the last one by {fixed(gap, 2)} percentage points. {note}"
    )


def overfitting(runs: Sequence[Findings]) -> Latex:
    """Whether the validation loss rises while the training accuracy does not fall, judged from the curves."""
    run = runs[0]
    if any(run["risen"] is None for run in runs):
        return Latex("One evaluation does not show whether the validation loss rises.")
    level, limit = "the mean validation loss over the last tenth of the evaluations", percent(run["rise_limit"], 0)
    wavers = "than it wavers from one evaluation to the next"
    if len(runs) > 1:
        overfit = sum(run["risen"] and run["train_gain"] > 0 for run in runs)
        above = f"above the lowest such mean by more than {limit} and {wavers}"
        if not overfit:
            return Latex(
                f"In none of {len(runs)} runs is {level} {above} while the training accuracy has grown: by this sign none "
                "overfits."
            )
        return Latex(
            f"In {overfit} of {len(runs)} runs {level} is {above}, while the training accuracy has grown: these overfit. "
            f"In the mean it is {percent(_mean(runs, 'level_rise'), 2)} above."
        )
    if run["level_rise"] == 0:
        return Latex(
            f"The validation loss has not risen: {level} is the lowest of the run. By this sign the run does not overfit."
        )
    above = f"{level} is {percent(run['level_rise'])} above the lowest such mean, from step {integer(run['lowest_level_step'])} on"
    if not run["risen"]:
        return Latex(f"The validation loss has not clearly risen: {above}, no more {wavers}, or than {limit}.")
    since = "The training accuracy has not grown since then, so this is not overfitting."
    if run["train_gain"] > 0:
        gain = fixed(100 * run["train_gain"], 2)
        since = f"Since then the training accuracy has grown by {gain} percentage points: the run overfits."
    return join(f"The validation loss has risen: {above}, more {wavers}.", since)


def orders(found: Findings) -> Latex:
    """File order beside shuffling: how the runs end, in the mean over seeds."""
    ordered, shuffled = found["file_order"], found["shuffled"]
    difference = shuffled["validation_loss"] - ordered["validation_loss"]
    direction = "lower" if difference < 0 else "higher"
    runs, mean_of, seed = "runs", ", in the mean,", ""
    if shuffled["runs"] == 1:
        runs, mean_of = "run", ""
        seed = "One seed does not show how much of that is the chance of one permutation."
    loss = f"The final validation loss of the shuffled {runs} is{mean_of} {direction} by {significant(abs(difference), 2)}."
    if difference == 0:
        loss = "Both end with the same validation loss."
    sooner = "sooner" if shuffled["steps"] < ordered["steps"] else "later"
    ends = (
        f"Shuffled the training ends{mean_of} {sooner}, after {counted(round(shuffled['steps']), 'step')} "
        f"rather than {integer(round(ordered['steps']))}."
    )
    if ordered["steps"] == shuffled["steps"]:
        ends = f"Both have {counted(ordered['steps'], 'step')}."
    return join(ends, loss, seed)


def sweep(found: Findings) -> Latex:
    """How accuracy and norm change with the penalty."""
    seeds = "Each value comes from one run."
    if found["runs"] > 1:
        seeds = f"Values are means over {counted(found['runs'], 'seed')}."
    falls = "; with each larger $\\lambda$ it is lower." if found["accuracy_falls"] else "."
    best = (
        f"The highest validation accuracy of last weights, {percent(found['best_accuracy'], 2)}, belongs to "
        f"$\\lambda={found['best_lambda']}${falls}"
    )
    fall = "falls with each" if found["norm_falls"] else "does not fall with every"
    norms = f"The squared norm of the last weights {fall} larger $\\lambda$."
    if found["diverged"]:
        norms = f"In this sweep {counted(found['diverged'], 'run')} diverged, so the norms are not compared."
    return join(seeds, best, norms)


def weights(found: Findings) -> Latex:
    """How smooth the images of the weights are, at the smallest and the largest lambda."""
    if None in found["correlations"]:
        return Latex("")
    pairs = zip(found["correlations"], found["lambdas"], strict=True)
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
        each, by = ", ".join(map(integer, counts)), r", by $\lambda$ in the order of its list"
        if len(set(counts)) == 1:
            each, by = integer(counts[0]), ""
        if any(counts):
            found.append(
                f"The runs of {typewriter(name)} begin where the random stream of earlier models ended, after {each} permutations{by}."
            )
    return join(*found)


def abstract(tasks: Sequence[Task], findings: Mapping[str, Findings], names: Mapping[str, list[str]]) -> Latex:
    """What each of some tasks reaches, a sentence a task."""
    sentences = []
    for task in tasks:
        title, runs, own = model_named(task.model).title, findings[task.name]["references"], names[task.name]
        classes = listed(own) if len(own) <= 3 else f"{len(own)} classes"
        several = f", mean of {len(runs)} seeds" if len(runs) > 1 else ""
        sentences.append(
            f"{title[0].upper() + title[1:]} on {classes} reaches a validation accuracy of "
            f"{percent(_mean(runs, 'validation_accuracy'))} (task {typewriter(task.name)}{several})."
        )
    return join(*sentences)


def verdicts(published: list[Mapping[str, str]]) -> Latex:
    """How many of the published values are met, missed, not run or do not apply."""
    counts = Counter(row["verdict"] for row in published)
    if counts["met"] == len(published):
        return Latex(f"All {integer(len(published))} published values are met.")
    words = {"met": "are met", "missed": "are missed", "not run": "belong to runs outside this grid"}
    words["does not apply"] = "do not apply, because their task has other settings here"
    parts = [Latex(f"{integer(counts[verdict])} {word}") for verdict, word in words.items() if counts[verdict]]
    return Latex(f"Of {integer(len(published))} published values {listed(parts)}.")


def separable(minima: Sequence[Mapping[str, str]]) -> Latex:
    """Which tasks have weights that are right on every training image, by the rows of optimum.csv."""
    own = [row["task"] for row in minima if float(row["lambda"]) == 0 and float(row["train_accuracy"]) == 1]
    if not own:
        return Latex("")
    return Latex(
        f"In {listed([typewriter(name) for name in own])} there are weights that are right on every training image, found with a solver "
        r"(Table~\ref{tab:optimum}). Without a penalty the training accuracy can then reach 100\,\%, and the loss has no minimum."
    )


def optimum(minima: Sequence[Mapping[str, str]], name: str) -> Latex:
    """What the rows of optimum.csv say of a task: where the penalty helps, and how far the runs are from the best."""
    own = [row for row in minima if row["task"] == name and row["certified"] == "true"]
    if not own:
        return Latex("")
    best = max(own, key=lambda row: float(row["validation_accuracy"]))
    farthest = max(own, key=lambda row: float(row["objective_excess"]))
    bound = max(float(row["gap_bound"]) for row in own)
    return join(
        f"For {typewriter(name)} every minimum with $\\lambda>0$ is certified to {significant(bound, 1)} or better. The highest "
        f"validation accuracy at a minimum, {percent(best['validation_accuracy'], 2)}, belongs to $\\lambda={best['lambda']}$.",
        f"The run with $\\lambda={farthest['lambda']}$ ends farthest from its minimum, {significant(farthest['objective_excess'], 2)} "
        "above it.",
    )
