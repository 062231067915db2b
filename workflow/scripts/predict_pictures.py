"""Predict your own images with the most accurate run of each task; print, tabulate and draw what was predicted."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onelayer.experiment.task import Run, Setup
from onelayer.figures.common import save, use_style
from onelayer.io.errors import InputError
from onelayer.io.files import atomic_write
from onelayer.io.log import job
from onelayer.pictures.predict import predictions_table, prepared_pictures
from onelayer.pictures.sheet import draw
from onelayer.training.runs import RunFiles, files_of_runs


def main(
    pictures: Sequence[str],
    runs: Mapping[Run, RunFiles],
    setups: Mapping[str, Setup],
    dataset: Mapping[str, Any],
    table: str,
    sheet: str,
) -> None:
    """Write `table` and `sheet`, and print a line for each picture.

    `runs` are all runs of the tasks; `dataset` has the keys shape, pixel_max, preparation, ink and classes of its description, and
    `names` of these classes.
    """
    names = dict(zip(dataset["classes"], dataset["names"], strict=True))
    # Of each task the most accurate run; of equals that of the smallest lambda, then the first.
    chosen: dict[str, Run] = {}
    for run in sorted(runs, key=lambda run: (-runs[run].summary["validation_accuracy"], float(run.lam))):
        chosen.setdefault(run.task, run)
    prepared = prepared_pictures(pictures, dataset)
    if not any(picture.problem is None for picture in prepared):
        problems = "; ".join(f"{picture.name}: {picture.problem}" for picture in prepared[:3])
        raise InputError(f"images_to_predict: none of {len(prepared)} files can be predicted: {problems}")
    rows = predictions_table(prepared, {run: runs[run] for run in chosen.values()}, setups, names, dataset["pixel_max"])
    said = rows.pop("said")
    use_style()
    lines = {picture.name: list(said[rows["file"] == picture.name]) for picture in prepared}
    save(draw(prepared, lines, dataset["pixel_max"]), [sheet])
    with atomic_write(table) as partial:
        rows.to_csv(partial, index=False, float_format="%.6f")
    for name in lines:  # the most accurate answer, and those of other tasks that differ
        print(f"{name}: {'; '.join(said[rows[rows['file'] == name].drop_duplicates('predicted').index])}")
    print(f"What the models saw: {Path(sheet).resolve()}", flush=True)


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        pictures = [path for path, *_ in snakemake.params.pictures]
        if not pictures:
            raise InputError(
                "images_to_predict is empty: name a picture or a folder: --config images_to_predict=my_digits/"
            )
        setups = {name: Setup.of(plain) for name, plain in snakemake.params.setups.items()}
        main(
            pictures=pictures,
            runs=files_of_runs(snakemake.input.weights, setups),
            setups=setups,
            dataset=snakemake.params.dataset,
            table=snakemake.output.table,
            sheet=snakemake.output.sheet,
        )
