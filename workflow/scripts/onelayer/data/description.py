"""What the description of a data set says: its images, which files serve which split, and where they are."""

import dataclasses
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onelayer.data.preparation import PREPARATIONS
from onelayer.data.readers import reader_named, reader_names
from onelayer.io.errors import InputError

PROJECT = Path(__file__).resolve().parents[4]


@dataclass(frozen=True)
class DataSet:
    """A data set; the names are those of its description in the configuration, config/README.md explains them."""

    name: str
    title: str
    format: str
    shape: Sequence[int]
    classes: Sequence[int]
    sources: Sequence[str]
    subject: str = "images"
    pixel_max: int = 255
    preparation: str | None = None
    ink: str = "light"
    class_names: Sequence[str] | None = None
    counts: Mapping[str, int] = field(default_factory=dict)
    authors: str | None = None
    licence: str | None = None
    licence_address: str | None = None
    citation: str | None = None
    files: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    arrays: Mapping[str, str] = field(default_factory=dict)

    def names(self, classes: Sequence[int]) -> list[str]:
        """What classes are called: by their names, or else by their numbers."""
        named = dict(zip(self.classes, self.class_names or self.classes, strict=True))
        return [str(named[label]) for label in classes]

    def files_of(self, split: str) -> dict[str, Mapping[str, str]]:
        """By role the files (`name`, perhaps `sha256`) that serve a split: train_* and test_* serve one, others both."""
        other = {"train": "test_", "test": "train_"}[split]
        return {role: file for role, file in self.files.items() if not role.startswith(other)}

    def fetched_file(self, name: str) -> Mapping[str, str]:
        """The file of that name; only those with a hash are fetched."""
        return {file["name"]: file for file in self.files.values() if "sha256" in file}[name]

    def raw_paths(self, split: str) -> dict[str, str]:
        """By role the inputs of one split: a file with a hash from `resources`, where it is fetched to, any other in place."""
        folders = [Path(place) for place in self.places() if not is_address(place)]
        files, fetched = self.files_of(split), Path("resources", self.name)
        return {
            role: _first_existing([own / file["name"] for own in ([fetched] if "sha256" in file else folders)])
            for role, file in files.items()
        }

    def reading(self, split: str) -> dict[str, Any]:
        """The part of the description on which the stored images of a split depend, in plain values."""
        keys = ("format", "shape", "classes", "counts", "arrays", "pixel_max")
        return {key: value for key in keys if (value := getattr(self, key))} | {"files": self.files_of(split)}

    def shown(self) -> dict[str, Any]:
        """What is shown of it, in plain values: all but where it is from."""
        plain = dataclasses.asdict(self)
        return {key: value for key, value in plain.items() if key not in ("sources", "files")}

    def places(self) -> list[str]:
        """Addresses and folders where its files may be."""
        return [source.replace("<project>", os.path.relpath(PROJECT)) for source in self.sources]


def is_address(source: str) -> bool:
    """Whether a source is an address and not a folder."""
    return "://" in source


def _first_existing(paths: Sequence[Path]) -> str:
    """The first path where something is; if all are missing the first, so that Snakemake names it."""
    return str(next((path for path in paths if path.exists()), paths[0]))


def checked_datasets(datasets: Mapping[str, Mapping[str, Any]]) -> dict[str, DataSet]:
    """The data sets of a configuration that fits its schema.

    Raises InputError: a key does not fit the format, the sources or another; one line with what to do.
    """
    for name, description in datasets.items():
        for key, problem in _problems(description):
            raise InputError(f"config: datasets.{name}.{key}: {problem}")
    return {name: DataSet(name, **description) for name, description in datasets.items()}


def _problems(description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Keys, each with what is wrong with it."""
    form, files, classes = description["format"], description["files"], description["classes"]
    if form not in reader_names():
        yield "format", f"{form!r} is unknown: use one of {', '.join(reader_names())}"
        return
    roles = reader_named(form).ROLES
    if form != "npz" and "arrays" in description:
        yield "arrays", f"does not fit format {form}: leave it out"
    if files.keys() != set(roles):
        yield "files", f"format {form} needs {', '.join(roles)}, and no others"
    addresses = [source for source in description["sources"] if is_address(source)]
    for role, file in files.items():
        if addresses and "sha256" not in file:
            yield f"files.{role}.sha256", "is missing: a file from an address needs one: gzip -dcf FILE | sha256sum"
    if len(description.get("class_names", classes)) != len(classes):
        yield "class_names", "give one name a class, in the order of classes"
    if description.get("preparation", "centred_by_mass") not in PREPARATIONS:
        yield "preparation", f"{description['preparation']!r} is unknown: use one of {', '.join(PREPARATIONS)}"
