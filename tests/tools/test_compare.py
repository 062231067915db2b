"""tools/compare.py: two small folders written by hand, the second with one thing changed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from compare import main

TOOL = Path(__file__).resolve().parents[2] / "tools/compare.py"
HEADER = "kind,task,lambda,shuffle,seed,key,a,b,difference"
HASH, LOSS, LAST_RUN = 64 * "a", "0.18008178877589465", "binary,0.2,true,1,0.05,313,inf,\n"
PROVENANCE = {
    "project": {"version": "1.0.0", "commit": None},
    "configuration": {"training": {"max_epochs": 50}, "tasks": {"binary": {"lambdas": ["0.0", "0.20"]}, "left": None}},
    "data": [{"split": "train", "images": 60, "sha256": HASH, "sources": [{"file": "raw.gz", "sha256": "cd"}]}],
    "versions": {"numpy": "2.1"},
    "machine": {"time": "2026-01-01"},
}
METRICS = f"""task,lambda,shuffle,seed,learning_rate,steps,validation_loss,test_loss
binary,0.0,false,0,0.05,400,{LOSS},
binary,0.0,true,1,0.05,401,0.25,
{LAST_RUN}"""
ALONE = ["run,binary,0.0,true,1,present,true,false,", "run,binary,0.0,true,2,present,false,true,"]
FIRST = f"metric,binary,0.0,false,0,validation_loss,{LOSS}"


def write(folder, old="", new=""):
    """Write a finished folder, in which `new` takes the place of the text `old`."""
    (folder / "results/tables").mkdir(parents=True)
    texts = {"results/provenance.json": json.dumps(PROVENANCE), "results/tables/metrics.csv": METRICS}
    assert not old or "".join(texts.values()).count(old) == 1
    for path, text in texts.items():
        (folder / path).write_text(text.replace(old, new) if old else text)


CHANGES = [
    ('"max_epochs": 50', '"max_epochs": 34', ["configuration,,,,,training.max_epochs,50,34,-16"]),
    ('"max_epochs"', '"seeds": [0], "max_epochs"', ["configuration,,,,,training.seeds,,[0],"]),
    ('"0.20"', "0.2", []),
    ("0.05,401", "0.5,401", []),  # a setting, which the configuration has
    ("2026", "2027", []),
    ('"images": 60', '"images": 61', ["data,,,,,train.images,60,61,1"]),
    (HASH, "ef", [f"data,,,,,train.sha256,{HASH},ef,"]),
    ('"cd"', '"ef"', ["data,,,,,train.sources.raw.gz,cd,ef,"]),
    ('"2.1"', '"2.10"', ["version,,,,,numpy,2.1,2.10,"]),
    ('"commit": null', '"commit": "1f"', ["version,,,,,project.commit,,1f,"]),
    (LOSS, "0.18008178877", []),
    (LOSS, "0.180081788", [f"{FIRST},0.180081788,-7.7589465E-10"]),
    (f"{LOSS},\nbinary,0.0,true,1", "0.5,\nbinary,0.0,true,2", [*ALONE, f"{FIRST},0.5,0.31991821122410535"]),
]


@pytest.mark.parametrize(("old", "new", "rows"), CHANGES)
def test_each_change_is_its_rows(tmp_path, capsys, old, new, rows):
    write(tmp_path / "a")
    write(tmp_path / "b", old, new)
    main(tmp_path / "a", tmp_path / "b", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_text() == "\n".join([HEADER, *rows, ""])
    said = capsys.readouterr().out
    assert f"\nDifferences: {len(rows)} (" in said and HASH not in said and LOSS not in said


def test_the_command_says_what_is_not_finished(tmp_path):
    write(tmp_path / "a")
    write(tmp_path / "b", LAST_RUN, "")
    for other, says in {"a": "", "b": "metrics.csv: has other runs", "c": "provenance.json: missing"}.items():
        done = subprocess.run([sys.executable, TOOL, "a", other], cwd=tmp_path, text=True, capture_output=True)
        assert done.returncode == bool(says) and says in done.stderr and done.stderr.count("\n") == bool(says)
        assert not says or done.stderr.endswith(f": run the pipeline in {other} first\n")
    assert (tmp_path / "comparison.csv").read_text() == f"{HEADER}\n"
