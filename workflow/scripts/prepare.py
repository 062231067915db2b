"""Turn the raw IDX files of one split into a Parquet file; each is verified, and fetched anew if it is damaged."""

import numpy as np

from onelayer.config import file_of
from onelayer.errors import InputError
from onelayer.fetch import read_or_fetch, sources_of
from onelayer.idx import idx_header, parse_idx
from onelayer.joblog import job
from onelayer.store import ImageSet, write_images


def main(dataset, split, images_path, labels_path, sources, offline, output):
    """Write the ImageSet of `split`; its metadata name the source files, their sizes and hashes."""
    images_name, images_file = file_of(dataset, split, "images")
    labels_name, labels_file = file_of(dataset, split, "labels")
    files = dataset["files"]
    images = parse_idx(read_or_fetch(images_name, files, sources, images_path, offline), images_name, ndim=3)
    labels = parse_idx(read_or_fetch(labels_name, files, sources, labels_path, offline), labels_name, ndim=1)
    for path, found, file in ((images_path, images, images_file), (labels_path, labels, labels_file)):
        if len(found) != file["count"]:
            raise InputError(
                f"{path}: holds {len(found)} {file['holds']}, but config/datasets.yaml says count: {file['count']}"
            )
    if len(images) != len(labels):
        raise InputError(f"{images_path} holds {len(images)} images, but {labels_path} {len(labels)} labels")
    _check(dataset, images, labels, images_path, labels_path)
    origin = [
        {"file": name, "holds": file["holds"], "count": file["count"], "bytes": file["bytes"], "sha256": file["sha256"]}
        for name, file in ((images_name, images_file), (labels_name, labels_file))
    ]
    metadata = {"split": split, "pixel_max": dataset["pixel_max"], "sources": origin}
    write_images(output, ImageSet(images, labels, metadata))


def _check(dataset, images, labels, images_path, labels_path):
    def refuse(path, found, key):
        raise InputError(f"{path}: {found}, but config/datasets.yaml says {key}: {dataset[key]}")

    if list(images.shape[1:]) != dataset["shape"]:
        refuse(images_path, f"offset 8: images of shape {list(images.shape[1:])}", "shape")
    if images.max() > dataset["pixel_max"]:
        place = images.argmax()
        offset = len(idx_header(images.shape)) + place
        refuse(images_path, f"offset {offset}: a pixel of {images.flat[place]}", "pixel_max")
    strangers = ~np.isin(labels, dataset["classes"])
    if strangers.any():
        place = strangers.argmax()
        offset = len(idx_header(labels.shape)) + place
        refuse(labels_path, f"offset {offset}: a label of {labels[place]}", "classes")


if __name__ == "__main__":
    with job(snakemake.log[0]):
        description = snakemake.params.description
        main(
            dataset=description,
            split=snakemake.wildcards.split,
            images_path=snakemake.input.images,
            labels_path=snakemake.input.labels,
            sources=sources_of(snakemake.wildcards.dataset, description["sources"], snakemake.params.project),
            offline=snakemake.config["offline"],
            output=snakemake.output.parquet,
        )
