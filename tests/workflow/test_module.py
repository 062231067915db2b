"""Imported by another workflow, which names the Snakefile of a clone."""

import fcntl

import pytest
import yaml

from onelayer.experiment.config import read_yaml
from onelayer.experiment.task import RUN_FILES
from tests.conftest import DIGITS, LATEX, ROOT, jobs, refusal_of, snakemake

FILES = ("tables/metrics.csv", "explorer.html", "provenance.json", f"report/report.{'pdf' if LATEX else 'tex'}")
TEXT = f"""
configfile: "mine.yaml"

rule count:
    input: expand("one/results/{{file}}", file={FILES})
    output: "count.txt"
    shell: "wc -l < {{input[0]}} > {{output}}"

module onelayer:
    snakefile: "{ROOT}/Snakefile"
    config: config["onelayer"]
    prefix: "one/"

use rule * from onelayer as onelayer_*

onstart:
    onelayer.onstart()
"""


def run_importer(folder, check=True, **changes):
    """Run a workflow that imports this one, in its folder, with its key `onelayer` as configuration."""
    (folder / "Snakefile").write_text(TEXT)
    without = dict.fromkeys(("softmax", "softmax_figure_8", "softmax_figure_9"))
    own = {"samples": ["a"], "onelayer": read_yaml(DIGITS[1]) | {"tasks": without} | changes}
    (folder / "mine.yaml").write_text(yaml.safe_dump(own))
    return snakemake("--cores", 2, folder=folder, project=folder, check=check)


@pytest.mark.long
def test_an_importer_has_the_bytes_of_a_direct_run_below_its_prefix(digits, tmp_path):
    said = run_importer(tmp_path).stdout
    assert jobs(said)["onelayer_train"] == 2 and "onelayer_all" not in jobs(said) and "Finished:" not in said
    assert (tmp_path / "count.txt").read_text().split() == ["3"]
    assert {path.name for path in tmp_path.iterdir()} == {"Snakefile", "mine.yaml", "one", "count.txt", ".snakemake"}
    results = tmp_path / "one/results"
    made = [*results.glob("runs/*/*/*/*/*"), *results.glob("data/*/*"), *results.glob("fig/*.png")]
    for path in made:
        assert path.read_bytes() == (digits / "results" / path.relative_to(results)).read_bytes(), path
    assert len(made) == 2 * len(RUN_FILES) + 2 + 4 * LATEX
    assert "Nothing to be done" in run_importer(tmp_path).stdout


def test_an_importer_is_told_of_a_bad_configuration_and_can_take_the_lock_of_its_folder(tmp_path):
    done = run_importer(tmp_path, check=False, training={"max_epochs": 0})
    assert "config: training.max_epochs: 0 is less than the minimum of 1 " in refusal_of(done)
    with open(tmp_path / ".snakemake/run.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert "another run is at work in this folder" in refusal_of(run_importer(tmp_path, check=False))
