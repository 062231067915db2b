"""What the report prints of the configuration, put together while Snakemake plans: this module imports little."""

from collections.abc import Mapping, Sequence
from typing import Any

from onelayer.data.description import PIXEL_MAX
from onelayer.grid import Task, class_names
from onelayer.selection import axis_limits


def context_of(
    tasks: Mapping[str, Task],
    description: Mapping[str, Any],
    published: Mapping[str, Any],
    differing: Mapping[str, Sequence[str]],
    figure_names: Mapping[tuple[str, str], str],
) -> dict[str, Any]:
    """What the templates print of the configuration, in plain values.

    Parameters
    ----------
    tasks : dict
    description : dict
        That of the data set.
    published : dict
        config/published.yaml.
    differing : dict
        See onelayer.published.published_table.
    figure_names : dict
        See onelayer.selection.figure_files.
    """
    figures = {name: {figure: file for (task, figure), file in figure_names.items() if task == name} for name in tasks}
    return {
        "tasks": dict(tasks),
        "names": {name: class_names(description, task["classes"]) for name, task in tasks.items()},
        "figures": figures,
        "clipped": {
            name: [figure for figure in own if axis_limits(published, differing, name, figure)]
            for name, own in figures.items()
        },
        "sections": published["sections"],
        "source": published["source"],
        "differing": differing,
        "dataset": shown_description(description),
    }


def shown_description(description: Mapping[str, Any]) -> dict[str, Any]:
    """What is shown of a data set, with the defaults filled in: all but where it is from."""
    defaults = {"subject": "images", "pixel_max": PIXEL_MAX}
    return defaults | {key: value for key, value in description.items() if key not in ("sources", "files")}
