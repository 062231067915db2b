"""Make the explorer: one page of curves, weights, images, a canvas to draw on, and verdicts."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onelayer.data.store import read_metadata
from onelayer.experiment.task import Run, Task
from onelayer.explorer import content
from onelayer.explorer.page import page_html
from onelayer.io.files import read_json, read_rows, write_text
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.results.published import by_place
from onelayer.training.runs import RunFiles, files_of_runs
from onelayer.training.sets import Chosen, chosen_images


def main(
    runs: Mapping[Run, RunFiles],
    tasks: Mapping[str, Task],
    images: Mapping[str, str],
    tables: Mapping[str, str],
    vega: str,
    shown: Mapping[str, Any],
) -> str:
    """The page of all runs.

    `images` are the stored images by file; `tables` the paths of published, claims and, with evidence, optimum; `vega` is the
    path of the library that draws curves; `shown` has the names of the classes by task and what the template prints as it is.
    """
    names, dataset = shown["names"], shown["dataset"]
    chosen, stride = content.chosen_runs(tasks, runs)
    validation = {name: images_of(task, images, "validation") for name, task in tasks.items()}
    played = max(tasks.values(), key=lambda task: len(task.classes))  # of equals the first
    training = images_of(played, images, "train")
    return page_html(
        {
            "dataset": {key: dataset[key] for key in ("shape", "pixel_max", "preparation", "ink")},
            "tasks": [content.task_content(task, names[name], dataset["pixel_max"]) for name, task in tasks.items()],
            "runs": [content.run_content(run, runs[run], stride) for run in chosen],
            "series": content.series_content(list(tasks), runs),
            "images": content.image_content(tasks, validation),
            "playground": content.playground_content(played, training),
        },
        Path(vega).read_text(encoding="utf-8"),
        **shown,
        published=by_place(read_rows(tables["published"])),
        claims=read_json(tables["claims"]),
        optimum=read_rows(tables["optimum"]) if "optimum" in tables else [],
        files=[read_metadata(path) for path in images.values()],
        left_out=len(runs) - len(chosen),
        stride=stride,
        tasks=tasks,
        model_named=model_named,
    )


def images_of(task: Task, paths: Mapping[str, str], role: str) -> Chosen:
    """The images of a role of a task, of its first seed."""
    return chosen_images(task, task.first_runs[0].seed, paths, [role])[0][role]


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        tasks = {name: Task.of(plain) for name, plain in snakemake.params.tasks.items()}
        page = main(
            runs=files_of_runs(snakemake.input.steps, tasks),
            tasks=tasks,
            images={Path(path).stem: path for path in snakemake.input.images},
            tables={Path(path).stem: path for path in snakemake.input.tables},
            vega=snakemake.input.vega,
            shown=snakemake.params.shown,
        )
        write_text(snakemake.output.page, page)
