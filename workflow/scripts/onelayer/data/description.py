"""What the description of a data set says: which files serve which split, where they are, and what it must not say."""

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from onelayer.data.readers import READERS, ROLES, visible
from onelayer.errors import InputError

PROJECT = Path(__file__).resolve().parents[4]
PROJECT_SOURCE = "<project>/"  # at the beginning of a source: relative to the project instead of the working folder
PIXEL_MAX = 255


def is_address(source: str) -> bool:
    """Whether a source is an address and not a folder."""
    return "://" in source


def local_source(source: str, project: str | os.PathLike[str]) -> Path:
    """The folder that a source means."""
    inside = source.startswith(PROJECT_SOURCE)
    return Path(project, source.removeprefix(PROJECT_SOURCE)) if inside else Path(source)


def files_of(description: Mapping[str, Any], split: str) -> dict[str, dict[str, str]]:
    """By role the files (`name`, perhaps `sha256`) that serve `split`: train_* and test_* serve one, others both."""
    other = {"train": "test_", "test": "train_"}[split]
    return {role: file for role, file in description.get("files", {}).items() if not role.startswith(other)}


def file_named(name: str, description: Mapping[str, Any], file_name: str) -> dict[str, str]:
    """The file of the data set `name` that is called `file_name` and can be fetched, because it has a hash."""
    for file in description.get("files", {}).values():
        if file["name"] == file_name and "sha256" in file:
            return dict(file)
    raise InputError(f"config: datasets.{name}.files has no file {file_name!r} with a sha256: only such are fetched")


def raw_path(name: str, description: Mapping[str, Any], file: Mapping[str, str], project: str) -> str:
    """Where a file is read from: a file with a hash from `resources`, where it is fetched to, any other in place."""
    if "sha256" in file:
        return f"resources/{name}/{file['name']}"
    return _first_existing(Path(folder, file["name"]) for folder in _local_sources(description, project))


def raw_paths(name: str, description: Mapping[str, Any], split: str, project: str) -> dict[str, str | list[str]]:
    """By role the inputs of one split.

    Pictures are seen by their folders alone, first that of the split and then its classes: a file that comes or goes
    changes the time of its folder, an edit of a picture does not.
    """
    if "folder" not in description:
        return {role: raw_path(name, description, file, project) for role, file in files_of(description, split).items()}
    folders = [Path(folder, description["folder"], split) for folder in _local_sources(description, project)]
    folder = Path(_first_existing(folders))
    classes = [path for path in visible(folder) if path.is_dir()] if folder.is_dir() else []
    return {"folders": [str(path) for path in (folder, *classes)]}


def reading_of(description: Mapping[str, Any], split: str) -> dict[str, Any]:
    """The part of a description on which the stored images of `split` depend, with the defaults filled in."""
    keys = ["format", "shape", "classes", "counts", "arrays", "folder", "sha256"]
    keys += ["class_names"] if "folder" in description else []  # names of folders there, of the report's otherwise
    chosen = {key: description[key] for key in keys if key in description}
    return chosen | {"pixel_max": description.get("pixel_max", PIXEL_MAX), "files": files_of(description, split)}


def check_datasets(datasets: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what the schema cannot: keys that do not fit the format, the sources or each other.

    Raises
    ------
    InputError
        One line with the key, what is wrong with it and what to do.
    """
    for name, description in datasets.items():
        for key, problem in _problems(description):
            raise InputError(f"config: datasets.{name}.{key}: {problem}")


def _problems(description: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Pairs of a key and what is wrong with it."""
    form, files = description["format"], description.get("files", {})
    if form not in READERS:
        yield "format", f"{form!r} is unknown: use one of {', '.join(READERS)}"
        return
    needed, wrong = ({"files"}, {"folder", "sha256"}) if ROLES[form] else ({"folder"}, {"files"})
    wrong |= {"arrays"} if form != "npz" else set()
    for key in sorted(needed - description.keys()):
        yield key, f"is missing: format {form} needs it"
    for key in sorted(wrong & description.keys()):
        yield key, f"does not fit format {form}: leave it out"
    for role in ROLES[form]:
        if role not in files:
            yield f"files.{role}", f"is missing: format {form} needs the files {', '.join(ROLES[form])}"
    for role in files:
        if role not in ROLES[form]:
            yield f"files.{role}", f"is unknown: format {form} has the files {', '.join(ROLES[form])}"
    addresses = [source for source in description["sources"] if is_address(source)]
    if addresses and not ROLES[form]:
        yield "sources", f"format {form} is read from folders only: name a folder instead of an address"
    for role, file in files.items():
        if addresses and "sha256" not in file:
            yield f"files.{role}.sha256", "is missing: a file from an address needs one: gzip -dcf FILE | sha256sum"
    if len(description.get("class_names", description["classes"])) != len(description["classes"]):
        yield "class_names", "give one name a class, in the order of classes"


def _local_sources(description: Mapping[str, Any], project: str) -> list[Path]:
    return [local_source(source, project) for source in description["sources"] if not is_address(source)]


def _first_existing(paths: Iterable[Path]) -> str:
    """The first path where something is; if there is none the first, so that Snakemake names it as missing."""
    paths = list(paths)
    return str(next((path for path in paths if path.exists()), paths[0]))
