"""Draw figures of one task: those that need the same runs are drawn by one job."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

import os
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

os.environ["MPLBACKEND"] = "agg"  # whatever a notebook or a shell has set

import matplotlib
import matplotlib.style

import onelayer
from onelayer.figures.common import View, save
from onelayer.grid import Run, Settings, Task
from onelayer.log import job
from onelayer.runs import RunFiles

# Put over Matplotlib's own defaults, and over nothing else.
STYLE = Path(onelayer.__file__).parents[2] / "report/onelayer.mplstyle"


def main(
    task: Task,
    runs: Mapping[Run, RunFiles],
    shown: Mapping[str, Sequence[Run]],
    class_names: Sequence[str],
    shape: tuple[int, int],
    limits: Mapping[str, tuple[float, float] | None],
    optimum: str | None,
    outputs: Mapping[str, Sequence[str]],
) -> None:
    """Draw each figure named in `outputs` and save it to its paths.

    Parameters
    ----------
    task : Task
    runs : dict from Run to RunFiles
    shown : dict
        From the name of a figure to the runs that it shows.
    class_names : list of str
    shape : (height, width) of the images
    limits : dict
        From the name of a figure to the limits of its vertical axis, or None.
    optimum : path or None
        results/optimum/<task>.npz for the figures that show it.
    outputs : dict
        From the name of a figure to its paths.
    """
    matplotlib.rcdefaults()
    matplotlib.style.use(STYLE)
    for name, paths in outputs.items():
        view = View(task, {run: runs[run] for run in shown[name]}, class_names, shape, limits[name], optimum)
        save(import_module(f"onelayer.figures.{name}").draw(view), paths)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        params: Any = snakemake.params
        shown = {name: [Run(*run) for run in runs] for name, runs in params.shown.items()}
        folders = {
            Path(path).parent.as_posix().partition("/runs/")[2]: Path(path).parent for path in snakemake.input.summaries
        }
        main(
            task=params.task,
            runs={
                run: RunFiles(folders[run.folder], Settings.of(params.task, run))
                for runs in shown.values()
                for run in runs
            },
            shown=shown,
            class_names=params.class_names,
            shape=tuple(params.shape),
            limits=params.limits,
            optimum=next(iter(snakemake.input.optimum), None),
            outputs={name: snakemake.output[name] for name in params.limits},
        )
