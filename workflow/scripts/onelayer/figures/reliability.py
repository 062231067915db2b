"""How often a prediction is right, by how sure the model is of it."""

from matplotlib.figure import Figure

from onelayer.diagnostics import calibration_bins, expected_calibration_error
from onelayer.figures.common import ACCURACY_LABEL, ImageView, lambda_legend, lambda_styles

LARGEST = 100  # area of the dot of all images, in square points


def draw(view: ImageView) -> Figure:
    """Accuracy against mean confidence in bins of one width, a curve for each lambda; on the diagonal they agree.

    The area of a dot is its share of the images: small dots say little.
    """
    figure = Figure()
    axes = figure.subplots()
    axes.axline((0, 0), slope=1, color="0.6", linestyle="-", linewidth=0.8)
    for (lam, found), style in zip(view.predictions.items(), lambda_styles(len(view.predictions)), strict=True):
        bins = calibration_bins(found.confidence, found.predicted == found.label)
        label = f"λ = {lam}, ECE {expected_calibration_error(bins):.3f}"
        places, accuracies = [bin.confidence for bin in bins], [bin.accuracy for bin in bins]
        axes.plot(places, accuracies, label=label, **style)
        areas = [LARGEST * bin.images / len(found.label) for bin in bins]
        axes.scatter(places, accuracies, areas, color=style["color"], clip_on=False, zorder=3)
    axes.set(xlabel="confidence (probability of the predicted class)", ylabel=ACCURACY_LABEL)
    axes.set_title("area of a dot: its share of the images")
    axes.set(xlim=(1 / len(view.class_names) - 0.02, 1.02), ylim=(-0.02, 1.02))
    lambda_legend(axes, list(view.predictions))
    return figure
