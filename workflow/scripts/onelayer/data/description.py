"""What the description of a data set says: its images, which files serve which split, and where they are."""

import dataclasses
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onelayer.data.content import visible
from onelayer.data.preparation import PREPARATIONS
from onelayer.data.readers import reader_named, reader_names
from onelayer.io.errors import InputError

PROJECT = Path(__file__).resolve().parents[4]
PROJECT_SOURCE = "<project>/"  # at the beginning of a source: relative to the project instead of the working folder


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
    folder: str | None = None
    sha256: str | None = None

    def names(self, classes: Sequence[int]) -> list[str]:
        """What classes are called: by their names, or else by their numbers."""
        named = dict(zip(self.classes, self.class_names or self.classes, strict=True))
        return [str(named[label]) for label in classes]

    def files_of(self, split: str) -> dict[str, Mapping[str, str]]:
        """By role the files (`name`, perhaps `sha256`) that serve a split: train_* and test_* serve one, others both."""
        other = {"train": "test_", "test": "train_"}[split]
        return {role: file for role, file in self.files.items() if not role.startswith(other)}

    def fetched_file(self, name: str) -> Mapping[str, str]:
        """The file of that name that can be fetched, because it has a hash."""
        for file in self.files.values():
            if file["name"] == name and "sha256" in file:
                return file
        raise InputError(
            f"config: datasets.{self.name}.files has no file {name!r} with a sha256: only such are fetched"
        )

    def raw_paths(self, split: str) -> dict[str, str | list[str]]:
        """By role the inputs of one split: a file with a hash from `resources`, where it is fetched to, any other in place.

        Snakemake sees folders of images alone, first that of the split and then its classes: a file that comes or goes
        changes the time of its folder, an edit of an image does not.
        """
        if self.folder is None:
            return {role: self._raw_path(file) for role, file in self.files_of(split).items()}
        folder = Path(_first_existing(source / self.folder / split for source in self._folders()))
        classes = [path for path in visible(folder) if path.is_dir()] if folder.is_dir() else []
        return {"folders": [str(path) for path in (folder, *classes)]}

    def reading(self, split: str) -> dict[str, Any]:
        """The part of the description on which the stored images of a split depend, in plain values."""
        keys = ["format", "shape", "classes", "counts", "arrays", "folder", "sha256", "pixel_max"]
        keys += ["class_names"] if self.folder else []  # names of folders there, of the report's otherwise
        chosen = {key: getattr(self, key) for key in keys}
        return {key: value for key, value in chosen.items() if value} | {"files": self.files_of(split)}

    def shown(self) -> dict[str, Any]:
        """What is shown of it, in plain values: all but where it is from."""
        plain = dataclasses.asdict(self)
        return {key: value for key, value in plain.items() if key not in ("sources", "files")}

    def places(self) -> list[str]:
        """Addresses and folders where its files may be, in order."""
        return [source if is_address(source) else str(_local(source)) for source in self.sources]

    def _raw_path(self, file: Mapping[str, str]) -> str:
        if "sha256" in file:
            return f"resources/{self.name}/{file['name']}"
        return _first_existing(folder / file["name"] for folder in self._folders())

    def _folders(self) -> list[Path]:
        return [_local(source) for source in self.sources if not is_address(source)]


def is_address(source: str) -> bool:
    """Whether a source is an address and not a folder."""
    return "://" in source


def _local(source: str) -> Path:
    """The folder that a source means, relative to the working folder."""
    inside = source.startswith(PROJECT_SOURCE)
    return Path(os.path.relpath(PROJECT), source.removeprefix(PROJECT_SOURCE)) if inside else Path(source)


def _first_existing(paths: Iterable[Path]) -> str:
    """The first path where something is; if all are missing the first, so that Snakemake names it."""
    paths = list(paths)
    return str(next((path for path in paths if path.exists()), paths[0]))


def checked_datasets(datasets: Mapping[str, Mapping[str, Any]]) -> dict[str, DataSet]:
    """The data sets of a configuration that fits its schema; refuses keys that do not fit the format, the sources or each other.

    Raises InputError: one line with the key, what is wrong with it and what to do.
    """
    for name, description in datasets.items():
        for key, problem in _problems(description):
            raise InputError(f"config: datasets.{name}.{key}: {problem}")
    return {name: DataSet(name, **description) for name, description in datasets.items()}


def _problems(description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of a key and what is wrong with it."""
    form, files = description["format"], description.get("files", {})
    if form not in reader_names():
        yield "format", f"{form!r} is unknown: use one of {', '.join(reader_names())}"
        return
    roles = reader_named(form).ROLES
    needed, wrong = ({"files"}, {"folder", "sha256"}) if roles else ({"folder"}, {"files"})
    wrong |= {"arrays"} if form != "npz" else set()
    for key in sorted(needed - description.keys()):
        yield key, f"is missing: format {form} needs it"
    for key in sorted(wrong & description.keys()):
        yield key, f"does not fit format {form}: leave it out"
    for role in roles:
        if role not in files:
            yield f"files.{role}", f"is missing: format {form} needs the files {', '.join(roles)}"
    for role in files:
        if role not in roles:
            yield f"files.{role}", f"is unknown: format {form} has the files {', '.join(roles)}"
    addresses = [source for source in description["sources"] if is_address(source)]
    if addresses and not roles:
        yield "sources", f"format {form} is read from folders only: name a folder instead of an address"
    for role, file in files.items():
        if addresses and "sha256" not in file:
            yield f"files.{role}.sha256", "is missing: a file from an address needs one: gzip -dcf FILE | sha256sum"
    if len(description.get("class_names", description["classes"])) != len(description["classes"]):
        yield "class_names", "give one name a class, in the order of classes"
    preparation = description.get("preparation")
    if preparation and preparation not in PREPARATIONS:
        yield "preparation", f"{preparation!r} is unknown: use one of {', '.join(PREPARATIONS)}"
