"""What the figures share: axes, means over seeds, and how they are saved."""

import io
import os
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from onelayer.experiment.task import Run
from onelayer.figures import Drawn
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
LABELLED = 8  # up to this number, values of lambda get a label each
DASHES = ["-", (0, (4, 2)), (0, (6, 2, 1, 2)), (0, (1.5, 1)), (0, (8, 2))]
VALIDATION_ACCURACY_LABEL = "validation accuracy (fraction)"


def show_image(axes: Axes, image: NDArray[Any], largest: float) -> None:
    """An image in grey, from 0, black, to `largest`, white, without ticks and frame."""
    axes.imshow(image, cmap="gray", vmin=0, vmax=largest, interpolation="nearest", interpolation_stage="rgba")
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set_visible(False)
    axes.grid(False)


def show_images(
    axes: Axes, lines: Sequence[NDArray[np.uint8]], gap: tuple[int, int], largest: float
) -> NDArray[np.float64]:
    """Lines of images of one shape, as `show_image`; all on one pair of axes, because axes for each take long to draw.

    Parameters
    ----------
    lines : uint8 (images, height, width) each
    gap : pixels above and to the right of each image

    Returns
    -------
    float64 (lines, columns, 2) : x and y of the middle of each image's upper edge
    """
    height, width = lines[0][0].shape if lines and len(lines[0]) else (1, 1)
    pitch = np.array([height + gap[0], width + gap[1]])
    columns = max(map(len, lines), default=1)
    sheet = np.full((max(1, len(lines)) * pitch[0], columns * pitch[1]), np.nan)
    for line, images in enumerate(lines):
        for column, image in enumerate(images):
            top, left = (line * pitch[0] + gap[0], column * pitch[1])
            sheet[top : top + height, left : left + width] = image
    show_image(axes, sheet, largest)
    places = np.mgrid[: len(lines), :columns].transpose(1, 2, 0) * pitch
    return (places[..., ::-1] + [width / 2, gap[0]]) - 0.5


def new_figure(width: float = 0, height: float = 0) -> Drawn:
    """An empty figure of a size in inches, or of the style's."""
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height) if width else None)


def save(figure: Drawn, paths: Iterable[str | os.PathLike[str]]) -> None:
    """Write a figure to each of `paths`, without the dates and versions that would change its bytes."""
    metadata: dict[str, dict[str, Any]] = {
        ".png": {"Software": None},
        ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    }
    if engine := figure.get_layout_engine():
        engine.execute(figure)
        figure.set_layout_engine("none")  # laid out once, not once a file
    for path in map(Path, paths):
        # To memory first: of a full disk Matplotlib would say something else.
        content = io.BytesIO()
        figure.savefig(content, format=path.suffix[1:], metadata=metadata[path.suffix])
        with atomic_write(path) as partial:
            partial.write_bytes(content.getbuffer())


def new_axes(ylabel: str, limits: tuple[float, float] | None) -> tuple[Drawn, Axes]:
    """A figure with one pair of axes over training steps."""
    figure = new_figure()
    axes = figure.subplots()
    axes.set(xlabel=STEP_LABEL, ylabel=ylabel)
    if limits is not None:
        axes.set_ylim(limits)
    return figure, axes


def styles() -> list[dict[str, Any]]:
    """Colours and line styles of the style sheet, one a group of runs."""
    import matplotlib

    return list(matplotlib.rcParams["axes.prop_cycle"])


def lambda_styles(count: int) -> list[dict[str, Any]]:
    """Styles of the curves of `count` lambdas: dark to light as lambda grows, so that the order survives in grey."""
    import matplotlib

    colours = matplotlib.colormaps["viridis"](np.linspace(0, 0.9, count)).tolist()
    return [{"color": colour, "linestyle": dash} for colour, dash in zip(colours, cycle(DASHES), strict=False)]


def lambda_legend(axes: Axes, lambdas: Sequence[str]) -> None:
    """Beside curves in the styles of `lambda_styles`: a legend, or a bar of colours for more than LABELLED."""
    if len(lambdas) <= LABELLED:
        axes.figure.legend(loc="outside lower center", ncols=2, columnspacing=1, handlelength=1.8)
        return
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    colours = [style["color"] for style in lambda_styles(len(lambdas))]
    shown = np.linspace(0, len(lambdas) - 1, LABELLED).round().astype(int).tolist()
    scale = ScalarMappable(Normalize(-0.5, len(lambdas) - 0.5), ListedColormap(colours))
    bar = axes.figure.colorbar(scale, ax=axes, label="λ")
    bar.set_ticks(shown, labels=[lambdas[number] for number in shown])


def seeds_by(runs: Mapping[Run, RunFiles], key: str) -> dict[Any, list[RunFiles]]:
    """Runs by an attribute (`lam`, `shuffle`), in the order of first occurrence."""
    groups: dict[Any, list[RunFiles]] = {}
    for run, files in runs.items():
        groups.setdefault(getattr(run, key), []).append(files)
    return groups


def marked(label: str, seeds: Sequence[RunFiles]) -> str:
    """A label with the number of seeds that it averages and of runs that diverged."""
    diverged = sum(files.summary["diverged"] for files in seeds)
    if len(seeds) == 1:
        return f"{label} (diverged)" if diverged else label
    return f"{label}, {len(seeds)} seeds" + (f", {diverged} diverged" if diverged else "")


def draw_training_loss(axes: Axes, seeds: Sequence[RunFiles], label: str, **style: Any) -> None:
    """Training loss averaged over WINDOW steps: of one run with the spread over these steps, of several with that over seeds."""
    curves = [window_means(files.train_losses) for files in seeds]
    (middles, means, deviations), averaged = curves[0], f"mean of {WINDOW} steps"
    if len(seeds) > 1:
        (middles, means, deviations), averaged = over_seeds([curve[:2] for curve in curves]), "mean"
    (line,) = axes.plot(middles, means, label=f"{marked(label, seeds)}, {averaged} ± 1 s.d.", **style)
    _band(axes, line.get_color(), middles, means, deviations)


def draw_evaluations(axes: Axes, seeds: Sequence[RunFiles], column: str, label: str, **style: Any) -> None:
    """One column of the evaluations: of several seeds the mean, with a band of one standard deviation."""
    step, means, deviations = over_seeds([(own.evaluations["step"], own.evaluations[column]) for own in seeds])
    (line,) = axes.plot(step, means, label=marked(label, seeds), **style)
    if len(seeds) > 1:
        _band(axes, line.get_color(), step, means, deviations)


def window_means(values: Floats) -> tuple[Floats, Floats, Floats]:
    """Middle, mean and standard deviation of each run of WINDOW values.

    An incomplete run at the end is left out, unless it is the only one.
    """
    window = min(WINDOW, len(values))
    chunks = values[: len(values) // window * window].reshape(-1, window)
    return np.arange(len(chunks)) * window + (window - 1) / 2, chunks.mean(axis=1), chunks.std(axis=1)


def _band(axes: Axes, colour: Any, places: NDArray[Any], means: NDArray[Any], deviations: NDArray[Any]) -> None:
    axes.fill_between(places, means - deviations, means + deviations, color=colour, alpha=0.25, linewidth=0)


def use_style() -> None:
    """Put the style sheet over Matplotlib's own defaults, and over nothing else."""
    os.environ["MPLBACKEND"] = "agg"  # whatever a notebook or a shell has set
    import matplotlib
    import matplotlib.style

    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE)
