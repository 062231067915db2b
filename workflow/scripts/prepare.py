"""Turn the raw files of one split into a Parquet file of images and labels, checked against the description of the data set."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from onelayer.data.content import content_hash
from onelayer.data.readers import Bytes, reader_named
from onelayer.data.store import ImageSet, write_images
from onelayer.io.errors import InputError
from onelayer.io.log import job


def main(name: str, split: str, description: Mapping[str, Any], files: Mapping[str, Path], output: Path) -> None:
    """Write the ImageSet of `split` of the data set `name`; its metadata name the raw files with their hashes.

    `description` is the `reading` of a DataSet; `files` are the raw files by role, or `folder` and the folder of images.
    """
    images, labels = reader_named(description["format"]).read(files, split, description)
    if problem := mismatch(name, split, description, images, labels):
        raise InputError(f"{', '.join(map(str, files.values()))}: {problem}")
    described = description["files"]
    sources = [
        {"file": described.get(role, {}).get("name", path.name), "sha256": _hash(path)} for role, path in files.items()
    ]
    metadata = {
        "dataset": name,
        "split": split,
        "pixel_max": description["pixel_max"],
        "classes": description["classes"],
        "sources": sources,
    }
    write_images(output, ImageSet(images, labels, metadata))


def _hash(path: Path) -> str:
    if path.is_file():
        return content_hash(path)
    from onelayer.data.readers.images import folder_hash

    return folder_hash(path)


def mismatch(name: str, split: str, description: Mapping[str, Any], images: Bytes, labels: Bytes) -> str:
    """The first thing in which images and labels are not as described; nothing if they are."""
    if len(images) != len(labels):
        return f"{len(images)} images, but {len(labels)} labels"
    unknown = ~np.isin(labels, description["classes"])
    place, bright = int(unknown.argmax()), int(images.max(axis=(1, 2)).argmax())
    count, shape = description.get("counts", {}).get(split, len(images)), list(images.shape[1:])
    for wrong, found, key, value in (
        (len(images) != count, f"{len(images)} images", f"counts.{split}", count),
        (shape != description["shape"], f"images of shape {shape}", "shape", description["shape"]),
        (unknown.any(), f"image {place} has the label {labels[place]}", "classes", description["classes"]),
        (
            images.max() > description["pixel_max"],
            f"image {bright} has a pixel of {images.max()}",
            "pixel_max",
            description["pixel_max"],
        ),
    ):
        if wrong:
            return f"{found}, but config: datasets.{name}.{key} is {value}: correct the one or the other"
    return ""


if __name__ == "__main__":
    with job(snakemake.log[0], snakemake.params.code):
        inputs = dict(snakemake.input.items())
        folders = inputs.pop("folders", None)
        main(
            name=snakemake.wildcards.dataset,
            split=snakemake.wildcards.split,
            description=snakemake.params.description,
            files={"folder": Path(folders[0]).parent} if folders else {role: Path(inputs[role]) for role in inputs},
            output=Path(snakemake.output.parquet),
        )
