"""What the report says of the minima of the objectives: the rows of optimum.csv in, LaTeX out."""

from collections.abc import Mapping, Sequence

from onelayer.report.latex import Latex, listed, percent, significant, typewriter
from onelayer.report.sentences import join


def separable(rows: Sequence[Mapping[str, str]]) -> Latex:
    """Whose training images some weights are right on, every one."""
    own = [row["task"] for row in rows if float(row["lambda"]) == 0 and float(row["train_accuracy"]) == 1]
    if not own:
        return Latex("")
    return Latex(
        f"In {listed([typewriter(name) for name in own])} there are weights that are right on every training image, found with a solver "
        r"(Table~\ref{tab:optimum}). Without a penalty the training accuracy can then reach 100\,\%, and the loss has no minimum."
    )


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
