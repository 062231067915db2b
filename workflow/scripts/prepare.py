"""Turn the raw files of one split into a Parquet file of images and labels, checked against the description of the data set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onelayer.data.content import content_hash
from onelayer.data.readers import Bytes, reader_named
from onelayer.data.store import ImageSet, write_images
from onelayer.io.errors import InputError
from onelayer.io.log import job


def main(name: str, split: str, description: Mapping[str, Any], files: Mapping[str, Path], output: Path) -> None:
    """Write the ImageSet of `split` of the data set `name`; its metadata name the raw files with their hashes.

    `description` is the `reading` of a DataSet; `files` are the raw files by role.
    """
    images, labels = reader_named(description["format"]).read(files, split, description)
    if problem := mismatch(name, split, description, images, labels):
        raise InputError(f"{', '.join(map(str, files.values()))}: {problem}")
    metadata = {
        "dataset": name,
        "split": split,
        "pixel_max": description["pixel_max"],
        "classes": description["classes"],
        "sources": [{"file": path.name, "sha256": content_hash(path)} for path in files.values()],
    }
    write_images(output, ImageSet(images, labels, metadata))


def mismatch(name: str, split: str, description: Mapping[str, Any], images: Bytes, labels: Bytes) -> str:
    """The first thing in which images and labels are not as described; nothing if they are."""
    if len(images) != len(labels):
        return f"{len(images)} images, but {len(labels)} labels"
    count, shape, classes = description.get("counts", {}).get(split), list(images.shape[1:]), description["classes"]
    unknown = sorted(set(labels.tolist()) - set(classes))
    for wrong, found, key, value in (
        (count not in (None, len(images)), f"{len(images)} images", f"counts.{split}", count),
        (shape != description["shape"], f"images of shape {shape}", "shape", description["shape"]),
        (unknown, f"labels {unknown}", "classes", classes),
        (images.max() > description["pixel_max"], f"pixels to {images.max()}", "pixel_max", description["pixel_max"]),
    ):
        if wrong:
            return f"{found}, but config: datasets.{name}.{key} is {value}: correct the one or the other"
    return ""


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        main(
            name=snakemake.wildcards.dataset,
            split=snakemake.wildcards.split,
            description=snakemake.params.description,
            files={role: Path(path) for role, path in snakemake.input.items()},
            output=Path(snakemake.output.parquet),
        )
