"""Write an overlay that describes somebody's own data and runs the pipeline on them: make dataset FROM=folder NAME=mine.

FROM is an .npz archive or four IDX files, which are described where they are; or a folder of pictures by class (<class>/*, or
train/<class>/* and test/<class>/*) or a table of pixels, which are copied into NAME.npz, 80:20 if they are not divided yet.
Nothing in FROM is changed.
"""

import math
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from onelayer.data.content import content_hash
from onelayer.data.description import PROJECT
from onelayer.data.found import SPLITS, Found, polarity_of, preparation_of, what_is_there
from onelayer.data.readers import Bytes, reader_named
from onelayer.io.errors import InputError
from onelayer.io.files import write_text


def main(argv: list[str]) -> None:
    """Write NAME.yaml for FROM into the current folder and say how to run it; `argv` holds both, and perhaps SIZE."""
    origin_name, name, size = (*argv, "")[:3]
    if not origin_name or not name:
        raise InputError("two arguments are needed: make dataset FROM=folder NAME=mine")
    origin, made = Path(origin_name).resolve(), [f"{name}.yaml", f"{name}.npz"]
    there = " ".join(path for path in made if Path(path).exists() and Path(path).resolve() != origin)
    builtin = yaml.safe_load((PROJECT / "config/datasets.yaml").read_text(encoding="utf-8"))["datasets"]
    letters = "use lower-case letters, digits, '-' and '_', the first a letter or a digit"
    for wrong, problem in (
        (not re.fullmatch("[a-z0-9][a-z0-9_-]*", name), f"NAME={name}: {letters}"),
        (name in builtin, f"NAME={name}: this data set comes with the project: choose another name"),
        (not origin.exists(), f"FROM={origin_name}: no such file or folder"),
        (there, f"{there}: of an earlier make dataset: rm {there}, or choose another NAME"),
        (not re.fullmatch("[1-9][0-9]*|", size), f"SIZE={size}: a number of pixels, as SIZE=28"),
    ):
        if wrong:
            raise InputError(problem)
    found = what_is_there(origin, Path(made[1]), int(size) if size else None)
    sets = sets_of(found)
    described = {"title": name} | describe(found, sets)
    overlay = overlay_of(name, described, stable_rate(sets["train"][0], described["pixel_max"]))
    text = yaml.safe_dump(overlay, sort_keys=False, allow_unicode=True, default_flow_style=None, width=110)
    head = "# Made by make dataset. The learning rate is half of the largest that is sure not to diverge; a larger one may learn faster."
    run = f"Run: snakemake --configfile {name}.yaml --directory {name}"
    as_were = "The images are as they were when this was made: after a change of them, make dataset again."
    write_text(made[0], f"{head}\n# {as_were}\n# {run}\n{text}")
    unlike = "No preparation makes pictures like these of a drawing: none can be predicted, see config/README.md"
    notes = [*found.notes, *([] if "preparation" in described else [unlike])]
    classes, count = len(described["classes"]), described["counts"]
    done = f"{name}.yaml: {classes} classes, {count['train']} training and {count['test']} test images"
    print(*notes, done, run, sep="\n")


def sets_of(found: Found) -> dict[str, tuple[Bytes, Bytes]]:
    """Images and labels of both splits."""
    return {split: reader_named(found.form).read(found.files, split, dict(found.known)) for split in SPLITS}


def stable_rate(images: Bytes, pixel_max: int) -> float:
    """A learning rate at which gradient descent on the softmax loss cannot diverge, rounded down to one digit.

    The second derivative of a loss by its logits is at most 1/2, so that of C is at most half of the largest eigenvalue of X^T X / N,
    which is at most the mean of |x|^2; below 2 divided by that descent converges (S. Boyd and L. Vandenberghe, Convex Optimization,
    2004, section 9.3). It is half of that bound.
    """
    inputs = images.reshape(len(images), -1) / (pixel_max / 2) - 1
    rate = 2 / float((inputs**2).sum(axis=1).mean() + 1)
    digit = 10.0 ** math.floor(math.log10(rate))
    return float(f"{math.floor(rate / digit + 1e-9) * digit:.1g}")


def overlay_of(name: str, description: dict[str, Any], rate: float) -> dict[str, Any]:
    """The configuration that trains on a data set: one softmax task, and no published report."""
    counts, classes = description["counts"], list(description["classes"])  # a copy: YAML would write an alias
    batch_size = min(128, 1 << max(1, counts["train"] // 4).bit_length() - 1)  # a power of two, four batches at least
    task = name.replace("-", "_")
    task = (task if task[0].isalpha() else f"data_{task}")[:20]
    settings = {"model": "softmax", "classes": classes, "learning_rate": rate, "lambdas": ["0.0"], "shuffle": [True]}
    return {
        "source": None,
        "dataset": name,
        "images": {"train": {"file": "train"}, "validation": {"file": "test"}},
        "training": {"batch_size": batch_size},
        "tasks": {task: settings},
        "datasets": {name: description},
    }


def describe(found: Found, sets: Mapping[str, tuple[Bytes, Bytes]]) -> dict[str, Any]:
    """The description of what was found, whose counts, classes, shape and pixel_max are those of its `sets`."""
    brightest = max(int(images.max()) for images, _ in sets.values())
    images = sets["train"][0]
    described: dict[str, Any] = {
        "format": found.form,
        "shape": list(images.shape[1:]),
        "pixel_max": 255 if brightest > 127 else max(1, brightest),
        "classes": sorted({int(label) for _, labels in sets.values() for label in labels}),
        "counts": {split: len(labels) for split, (_, labels) in sets.items()},
        "sources": [str(next(iter(found.files.values())).resolve().parent)],
        "files": {role: {"name": path.name, "sha256": content_hash(path)} for role, path in found.files.items()},
    }
    described |= found.known
    ink = polarity_of(images, described["pixel_max"])
    if ink == "dark":
        described["ink"] = ink
    if preparation := preparation_of(images, described["pixel_max"], ink):
        described["preparation"] = preparation
    return described


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(f"Error: {error}")
