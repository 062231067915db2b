"""Pack the finished results of a working folder as a Workflow Run RO-Crate, to archive and to cite.

    python tools/crate.py [FOLDER] [OUT.zip]    by default here, to FOLDER/results/onelayer.crate.zip

The crate holds the results, the workflow that made them, and who made what, from what, with which software, and when.
Stored images stay out: the raw files are named by address and SHA-256. The same files with the same times give the
same bytes.
"""

import hashlib
import json
import os
import re
import sys
from datetime import UTC, datetime
from mimetypes import MimeTypes
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from rocrate.model import ContextEntity, Entity
from rocrate.rocrate import ROCrate

PROJECT = Path(__file__).resolve().parents[1]
PROVENANCE = "results/provenance.json"
# What is packed of the project, and of the results: no images, no predictions for your own, nothing that differs at every run.
PROJECT_FILES = ["Snakefile", "workflow", "config", "profiles", "environment.yml", "requirements.txt", "pyproject.toml"]
PROJECT_FILES += ["Makefile", "README.md", "CITATION.cff", "LICENSE", "results/README.md"]
RESULTS = ["explorer.html", "fig", "optimum", "provenance.json", "report", "runs", "tables"]
HIDDEN = re.compile(r"/(\.|__pycache__/)")
FORMATS = {".gz": "application/gzip", ".npz": "application/zip", ".parquet": "application/vnd.apache.parquet"}
PROFILES = {
    "https://w3id.org/ro/wfrun/process/0.5": "Process Run Crate",
    "https://w3id.org/ro/wfrun/workflow/0.5": "Workflow Run Crate",
    "https://w3id.org/workflowhub/workflow-ro-crate/1.0": "Workflow RO-Crate",
}
ABOUT = "Rebuilds a published report on single-layer networks from raw data."


def files_below(folder: Path, *names: str) -> list[str]:
    """The files called or below `names`, relative to `folder`, without hidden ones and caches."""
    found = (path for name in names for path in (folder / name, *(folder / name).rglob("*")) if path.is_file())
    return [name for name in sorted(path.relative_to(folder).as_posix() for path in found) if not HIDDEN.search(name)]


def add(crate: ROCrate, identifier: str, kind: str, **properties: Any) -> Entity:
    """Add something that is not a file."""
    return crate.add(ContextEntity(crate, identifier, {"@type": kind} | properties))


def add_file(crate: ROCrate, folder: Path, name: str) -> Entity:
    """Add a file under its path relative to `folder`; the Snakefile is the crate's workflow."""
    content = (folder / name).read_bytes()
    about = {"name": name, "contentSize": str(len(content)), "sha256": hashlib.sha256(content).hexdigest()}
    about["encodingFormat"] = FORMATS.get(Path(name).suffix) or MimeTypes().guess_type(name)[0] or "text/plain"
    if name == "Snakefile":
        return crate.add_workflow(folder / name, name, main=True, lang="snakemake", properties=about)
    return crate.add_file(folder / name, name, properties=about)


def add_data(crate: ROCrate, record: dict[str, Any], datasets: dict[str, Any]) -> Entity:
    """Add the data set with its raw files: by address, as files of the project, or else by name; each with its hash."""
    dataset = record["configuration"]["dataset"]
    hashes = {source["file"]: source["sha256"] for part in record["data"] for source in part["sources"]}
    known = datasets.get(dataset, {})
    if not {file.get("sha256") for file in known.get("files", {}).values()}.issuperset(hashes.values()):
        known = {}  # it describes other files
    licence = known.get("licence", "unknown")
    if "licence_address" in known:
        licence = add(crate, known["licence_address"], "CreativeWork", name=licence)
    data = add(crate, f"#data/{dataset}", "CreativeWork", name=known.get("title", dataset), license=licence)
    data["creditText"], data["citation"] = known.get("authors", "unknown"), known.get("citation", "unknown")
    source = known.get("sources", [data.id])[0].removeprefix("<project>/").rstrip("/")
    for name, sha256 in hashes.items():
        path = f"{source}/{quote(name)}"
        file = crate.add_file(path) if "://" in path else crate.get(path) or add(crate, path, "CreativeWork")
        file["name"], file["sha256"], file["license"], file["isPartOf"] = name, sha256, licence, data
        file["description"] = "A raw file. If it is compressed, the hash is that of its content."
        data.append_to("hasPart", file)
    return data


def crate_of(project: Path, folder: Path) -> ROCrate:
    """The crate of the results in `folder`."""
    record = json.loads((folder / PROVENANCE).read_text(encoding="utf-8"))
    version, commit = record["project"]["version"], record["project"]["commit"]
    crate = ROCrate(version="1.1")
    for name in files_below(project, *PROJECT_FILES):
        add_file(crate, project, name)
    results = [add_file(crate, folder, name) for name in files_below(folder, *(f"results/{name}" for name in RESULTS))]
    times = sorted(file.source.stat().st_mtime for file in results)
    start, end = (datetime.fromtimestamp(time, UTC).isoformat(timespec="seconds") for time in (times[0], times[-1]))
    data = add_data(crate, record, yaml.safe_load((project / "config/datasets.yaml").read_bytes())["datasets"])
    root, workflow = crate.root_dataset, crate.mainEntity
    root["name"], root["datePublished"] = f"onelayer {version} on {data['name']}", end
    root["description"] = f"{ABOUT} The results of one run on {data['name']}, with all that made them."
    root["license"] = add(crate, "https://spdx.org/licenses/MIT", "CreativeWork", name="MIT License")
    root["creator"] = add(crate, "#authors", "Organization", name="The onelayer authors")
    for profile, name in PROFILES.items():
        number = profile.rpartition("/")[2]
        root.append_to("conformsTo", add(crate, profile, "CreativeWork", name=name, version=number))
    workflow["name"], workflow["description"] = "onelayer", ABOUT
    workflow["version"] = f"{version} ({commit})" if commit else version
    workflow["license"], workflow["creator"] = root["license"], root["creator"]
    workflow["conformsTo"] = {"@id": "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE"}
    for name, number in record["versions"].items():
        package = add(crate, f"#software/{name}", "SoftwareApplication", name=name, softwareVersion=number)
        workflow.append_to("softwareRequirements", package)
    settings = json.dumps(record["configuration"], sort_keys=True)
    configuration = add(crate, "#configuration", "PropertyValue", name="configuration", value=settings)
    run = root["mentions"] = crate.add_action(workflow, "#run", [*data["hasPart"], configuration], results)
    run["name"], run["startTime"], run["endTime"] = f"The run on {data['name']}", start, end
    run["description"] = "From raw images to the report: its times are those of the first and the last result."
    run["actionStatus"] = "http://schema.org/CompletedActionStatus"
    return crate


if __name__ == "__main__":
    folder = Path(*sys.argv[1:2])
    out = Path(*sys.argv[2:]) if sys.argv[2:] else folder / "results/onelayer.crate.zip"
    if not (folder / PROVENANCE).is_file():
        sys.exit(f"Error: {folder} has no {PROVENANCE}: run the pipeline first: snakemake -d {folder}")
    partial = out.with_name(f"{out.name}.partial.zip")
    crate_of(PROJECT, folder).write_zip(partial)
    os.replace(partial, out)
