"""Make the explorer: one page of curves, weights, images, a canvas to draw on, and verdicts."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping
from typing import Any

import onelayer
from onelayer.data.store import read_images
from onelayer.errors import atomic_write
from onelayer.explorer.content import chosen_runs, image_content, run_content, series_content, task_content
from onelayer.explorer.page import render
from onelayer.grid import Run, Task
from onelayer.log import job
from onelayer.runs import RunFiles, files_of_runs
from onelayer.shown import flat, grouped, read_json, read_rows


def main(
    runs: Mapping[Run, RunFiles],
    tasks: Mapping[str, Task],
    dataset: Mapping[str, Any],
    images: Mapping[str, str],
    tables: Mapping[str, str],
    provenance: str,
    output: str,
) -> None:
    """Write the page.

    Parameters
    ----------
    runs : dict from Run to RunFiles
        All runs.
    tasks : dict
    dataset : dict
        The description of the data set.
    images : dict
        By task, the stored images that its validation set is in.
    tables : dict
        Paths by name: published and claims, and with evidence optimum.
    provenance, output : path
    """
    chosen = chosen_runs(tasks, runs)
    validation = {
        name: read_images(path, tasks[name]["validation"]["first"], tasks[name]["validation"]["count"])
        for name, path in images.items()
    }
    document = read_json(provenance)
    content = {
        "dataset": {
            "shape": dataset["shape"],
            "pixelMax": dataset["pixel_max"],
            "preparation": dataset.get("preparation"),
        },
        "tasks": [task_content(task, dataset) for task in tasks.values()],
        "runs": [run_content(run, runs[run], chosen.stride) for run in chosen.runs],
        "series": series_content(list(tasks), runs),
        "images": image_content(tasks, validation),
    }
    page = render(
        Path(onelayer.__file__).parents[2] / "explorer",
        content,
        dataset=dataset,
        published=grouped(read_rows(tables["published"])),
        claims=read_json(tables["claims"]),
        optimum=read_rows(tables["optimum"]) if "optimum" in tables else [],
        configuration=flat(document["configuration"]),
        provenance=document,
        left_out=len(runs) - len(chosen.runs),
        stride=chosen.stride,
    )
    with atomic_write(output) as partial:
        partial.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        tasks = snakemake.params.tasks
        main(
            runs=files_of_runs(snakemake.params.runs, snakemake.input.steps, tasks),
            tasks=tasks,
            dataset=snakemake.params.dataset,
            images=dict(zip(tasks, snakemake.input.images, strict=True)),
            tables={Path(path).stem: path for path in snakemake.input.tables},
            provenance=snakemake.input.provenance,
            output=snakemake.output.page,
        )
