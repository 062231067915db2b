"""Turn the raw files of one split into a Parquet file of images and labels, held to the description of the data set."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))  # this project's onelayer before any other

from collections.abc import Mapping
from typing import Any

import numpy as np

from onelayer.data.content import content_hash
from onelayer.data.readers import READERS, Bytes, folder_hash
from onelayer.data.store import ImageSet, write_images
from onelayer.errors import InputError
from onelayer.log import job


def main(name: str, split: str, description: Mapping[str, Any], files: Mapping[str, Path], output: Path) -> None:
    """Write the ImageSet of `split`; its metadata name the raw files with their hashes.

    Parameters
    ----------
    name : str
        The data set's.
    split : str
        train or test.
    description : mapping
        As `onelayer.data.description.reading_of` gives it.
    files : mapping
        By role the raw files, or `folder` and the folder of pictures.
    output : Path
    """
    images, labels = READERS[description["format"]](files, split, description)
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
    return folder_hash(path) if path.is_dir() else content_hash(path)


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
