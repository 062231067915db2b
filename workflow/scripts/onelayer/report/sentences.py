"""The sentences of the report that depend on what was found: a finding of onelayer.results.findings in, LaTeX out.

A sentence is printed only with the finding that makes it true. Nothing is said of a run that diverged but that it did.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.experiment.task import Task
from onelayer.models import model_named
from onelayer.report.latex import (
    EMPTY,
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


def result(task: Task, run: Findings) -> Latex:
    """The reference run of a task: which it is, and what it reached."""
    order = "shuffled" if run["shuffle"] else "in file order"
    penalty = f", $\\lambda={run['lambda']}$" if float(run["lambda"]) > 0 or len(task.lambdas) > 1 else ""
    seed = f", seed {run['seed']}" if (run["shuffle"] or task.draws) and len(task.seeds) > 1 else ""
    text = (
        f"The reference run ({order}{penalty}{seed}) ends with a training loss of {fixed(run['train_loss'], 4)} and a validation "
        f"loss of {fixed(run['validation_loss'], 4)}; the accuracies are {percent(run['train_accuracy'])} on the training and "
        f"{percent(run['validation_accuracy'])} on the validation images."
    )
    diverged = "Its validation loss ends above that of zero weights: the run diverged." if run["diverged"] else ""
    return join(text, diverged, _tested(run, _watched(task)))


def _watched(task: Task) -> str:
    """By what an evaluation of a task is the best: loss or error."""
    return rule_of(task.early_stop).watches.removeprefix("validation_")


def _tested(run: Findings, watched: str) -> str:
    if run["test_accuracy"] is None:
        return ""
    return (
        f"On the {integer(run['test_images'])} test images, looked at once after training, the accuracy is "
        f"{percent(run['test_accuracy'], 2)} with the last weights and {percent(run['best_test_accuracy'], 2)} with those "
        f"of the lowest validation {watched}, whose validation accuracy is {percent(run['best_validation_accuracy'], 2)}."
    )


def stopping(task: Task, run: Findings) -> Latex:
    """When a run ended, and where its best evaluation is."""
    steps, since = counted(run["steps"], "step"), run["evaluations_since_best"]
    if run["stopped_early"]:
        end = f"Training stopped early, in epoch {run['stop_epoch']}, after {steps}."
    else:
        end = f"Training did not stop early: it ran for {counted(task.max_epochs, 'epoch')}, {steps}."
    where = (
        f"{counted(since, 'evaluation')} before the last, at step {integer(run['best_step'])}" if since else "the last"
    )
    loss, watched = fixed(run["best_validation_loss"], 4), _watched(task)
    value = loss if watched == "loss" else percent(1 - run["best_validation_accuracy"], 2)
    also = "" if watched == "loss" else f"loss is {loss}, and its validation "
    lowest = (
        f"The evaluation with the lowest validation {watched}, {value}, is {where}; its validation {also}"
        f"accuracy is {percent(run['best_validation_accuracy'])}."
    )
    return join(end, lowest)


def parting(run: Findings) -> Latex:
    """Whether and where training and validation accuracy part."""
    if run["parting_step"] is None:
        below = f"{points(-run['last_gap'])} percentage points below it" if run["last_gap"] < 0 else "equal to it"
        return Latex(
            f"The training accuracy does not stay above the validation accuracy: at the last evaluation it is {below}."
        )
    return Latex(
        f"From step {integer(run['parting_step'])} on, the training accuracy is above the validation accuracy at every "
        f"evaluation, at the last one by {points(run['last_gap'])} percentage points. A gap alone is not overfitting: the "
        "training images are the ones that were fitted."
    )


def overfitting(run: Findings) -> Latex:
    """Whether the validation loss rises while the training accuracy does not fall, judged from the curves."""
    if run["risen"] is None:
        return Latex("One evaluation does not show whether the validation loss rises.")
    level = "the mean validation loss over the last tenth of the evaluations"
    if run["level_rise"] == 0:
        return Latex(
            f"The validation loss has not risen: {level} is the lowest of the run. By this sign the run does not overfit."
        )
    above = f"{level} is {percent(run['level_rise'])} above the lowest such mean, from step {integer(run['lowest_level_step'])} on"
    if not run["risen"]:
        return Latex(
            f"The validation loss has not clearly risen: {above}, no more than it wavers from one evaluation to the next, or "
            f"than {percent(run['rise_limit'], 0)}."
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
    """File order beside shuffling: how the first seed's runs end."""
    ordered, shuffled = found["file_order"], found["shuffled"]
    difference = shuffled["validation_loss"] - ordered["validation_loss"]
    direction = "lower" if difference < 0 else "higher"
    loss = f"The final validation loss of the shuffled run is {direction} by {significant(abs(difference), 2)}."
    if difference == 0:
        loss = "Both runs end with the same validation loss."
    seed = "One seed does not show how much of that is the chance of one permutation." if found["seeds"] == 1 else ""
    if ordered["steps"] == shuffled["steps"]:
        return join(f"Both runs have {counted(ordered['steps'], 'step')}.", loss, seed)
    sooner = "sooner" if shuffled["steps"] < ordered["steps"] else "later"
    ends = (
        f"The shuffled run ends {sooner}, in epoch {shuffled['stop_epoch']} after {counted(shuffled['steps'], 'step')}, "
        f"rather than in epoch {ordered['stop_epoch']} after {integer(ordered['steps'])}."
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


def abstract(
    tasks: Mapping[str, Task],
    findings: Mapping[str, Findings],
    names: Mapping[str, list[str]],
    left_out: Sequence[str],
) -> Latex:
    """One sentence a task that was trained: without those that are left out, if there are others."""
    shown = [name for name in findings if name not in left_out] or list(findings)
    return join(*(_reached(tasks[name], findings[name]["reference"], names[name]) for name in shown))


def _reached(task: Task, run: Findings, names: list[str]) -> str:
    title = model_named(task.model).title
    classes = listed(names) if len(names) <= 3 else f"{integer(len(names))} classes"
    return (
        f"{title[0].upper() + title[1:]} on {classes} reaches a validation accuracy of "
        f"{percent(run['validation_accuracy'])} (task {typewriter(task.name)})."
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


def claims_in_short(claims: Sequence[Findings]) -> Latex:
    """How many claims the data support, contradict and leave open."""
    counts = Counter(row["verdict"] for row in claims)
    not_run = (
        f", and {integer(counts['not run'])} need runs that are not in this configuration" if counts["not run"] else ""
    )
    return Latex(
        f"Of {counted(len(claims), 'claim')}, {integer(counts['supported'])} are supported and "
        f"{integer(counts['contradicted'])} contradicted by the data; {integer(counts['undecided'])} stay undecided{not_run}."
    )


def interval(row: Findings) -> Latex:
    """The interval of a claim's measure and the number of runs behind it, for a cell of a table."""
    if row["low"] is None or row["low"] == row["high"]:
        return escape(EMPTY)
    runs = f" ({integer(row['runs'])})" if row["runs"] > 1 else ""
    return Latex(f"{significant(row['low'])} to {significant(row['high'])}{runs}")


def optimum(rows: Sequence[Mapping[str, str]], name: str) -> Latex:
    """What the minima say of a task: where the penalty helps, and how far the runs are from the best."""
    own = [row for row in rows if row["task"] == name and row["certified"] == "true"]
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
