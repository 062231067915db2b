"""Make the explorer: one page of curves, weights, images, a canvas to draw on, and verdicts."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onelayer.data.store import read_metadata
from onelayer.experiment.task import Run, Task
from onelayer.explorer.content import (
    chosen_runs,
    image_content,
    playground_content,
    run_content,
    series_content,
    task_content,
)
from onelayer.explorer.page import page_html
from onelayer.io.files import read_json, read_rows, write_text
from onelayer.io.log import job
from onelayer.models import model_named
from onelayer.results.published import by_place
from onelayer.training.runs import RunFiles, files_of_runs
from onelayer.training.sets import chosen_images


def main(
    runs: Mapping[Run, RunFiles],
    tasks: Mapping[str, Task],
    names: Mapping[str, Sequence[str]],
    images: Mapping[str, str],
    tables: Mapping[str, str],
    dataset: Mapping[str, Any],
    vega: str,
    output: str,
    **plain: Any,
) -> None:
    """Write the page of all runs.

    `names` are those of the classes by task, `images` the stored images by file. `tables` are the paths of published,
    claims and, with evidence, optimum; `vega` is the path of the library that draws curves; `dataset` is what is shown of it, and `plain` what the template prints as it is.
    """
    chosen = chosen_runs(tasks, runs)
    validation = {
        name: chosen_images(task, task.first_runs[0].seed, images, ["validation"])[0]["validation"]
        for name, task in tasks.items()
    }
    played = max(tasks, key=lambda name: len(tasks[name].classes))  # of equals the first
    task = tasks[played]
    training = chosen_images(task, task.first_runs[0].seed, images, ["train"])[0]["train"]
    playground = playground_content(task, training, validation[played])
    content = {
        "dataset": {
            "shape": dataset["shape"],
            "pixelMax": dataset["pixel_max"],
            "preparation": dataset["preparation"],
            "ink": dataset["ink"],
        },
        "tasks": [task_content(task, names[name], dataset["pixel_max"]) for name, task in tasks.items()],
        "runs": [run_content(run, runs[run], chosen.stride) for run in chosen.runs],
        "series": series_content(list(tasks), runs),
        "images": image_content(tasks, validation),
        "playground": playground,
    }
    page = page_html(
        content,
        Path(vega).read_text(encoding="utf-8"),
        dataset=dataset,
        published=by_place(read_rows(tables["published"])),
        claims=read_json(tables["claims"]),
        optimum=read_rows(tables["optimum"]) if "optimum" in tables else [],
        files=[read_metadata(path) for path in images.values()],
        left_out=len(runs) - len(chosen.runs),
        stride=chosen.stride,
        trains=len(playground["train"]),
        task_sentences=[(name, described(task, names[name])) for name, task in tasks.items()],
        **plain,
    )
    write_text(output, page)


def described(task: Task, names: Sequence[str]) -> str:
    """A task in a sentence."""
    orders = " and ".join("shuffled" if shuffle else "in file order" for shuffle in task.shuffle)
    drawn = "; its orders are drawn after those of other runs" if task.permutations_before else ""
    return f"{model_named(task.model).title} on {', '.join(names)}; λ = {', '.join(task.lambdas)}; {orders}{drawn}"


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        tasks = {name: Task.of(plain) for name, plain in snakemake.params.tasks.items()}
        main(
            runs=files_of_runs(snakemake.params.runs, snakemake.input.steps, tasks),
            tasks=tasks,
            images={Path(path).stem: path for path in snakemake.input.images},
            tables={Path(path).stem: path for path in snakemake.input.tables},
            vega=snakemake.input.vega,
            output=snakemake.output.page,
            **snakemake.params.shown,
        )
