"""The sentences of the report that depend on what was found: a finding of onelayer.findings in, LaTeX out.

A sentence is printed only with the finding that makes it true, and an explanation only with the finding that it explains.
Of a run that diverged nothing is explained.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.grid import Task
from onelayer.latex import (
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
from onelayer.models import MODELS

Findings = Mapping[str, Any]
VERDICTS = ("supported", "contradicted", "undecided", "not run")


def join(*sentences: str) -> Latex:
    """Sentences in a row; empty ones are left out."""
    return Latex("\n".join(filter(None, sentences)))


def result(task: Task, shown: Findings) -> Latex:
    """Which run speaks for the task, how it ended and what it reached."""
    order = "shuffled" if shown["shuffle"] else "in file order"
    penalty = f", $\\lambda={shown['lambda']}$" if float(shown["lambda"]) > 0 or len(task["lambdas"]) > 1 else ""
    seed = f", seed {shown['seed']}" if shown["shuffle"] and len(task["seeds"]) > 1 else ""
    return join(
        f"The run that speaks for the task ({order}{penalty}{seed}) ends with a training loss of "
        f"{fixed(shown['train_loss'], 4)} and a validation loss of {fixed(shown['validation_loss'], 4)}; the accuracies are "
        f"{percent(shown['train_accuracy'])} on the training and {percent(shown['validation_accuracy'])} on the validation "
        "images.",
        "Its validation loss ends above that of zero weights: the run diverged, and no reading of its curves explains "
        "anything."
        if shown["diverged"]
        else "",
        tested(shown),
    )


def tested(shown: Findings) -> str:
    """What the test set says, where there is one."""
    if shown["test_accuracy"] is None:
        return ""
    return (
        f"On the {integer(shown['test_images'])} test images, looked at once after training, the accuracy is "
        f"{percent(shown['test_accuracy'], 2)} with the last weights and {percent(shown['best_test_accuracy'], 2)} with those "
        f"of the lowest validation loss, whose validation accuracy is {percent(shown['best_validation_accuracy'], 2)}."
    )


def stopping(task: Task, shown: Findings) -> Latex:
    """When the run ended, and where its lowest validation loss is."""
    since = shown["evaluations_since_best"]
    if shown["stopped_early"]:
        end = f"Training stopped early, in epoch {shown['stop_epoch']}, after {counted(shown['steps'], 'step')}."
    else:
        end = (
            f"Training did not stop early: all {counted(task['max_epochs'], 'epoch')} were run, "
            f"{counted(shown['steps'], 'step')}."
        )
    where = (
        "came at the last evaluation"
        if since == 0
        else f"had come {counted(since, 'evaluation')} before the last, at step {integer(shown['best_step'])}"
    )
    return join(
        end,
        f"The lowest validation loss at an evaluation, {fixed(shown['best_validation_loss'], 4)}, {where}, with a validation "
        f"accuracy of {percent(shown['best_validation_accuracy'])}.",
        "Both the last weights and those of the lowest loss are kept." if since else "",
    )


def parting(shown: Findings) -> Latex:
    """Whether and where training and validation accuracy part."""
    if shown["diverged"]:
        return Latex("")
    if shown["parting_step"] is None:
        text = (
            "The training accuracy does not stay above the validation accuracy: at the last evaluation it is "
            f"{points(-shown['last_gap'])} percentage points below it."
        )
    elif shown["evaluations"] == 1:
        text = f"At the one evaluation the training accuracy is above the validation accuracy by {points(shown['last_gap'])} percentage points."
    else:
        text = (
            f"From step {integer(shown['parting_step'])} on, the training accuracy is above the validation accuracy at every "
            f"evaluation. The gap is {points(shown['parting_gap'])} percentage points there, {points(shown['last_gap'])} at the "
            f"end, and largest at step {integer(shown['largest_gap_step'])}, with {points(shown['largest_gap'])}."
        )
    return join(text, "A gap alone is not overfitting: the training images are the ones that were fitted.")


def overfitting(shown: Findings) -> Latex:
    """Whether the validation loss rises while the training accuracy does not fall, judged from the curves."""
    if shown["diverged"]:
        return Latex("")
    if shown["risen"] is None:
        return Latex("With one evaluation, whether the validation loss rises cannot be said.")
    level = "the mean validation loss over the last tenth of the evaluations"
    if shown["level_rise"] == 0:
        return Latex(
            f"The validation loss has not risen: {level} is the lowest of the run. By this sign the run does not overfit."
        )
    above = f"{level} is {percent(shown['level_rise'])} above the lowest such mean, from step {integer(shown['lowest_level_step'])} on"
    if not shown["risen"]:
        return Latex(
            f"The validation loss has not clearly risen: {above}, which is no more than it wavers from one evaluation to the next, or than {percent(shown['rise_limit'], 0)}."
        )
    text = f"The validation loss has risen: {above}, more than it wavers from one evaluation to the next."
    if shown["train_gain"] > 0:
        return join(
            text,
            f"Since then the training accuracy has grown by {points(shown['train_gain'])} percentage points: the model still "
            "improves on its training images while it gets worse on others, which is overfitting.",
        )
    return join(text, "The training accuracy has not grown since then, so this is no overfitting.")


def divergence(found: Findings) -> Latex:
    """Which runs of a task diverged."""
    if not found["diverged"]:
        return Latex("")
    return Latex(
        f"{integer(len(found['diverged']))} of its {counted(found['runs'], 'run')} diverged: the final validation loss is above "
        "that of zero weights. Figures and tables mark them; a lower learning rate would help."
    )


def summary(
    tasks: Mapping[str, Task],
    findings: Mapping[str, Findings],
    names: Mapping[str, list[str]],
    chosen: Mapping[str, str],
) -> Latex:
    """One sentence a task for the abstract: of the chosen tasks, or of all where none of them is there."""
    shown = [name for name in tasks if name in chosen] or list(tasks)
    return join(
        *(
            f"{_upper(MODELS[tasks[name]['model']].title)} on {_classes(names[name])} reaches a validation accuracy of "
            f"{percent(findings[name]['shown']['validation_accuracy'])} (task {typewriter(name)})."
            for name in shown
        )
    )


def _classes(names: list[str]) -> str:
    return listed(names) if len(names) <= 3 else f"{integer(len(names))} classes"


def _upper(text: str) -> str:
    return text[0].upper() + text[1:]


def verdicts(published: list[Mapping[str, str]]) -> Latex:
    """How many of the published values are met, missed, not run or do not apply."""
    counts: dict[str, int] = {}
    for row in published:
        counts[row["verdict"]] = counts.get(row["verdict"], 0) + 1
    if counts.get("met") == len(published):
        return Latex(f"All {integer(len(published))} published values are met.")
    words = {"met": "are met", "missed": "are missed", "not run": "belong to runs outside this grid"}
    words["does not apply"] = "do not apply, because their task has other settings here"
    parts = [f"{integer(counts[verdict])} {word}" for verdict, word in words.items() if verdict in counts]
    return Latex(f"Of {integer(len(published))} published values " + listed_latex(parts) + ".")


def listed_latex(items: list[str]) -> str:
    """Pieces of LaTeX in a row."""
    return listed([Latex(item) for item in items])


def claims_in_short(claims: Sequence[Findings]) -> Latex:
    """How many claims the data support, contradict and leave open."""
    counts = {verdict: sum(row["verdict"] == verdict for row in claims) for verdict in VERDICTS}
    decided = counts["supported"] + counts["contradicted"]
    text = (
        f"Of {counted(len(claims), 'claim')}, {integer(decided)} are decided: {integer(counts['supported'])} supported and "
        f"{integer(counts['contradicted'])} contradicted by the data; {integer(counts['undecided'])} stay undecided"
    )
    absent = (
        f", and {integer(counts['not run'])} need runs that are not in this configuration" if counts["not run"] else ""
    )
    return Latex(f"{text}{absent}.")


def interval(row: Findings) -> Latex:
    """The interval of a claim's measure and the number of runs behind it, for a cell of a table."""
    if row["low"] is None or row["low"] == row["high"]:
        return escape(EMPTY)
    runs = f" ({integer(row['runs'])})" if row["runs"] > 1 else ""
    return Latex(f"{significant(row['low'])} to {significant(row['high'])}{runs}")


def optimum(task: Task, rows: Sequence[Mapping[str, str]], name: str) -> Latex:
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
        _without_penalty(rows, name),
    )


def _without_penalty(rows: Sequence[Mapping[str, str]], name: str) -> str:
    zero = [row for row in rows if row["task"] == name and not row["gap_bound"]]
    if not zero:
        return ""
    return (
        f"Without penalty no minimum may exist: after many iterations the loss is {significant(zero[0]['objective'], 1)}, with a "
        f"training accuracy of {percent(zero[0]['train_accuracy'])} and a validation accuracy of "
        f"{percent(zero[0]['validation_accuracy'])}."
    )
