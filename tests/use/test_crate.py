"""The crate of a finished run: complete, true to the files that it packs, and the same at every build."""

import hashlib
import json
import shutil
import zipfile
from urllib.parse import unquote

import pytest
import yaml

from onelayer.config import read_yaml
from onelayer.crate import crate_of
from onelayer.data.description import PROJECT
from tests.conftest import DIGITS, ROOT, snakemake
from tests.unit.test_release import hashes


@pytest.fixture(scope="module")
def folder(digits, tmp_path_factory):
    """A folder in which the pipeline has run and then the crate was asked for."""
    folder = shutil.copytree(digits, tmp_path_factory.mktemp("crate") / "run")
    snakemake(*DIGITS, "--cores", 2, "results/onelayer.crate.zip", folder=folder)
    return folder


@pytest.fixture(scope="module")
def archive(folder):
    with zipfile.ZipFile(folder / "results/onelayer.crate.zip") as archive:
        yield archive


@pytest.fixture(scope="module")
def entities(archive):
    """What the crate says, by identifier."""
    graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    assert len({entity["@id"] for entity in graph}) == len(graph)
    return {entity["@id"]: entity for entity in graph}


def results_of(folder):
    """The files that belong in: all but the images, the logs, the measurements and the crate."""
    paths = [path.relative_to(folder) for path in (folder / "results").rglob("*") if path.is_file()]
    return {str(path) for path in paths if path.parts[1] not in ("data", "logs", "benchmarks", "onelayer.crate.zip")}


def test_it_packs_every_result_and_no_image_that_was_stored(folder, archive, entities):
    named = {unquote(entry["@id"]) for entry in entities["#run"]["result"]}
    assert named == results_of(folder) and len(named) > 60
    assert {name for name in archive.namelist() if name.startswith("results/")} == named | {"results/README.md"}
    for name in named:
        assert archive.read(name) == (folder / name).read_bytes()


def test_every_file_is_described_and_every_description_is_true(archive, entities):
    packed = set(archive.namelist()) - {"ro-crate-metadata.json"}
    files = {unquote(name): entity for name, entity in entities.items() if "File" in entity["@type"]}
    assert set(files) == packed
    for name, entity in files.items():
        if name.startswith("results/"):
            assert entity["sha256"] == hashlib.sha256(archive.read(name)).hexdigest()
            assert int(entity["contentSize"]) == archive.getinfo(name).file_size


def test_it_says_who_made_what_from_what_with_what(folder, entities):
    record = json.loads((folder / "results/provenance.json").read_text())
    run, workflow = entities["#run"], entities[entities["./"]["mainEntity"]["@id"]]
    assert run["instrument"] == {"@id": workflow["@id"]}
    assert workflow["version"].split()[0] == record["project"]["version"]
    assert json.loads(entities["#configuration"]["value"]) == record["configuration"]
    versions = {
        entity["name"]: entity["softwareVersion"] for entity in map(entities.get, ids(workflow, "softwareRequirements"))
    }
    assert versions == record["versions"]
    described = read_yaml(ROOT / "config/datasets.yaml")["datasets"]["digits"]
    raw = [entities[name] for name in ids(run, "object") if name != "#configuration"]
    assert [entity["sha256"] for entity in raw] == [file["sha256"] for file in described["files"].values()]
    assert {entity["license"]["@id"] for entity in raw} == {described["licence_address"]}
    assert run["startTime"] < run["endTime"] == entities["./"]["datePublished"]


def ids(entity, key):
    """What an entity refers to under a key."""
    return [reference["@id"] for reference in entity[key]]


def test_nothing_is_referred_to_that_is_not_there(entities):
    def references(value):
        if isinstance(value, dict):
            yield value["@id"]
        elif isinstance(value, list):
            for entry in value:
                yield from references(entry)

    for entity in entities.values():
        for key, value in entity.items():
            outside = key == "conformsTo" or entity["@id"].endswith("#snakemake")
            assert outside or set(references(value)) <= set(entities), (entity["@id"], key)


def test_another_build_has_the_same_bytes(folder, archive, tmp_path, monkeypatch):
    monkeypatch.chdir(folder)
    files = [
        name
        for name in archive.namelist()
        if not name.startswith(("results/", "ro-crate")) or name.endswith("README.md")
    ]
    crate = crate_of(
        project=PROJECT,
        files=sorted(files),
        results=sorted(results_of(folder)),
        provenance="results/provenance.json",
        dataset="digits",
        description=read_yaml(ROOT / "config/datasets.yaml")["datasets"]["digits"],
    )
    crate.write_zip(tmp_path / "again.zip")
    assert (tmp_path / "again.zip").read_bytes() == (folder / "results/onelayer.crate.zip").read_bytes()


@pytest.mark.parametrize("source", ["https://example.org/mnist/", "some/folder"])
def test_raw_files_from_elsewhere_are_named_and_not_packed(folder, tmp_path, monkeypatch, source):
    monkeypatch.chdir(folder)
    description = read_yaml(ROOT / "config/datasets.yaml")["datasets"]["mnist"] | {"sources": [source]}
    crate = crate_of(
        PROJECT,
        ["Snakefile", "README.md"],
        ["results/provenance.json"],
        "results/provenance.json",
        "mnist",
        description,
    )
    crate.write_zip(tmp_path / "mnist.zip")
    with zipfile.ZipFile(tmp_path / "mnist.zip") as archive:
        assert not [name for name in archive.namelist() if "ubyte" in name]
        graph = json.loads(archive.read("ro-crate-metadata.json"))["@graph"]
    raw = [entity for entity in graph if entity.get("isPartOf") == {"@id": "#mnist"}]
    assert [entity["sha256"] for entity in raw] == [file["sha256"] for file in description["files"].values()]
    assert all(
        entity["@id"].startswith("https://example.org/mnist/" if "//" in source else "#mnist/") for entity in raw
    )


def test_the_manifest_of_the_codecheck_is_what_a_run_makes(digits):
    manifest = yaml.safe_load((ROOT / "codecheck.yml").read_text())["manifest"]
    for entry in manifest:
        assert (digits / entry["file"].replace("/mnist/", "/digits/")).is_file(), entry["file"]


def test_hashes_of_the_codecheck_are_those_of_a_run(digits):
    listed = {name: value for name, value in hashes().items() if name.startswith("demo/")}
    assert len(listed) == 2
    for name, value in listed.items():
        assert hashlib.sha256((digits / name.removeprefix("demo/")).read_bytes()).hexdigest() == value
