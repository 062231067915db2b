"""The crate of a small finished run: complete, without images, the same at every build, written whole or not at all."""

import json
import os
import runpy
import zipfile
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

TOOL = Path(__file__).resolve().parents[2] / "tools/crate.py"
OWN = ["Snakefile", "README.md", "config/datasets.yaml", "workflow/near/x.gz", "results/README.md"]
RESULTS = ["results/provenance.json", "results/report/report.pdf", "results/runs/task=a/weights.npz"]
OTHERS = ["README.md", "data/x", "predictions.png", "logs/x", "benchmarks/x", "old.zip", "fig/.hidden"]
RAW_FILE = {"name": "x.gz", "file": "x.gz", "sha256": "aa"}  # as the data sets and as the provenance name it
FAR = {"licence": "L", "licence_address": "l:l", "sources": ["https://far.org/"], "files": {"train": RAW_FILE}}
DATASETS = {"far": FAR, "near": FAR | {"sources": ["<project>/workflow/near"]}, "other": FAR | {"files": {}}}
RAW = {"far": "https://far.org/x.gz", "near": "workflow/near/x.gz", "other": "#data/other/x.gz", "my": "#data/my/x.gz"}
RECORD = {"project": {"version": "1", "commit": "c"}, "versions": {"p": "2"}, "data": [{"sources": [RAW_FILE]}]}


@pytest.fixture
def pack(tmp_path, monkeypatch):
    """A function that packs a run on a data set with the tool of a small project and returns the crate's path."""
    project, folder, out = tmp_path / "project", tmp_path / "run", tmp_path / "out.zip"
    made = [*RESULTS, *(f"results/{name}" for name in OTHERS), "results/fig/__pycache__/x.pyc"]
    for path in [project / name for name in (*OWN, "tools/crate.py", "results/old")] + [folder / name for name in made]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(TOOL.read_text() if path.name == TOOL.name else json.dumps({"datasets": DATASETS}))
    monkeypatch.setattr("sys.argv", ["crate.py", str(folder), str(out)])

    def packed(dataset="far"):
        (folder / RESULTS[0]).write_text(json.dumps(RECORD | {"configuration": {"dataset": dataset}}))
        for year, name in enumerate(RESULTS):
            os.utime(folder / name, (4e7 * year, 4e7 * year))
        runpy.run_path(str(project / "tools/crate.py"), run_name="__main__")
        return out

    return packed


@pytest.mark.parametrize("dataset", RAW)
def test_it_is_complete_without_images_and_can_be_read_back(pack, dataset):
    assert sorted(zipfile.ZipFile(pack(dataset)).namelist()) == sorted([*OWN, *RESULTS, "ro-crate-metadata.json"])
    root = ROCrate(pack(dataset)).root_dataset
    run, workflow, (raw, configuration) = root["mentions"], root["mainEntity"], root["mentions"]["object"]
    assert [entity["version"] for entity in (*root["conformsTo"], workflow)] == ["0.5", "0.5", "1.0", "1 (c)"]
    assert [workflow.id, workflow["softwareRequirements"][0].id] == ["Snakefile", "#software/p"]
    assert f"{raw.type} {raw['license']}" == ("CreativeWork unknown" if "#" in raw.id else "File <l:l CreativeWork>")
    assert (raw.id, raw["sha256"], json.loads(configuration["value"])) == (RAW[dataset], "aa", {"dataset": dataset})
    assert run["instrument"] is workflow and [file["name"] for file in run["result"]] == RESULTS
    assert [time[:4] for time in (run["startTime"], run["endTime"], root["datePublished"])] == ["1970", "1972", "1972"]


def test_it_has_the_same_bytes_again_and_is_whole_or_not_there(pack, monkeypatch):
    before, again = pack().read_bytes(), pack()
    assert {entry.date_time[0] for entry in zipfile.ZipFile(again).infolist()} == {1980}
    monkeypatch.setattr(ROCrate, "write_zip", lambda crate, path: path.write_bytes(b"half") / 0)
    with pytest.raises(ZeroDivisionError):
        pack()
    assert again.read_bytes() == before


def test_an_unfinished_folder_is_an_error_of_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr("sys.argv", ["crate.py", str(tmp_path)])
    with pytest.raises(SystemExit, match=r"^Error: .+ has no results/provenance.json: run the pipeline.+$"):
        runpy.run_path(str(TOOL), run_name="__main__")
