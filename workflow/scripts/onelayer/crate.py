"""The results of a run as a Workflow Run RO-Crate: who made what, from what, with which software, and when.

Profiles: Workflow Run Crate 0.5, https://w3id.org/ro/wfrun/workflow/0.5, which extends Process Run Crate 0.5 and Workflow
RO-Crate 1.0, on RO-Crate 1.1. The crate depends on nothing but the files and the times that they were last written at.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rocrate.model.contextentity import ContextEntity
from rocrate.model.entity import Entity
from rocrate.rocrate import ROCrate

from onelayer.data.description import PROJECT_SOURCE, is_address
from onelayer.shown import read_json

MAIN = "workflow/Snakefile"
BIOSCHEMAS = "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"
AUTHORS = "The onelayer authors"
ABOUT = "Rebuilds a published report on single-layer networks from raw data."
LICENCE = "https://spdx.org/licenses/MIT"
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": ("Process Run Crate", "0.5"),
    "https://w3id.org/ro/wfrun/workflow/0.5": ("Workflow Run Crate", "0.5"),
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": ("Workflow RO-Crate", "1.0"),
}
FORMATS = {
    ".cff": "application/yaml",
    ".csv": "text/csv",
    ".gz": "application/gzip",
    ".jinja": "text/plain",
    ".json": "application/json",
    ".md": "text/markdown",
    ".npz": "application/zip",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".py": "text/x-python",
    ".tex": "application/x-tex",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
}


def crate_of(
    project: Path,
    files: Iterable[str],
    results: Sequence[str],
    provenance: str,
    dataset: str,
    description: Mapping[str, Any],
) -> ROCrate:
    """The crate, to be written.

    Parameters
    ----------
    project : path of the project's folder
    files : paths of the project's files, relative to it
    results : paths of what the run made, relative to the working folder
    provenance : path of provenance.json
    dataset, description : the data set that was used, by its name and as the configuration describes it
    """
    record = read_json(provenance)
    started, ended = _times(results)

    crate = ROCrate(version="1.1")
    crate.name = f"onelayer {record['project']['version']} on {description['title']}"
    crate.description = f"{ABOUT} The results of one run on {description['title']}, with all that made them."
    crate.datePublished = ended
    crate.license = _add(crate, LICENCE, "CreativeWork", name="MIT License", url=LICENCE)
    crate.creator = _add(crate, "#authors", "Organization", name=AUTHORS)
    crate.root_dataset["conformsTo"] = [
        _add(crate, address, "CreativeWork", name=name, version=version)
        for address, (name, version) in PROFILES.items()
    ]
    for path in files:
        if path != MAIN:
            _add_file(crate, project / path, path)
    crate.get("README.md")["about"] = crate.root_dataset
    crate.add_workflow(project / MAIN, MAIN, main=True, lang="snakemake", lang_version=record["versions"]["snakemake"])
    _describe(crate, record)
    crate.root_dataset["mentions"] = _add(
        crate,
        "#run",
        "CreateAction",
        name=f"The run of onelayer on {description['title']}",
        description="From raw images to the report. Begin and end are the times that the first and the last of the results "
        "were written at.",
        instrument=crate.mainEntity,
        object=[*_raw_files(crate, dataset, description), _configuration(crate, record)],
        result=[_add_file(crate, path, path) for path in results],
        startTime=started,
        endTime=ended,
        actionStatus="http://schema.org/CompletedActionStatus",
    )
    return crate


def _times(paths: Iterable[str]) -> tuple[str, str]:
    """When the first and the last of the files were written, in UTC."""
    times = [Path(path).stat().st_mtime for path in paths]
    first, last = (datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds") for time in (min(times), max(times)))
    return first, last


def _add(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> Entity:
    """A contextual entity."""
    entity = crate.add(ContextEntity(crate, identifier, properties={"@type": kind}))
    for key, value in properties.items():
        entity[key] = value
    return entity


def _add_file(crate: ROCrate, path: str | Path, name: str) -> Entity:
    """A file of the crate under the path `name`."""
    content = Path(path).read_bytes()
    properties = {
        "name": name,
        "encodingFormat": _form(name),
        "contentSize": str(len(content)),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return crate.add_file(path, name, properties=properties)


def _form(name: str) -> str:
    return FORMATS.get(Path(name).suffix, "text/plain")


def _describe(crate: ROCrate, record: Mapping[str, Any]) -> None:
    """Say of the workflow which version it is of, and what it ran with."""
    workflow, commit = crate.mainEntity, record["project"]["commit"]
    workflow["name"] = "onelayer"
    workflow["description"] = ABOUT
    workflow["version"] = record["project"]["version"] + (f" ({commit})" if commit else "")
    workflow["encodingFormat"] = _form(MAIN)
    workflow["conformsTo"] = _add(
        crate, BIOSCHEMAS, "CreativeWork", name="ComputationalWorkflow", version="1.0-RELEASE"
    )
    workflow["license"] = crate.license
    workflow["creator"] = crate.creator
    workflow["softwareRequirements"] = [
        _add(crate, f"#{name}", "SoftwareApplication", name=name, softwareVersion=version)
        for name, version in record["versions"].items()
    ]


def _configuration(crate: ROCrate, record: Mapping[str, Any]) -> Entity:
    """The whole configuration of the run, with what overlays and the command line set."""
    value = json.dumps(record["configuration"], sort_keys=True, separators=(",", ":"))
    return _add(crate, "#configuration", "PropertyValue", name="configuration", value=value)


def _raw_files(crate: ROCrate, dataset: str, description: Mapping[str, Any]) -> list[Entity]:
    """The raw data, each file with the data set that it is part of; of a folder of pictures, the data set alone."""
    whole = _data_set(crate, dataset, description)
    files = [
        _raw_file(crate, f"#{dataset}", description["sources"][0], file)
        for file in description.get("files", {}).values()
    ]
    for entity in files:
        entity["isPartOf"] = whole
        entity["license"] = whole["license"]
    return files or [whole]


def _raw_file(crate: ROCrate, dataset: str, source: str, file: Mapping[str, str]) -> Entity:
    """A raw file: by its address, or in the crate where it is the project's own, or else by what is known of it."""
    name = file["name"]
    if source.startswith(PROJECT_SOURCE):
        entity = crate.get(f"{source.removeprefix(PROJECT_SOURCE).rstrip('/')}/{name}")
    elif is_address(source):
        entity = crate.add_file(
            f"{source.rstrip('/')}/{name}", properties={"name": name, "encodingFormat": _form(name)}
        )
    else:
        entity = _add(crate, f"{dataset}/{name}", "CreativeWork", name=name)
    if "sha256" in file:
        entity["sha256"] = file["sha256"]
        entity["description"] = "A raw file. Its hash is that of the decompressed content."
    return entity


def _data_set(crate: ROCrate, dataset: str, description: Mapping[str, Any]) -> Entity:
    """What is known of the data set."""
    keys = {"authors": "creditText", "citation": "citation", "sha256": "sha256"}
    known = {name: description[key] for key, name in keys.items() if key in description}
    licence = description.get("licence", "unknown")
    if "licence_address" in description:
        licence = _add(crate, description["licence_address"], "CreativeWork", name=licence)
    return _add(crate, f"#{dataset}", "CreativeWork", name=description["title"], license=licence, **known)
