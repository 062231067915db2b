"""How well the first of two classes is told from the second at every threshold: ROC, and precision over recall."""

from matplotlib.figure import Figure

from onelayer.diagnostics import first_class, ranking
from onelayer.figures.common import LABELLED, ImageView, lambda_legend, lambda_styles


def draw(view: ImageView) -> Figure:
    """Both curves for each lambda, the first class taken for positive; empty where a class has no image."""
    from sklearn import metrics

    classes, name = view.task["classes"], view.class_names[0]
    figure = Figure(figsize=(6.0, 3.2))
    left, right = figure.subplots(1, 2)
    for (lam, found), style in zip(view.predictions.items(), lambda_styles(len(view.predictions)), strict=True):
        area, average = ranking(found, classes)
        if area is None:
            continue
        positive, scores = first_class(found, classes)
        false, true, _ = metrics.roc_curve(positive, scores)
        precision, recall, _ = metrics.precision_recall_curve(positive, scores)
        left.plot(false, true, label=f"λ = {lam}, area {area:.4f}", clip_on=False, **style)
        right.step(recall, precision, where="post", label=f"λ = {lam}, average {average:.4f}", clip_on=False, **style)
    left.axline((0, 0), slope=1, color="0.6", linestyle="-", linewidth=0.8)
    left.set(xlabel=f"share of the others taken for {name}", ylabel=f"share of {name} found", title="ROC")
    right.set(xlabel=f"recall: share of {name} found", ylabel="precision", title="precision and recall")
    for axes in (left, right):
        axes.set(xlim=(0, 1), ylim=(0, 1))
        if len(view.predictions) <= LABELLED and axes.get_legend_handles_labels()[1]:
            axes.legend(loc="lower center")
    if len(view.predictions) > LABELLED:
        lambda_legend(right, list(view.predictions))
    return figure
