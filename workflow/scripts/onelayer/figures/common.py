"""What the figures share: axes, means over seeds, and how they are saved."""

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Run
from onelayer.figures import Drawn, View
from onelayer.io.files import atomic_write
from onelayer.models import Floats
from onelayer.results.curves import over_seeds

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from onelayer.training.runs import RunFiles
else:
    Axes = RunFiles = object

STYLE = Path(__file__).resolve().parents[3] / "report/onelayer.mplstyle"
WINDOW = 10  # steps that one point of a training-loss curve averages
STEP_LABEL = "training step (batches)"
VALIDATION_ACCURACY = "validation accuracy (fraction)"
ACCURACIES = {"training": "train_accuracy", "validation": "validation_accuracy"}
LABELLED = 8  # up to this number, values of lambda get a label each
# What a curve shows: its label, a column of the evaluations or batch_loss, a run or several that differ in their seed, and its style.
Line = tuple[str, str, Sequence["RunFiles"], Mapping[str, Any]]


def show_image(axes: Axes, image: NDArray[Any], largest: float, **style: Any) -> Any:
    """An image in grey, from 0, black, to `largest`, white, or in another style, without ticks and frame."""
    grey: dict[str, Any] = {"cmap": "gray", "vmin": 0, "interpolation_stage": "rgba"}
    shown = axes.imshow(image, vmax=largest, interpolation="nearest", **grey | style)
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(False)
    return shown


def show_images(
    axes: Axes, lines: Sequence[NDArray[np.uint8]], gap: tuple[int, int], largest: float
) -> NDArray[np.float64]:
    """Lines of images, (n, height, width) each, as `show_image`; all on one pair of axes, because axes for each take long to draw.

    `gap` is pixels above and to the right of each image. Given back are x and y of the middle of each image's upper edge, float64
    (lines, columns, 2).
    """
    height, width = lines[0][0].shape if lines and len(lines[0]) else (1, 1)
    pitch = np.array([height + gap[0], width + gap[1]])
    columns = max(map(len, lines), default=1)
    sheet = np.full((max(1, len(lines)), pitch[0], columns, pitch[1]), np.nan)
    for line, images in enumerate(lines):
        sheet[line, gap[0] :, : len(images), :width] = images.transpose(1, 0, 2)
    show_image(axes, sheet.reshape(-1, columns * pitch[1]), largest)
    places = np.mgrid[: len(lines), :columns].transpose(1, 2, 0) * pitch
    return (places[..., ::-1] + [width / 2, gap[0]]) - 0.5


def new_figure(width: float = 0, height: float = 0) -> Drawn:
    """An empty figure of a size in inches, or of the style's."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height) if width else None)


def save(figure: Drawn, paths: Iterable[str | os.PathLike[str]]) -> None:
    """Write a figure to each of `paths`, without the dates and versions that would change its bytes."""
    metadata = {".png": {"Software": None}, ".pdf": dict.fromkeys(("Creator", "Producer", "CreationDate"))}
    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine("none")  # laid out once, not once a file
    for path in map(Path, paths):
        # To memory first: of a full disk Matplotlib would say something else.
        content = io.BytesIO()
        figure.savefig(content, format=path.suffix[1:], metadata=metadata[path.suffix])
        with atomic_write(path) as partial:
            partial.write_bytes(content.getbuffer())


def styles() -> list[dict[str, Any]]:
    """Colours and line styles of the style sheet, one a group of runs."""
    import matplotlib

    return list(matplotlib.rcParams["axes.prop_cycle"])


def seeds_by(runs: Mapping[Run, RunFiles], key: str) -> dict[Any, list[RunFiles]]:
    """Runs by an attribute (`lam`, `shuffle`), in the order of first occurrence."""
    groups: dict[Any, list[RunFiles]] = {}
    for run, files in runs.items():
        groups.setdefault(getattr(run, key), []).append(files)
    return groups


def deviation(values: Sequence[float]) -> float:
    """Standard deviation (n - 1) of several values; of one 0."""
    return float(np.std(values, ddof=1)) if len(values) > 1 else 0.0


def marked(label: str, seeds: Sequence[RunFiles]) -> str:
    """A label with the number of seeds that it averages and of runs that diverged."""
    diverged = sum(files.summary["diverged"] for files in seeds)
    if len(seeds) == 1:
        return f"{label} (diverged)" if diverged else label
    return f"{label}, {len(seeds)} seeds" + (f", {diverged} diverged" if diverged else "")


def by_order(view: View, column: str) -> list[Line]:
    """A column in file order and shuffled."""
    groups = zip(seeds_by(view.runs, "shuffle").items(), styles(), strict=False)
    return [("shuffled" if shuffle else "file order", column, seeds, style) for (shuffle, seeds), style in groups]


def draw_curves(view: View, ylabel: str, lines: Sequence[Line], legend: bool = True) -> Drawn:
    """Curves over the steps: of several seeds the mean, with a band of one standard deviation.

    Of `batch_loss`, the training loss, the mean of WINDOW steps is drawn, of one run with the spread over them. An axis of losses begins
    at 0, unless it has limits.
    """
    figure = new_figure()
    axes = figure.subplots()
    axes.set(xlabel=STEP_LABEL, ylabel=ylabel)
    if view.limits is not None:
        axes.set_ylim(view.limits)
    curves: list[Any]
    for label, column, seeds, style in lines:
        label = marked(label, seeds)
        if column == "batch_loss":
            label += f", {'mean' if len(seeds) > 1 else f'mean of {WINDOW} steps'} ± 1 s.d."
            curves = [window_means(files.train_losses) for files in seeds]
        else:
            curves = [(files.evaluations["step"], files.evaluations[column], None) for files in seeds]
        steps, means, deviations = curves[0]
        if len(seeds) > 1:
            steps, means, deviations = over_seeds([curve[:2] for curve in curves])
        (line,) = axes.plot(steps, means, label=label, **style)
        if deviations is not None:
            low, high = means - deviations, means + deviations
            axes.fill_between(steps, low, high, color=line.get_color(), alpha=0.25, linewidth=0)
    if view.limits is None and "loss" in lines[0][1]:
        axes.set_ylim(bottom=0)
    if legend:
        axes.legend()
    return figure


def window_means(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Middle, mean and standard deviation of each run of WINDOW values.

    An incomplete run at the end is left out, unless it is the only one.
    """
    window = min(WINDOW, len(values))
    chunks = values[: len(values) // window * window].reshape(-1, window)
    return np.arange(len(chunks)) * window + (window - 1) / 2, chunks.mean(axis=1), chunks.std(axis=1)


def use_style() -> None:
    """Put the style sheet over Matplotlib's own defaults, and over nothing else."""
    os.environ["MPLBACKEND"] = "agg"  # whatever a notebook or a shell has set
    import matplotlib.style

    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE)
