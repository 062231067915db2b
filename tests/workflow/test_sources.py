"""make sources: every source of a collection is rebuilt in its folder, whatever becomes of the others."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import copy_project
from tests.workflow.test_published import DETAILS, EXPERIMENT

PAIR = EXPERIMENT | {"tasks": {"pair": EXPERIMENT["tasks"]["pair"]}}
# By source: its task, and a value of its first loss, ln 2, beside one of its first accuracy.
SOURCES = {"broken": ("other", "0.6931"), "missed": ("pair", "0.6932"), "right": ("pair", "0.6931")}


def rebuilt(project):
    """The status of tools/sources.py, what it printed, and the rows of its table without the seconds."""
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    command = [sys.executable, project / "tools/sources.py"]
    done = subprocess.run(command, env=environment, text=True, capture_output=True)
    table = project / "rebuilt/sources.md"
    assert not table.exists() or not done.stdout or done.stdout.endswith(f"\n{table.read_text()}")
    rows = re.findall(r"^\| (\w+ \| .+) \| \d+ \|$", table.read_text(), re.MULTILINE) if table.exists() else []
    return done.returncode, done.stderr.splitlines()[-1:], rows


@pytest.mark.long
def test_a_source_that_fails_stops_no_other_and_the_table_and_the_status_tell(tmp_path):
    project = copy_project(tmp_path / "project", "tests", "docs")
    (project / "config/sources").rename(tmp_path / "away")
    for name, (task, loss) in SOURCES.items():
        folder, run = project / "config/sources" / name, {"task": task, "shuffle": False}
        folder.mkdir(parents=True)
        (folder / "source.yaml").write_text(yaml.safe_dump(DETAILS | {"experiment": PAIR}))
        value = {"quantity": "loss", "place": "line 1", "of": "batch_loss", "at": {"step": 0}, "published": loss}
        steps = {"quantity": "steps", "place": "line 2", "of": "steps", "published": "32"}
        values = [value | {"run": run}, steps | {"run": run}]
        (folder / "published.yaml").write_text(yaml.safe_dump({"values": values}))
    counts = {"broken": "0 | 0 | 0", "missed": "2 | 1 | 2", "right": "2 | 2 | 2"}
    rows = [f"{name} | 2024 | logistic | {own}" for name, own in counts.items()]
    assert rebuilt(project) == (1, ["Error: not rebuilt: broken, missed"], rows)
    assert (project / "rebuilt/right/results/report/report.tex").exists()
    assert (project / "rebuilt/right/resources").resolve() == project / "rebuilt/resources"
    for name in ("broken", "missed"):
        shutil.rmtree(project / "config/sources" / name)
    assert rebuilt(project)[::2] == (0, rows[2:])
