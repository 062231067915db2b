"""Imported by another workflow, from disk and from a code host, deployed by snakedeploy, listed in a catalog."""

import os
import re
import shutil
import subprocess

import pytest
import yaml

from onelayer.config import read_yaml
from tests.conftest import ROOT, copy_project, errors_of, snakemake
from tests.workflow.test_digits import jobs

DIGITS = read_yaml(ROOT / "tests/digits.yaml")
OWN_RULE = """
rule count:
    input: "{prefix}results/tables/metrics.csv", "{prefix}results/report/report.tex", "{prefix}results/fig/binary_loss.png"
    output: "count.txt"
    shell: "wc -l < {{input[0]}} > {{output}}"
"""


def importer(folder, snakefile, *, prefix="", use="use rule * from onelayer as onelayer_*", own=OWN_RULE, config=None):
    """Write a workflow that imports this one with its key `onelayer` as configuration; the folder."""
    folder.mkdir()
    (folder / "mine.yaml").write_text(yaml.safe_dump({"samples": ["a"], "onelayer": DIGITS | (config or {})}))
    declaration = [f"snakefile: {snakefile}", 'config: config["onelayer"]', f'prefix: "{prefix}"' if prefix else ""]
    lines = "\n".join(f"    {line}" for line in declaration)
    text = f'configfile: "mine.yaml"\n{own.format(prefix=prefix)}\nmodule onelayer:\n{lines}\n\n{use}\n'
    (folder / "Snakefile").write_text(text)
    return folder


def from_disk(folder, **changes):
    return importer(folder, f'"{ROOT / "workflow/Snakefile"}"', **changes)


def run(folder, *arguments, **environment):
    return snakemake(*arguments, folder=folder, project=folder, **environment)


@pytest.fixture(scope="module")
def host(tmp_path_factory):
    """Environment in which git finds a copy of the project, tagged v1, where github() looks for someone/onelayer."""
    folder = tmp_path_factory.mktemp("host")
    copy = copy_project(folder / "someone/onelayer", "tests", "docs")
    author = ("-c", "user.name=someone", "-c", "user.email=someone@localhost")
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "1"], ["tag", "v1"]):
        subprocess.run(["git", "-C", copy, *command], check=True)
    instead = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": f"url.file://{folder}/.insteadOf"}
    return instead | {"GIT_CONFIG_VALUE_0": "https://github.com/", "XDG_CACHE_HOME": str(folder / "cache")}


def without_commit(path):
    """The report, but for the part of a sentence that names the commit."""
    return re.sub(r", and the code that of the commit\n[^.]*(?=\.\n)", "", path.read_text())


def test_from_a_tag_on_a_code_host_the_results_have_the_bytes_of_a_direct_run(digits, tmp_path, host):
    """No binary file comes through Snakemake's source cache: the embedded digits are taken from elsewhere."""
    snakefile = 'github("someone/onelayer", path="workflow/Snakefile", tag="v1")'
    folder = importer(tmp_path / "importer", snakefile, prefix="one/")
    run(folder, "--cores", 2, ONELAYER_MIRROR=str(ROOT / "workflow/data"), **host)
    assert (folder / "count.txt").read_text().split() == ["8"]
    made, direct = folder / "one/results", digits / "results"
    paths = [
        path.relative_to(made)
        for kind in ("tables/*", "runs/**/*.*", "data/**/*.*")
        for path in made.glob(kind)
        if path.is_file()
    ]
    assert len(paths) == 8 + 7 * 5 + 2
    for path in paths:
        assert (made / path).read_bytes() == (direct / path).read_bytes(), path
    figure = "fig/binary_loss.png"
    assert (made / figure).read_bytes() == (direct / figure).read_bytes()
    assert without_commit(made / "report/report.tex") == without_commit(direct / "report/report.tex")
    assert r"code that of the commit" in (made / "report/report.tex").read_text()
    assert read_yaml(made / "provenance.json")["project"] == {"version": None, "commit": "v1", "clean": True}
    assert {path.name for path in folder.iterdir()} == {"Snakefile", "mine.yaml", "one", "count.txt", ".snakemake"}
    assert (
        "Nothing to be done" in run(folder, "--cores", 2, "--rerun-triggers", "mtime", "params", "input", **host).stdout
    )


def test_from_disk_a_file_has_the_bytes_of_a_direct_run(digits, tmp_path):
    folder = from_disk(tmp_path / "importer", use="use rule * from onelayer")
    target = "results/data/digits/test.parquet"
    run(folder, "--cores", 2, target)
    assert (folder / target).read_bytes() == (digits / target).read_bytes()


def test_the_importers_first_rule_stays_its_default_target_and_its_files_its_own(tmp_path):
    folder = from_disk(tmp_path / "importer")
    planned = jobs(run(folder, "--dry-run", "--cores", 1, "--configfile", folder / "mine.yaml").stdout)
    assert planned["count"] == 1 and planned["onelayer_train"] == 7 and "onelayer_everything" not in planned


def test_what_snakedeploy_writes_runs_everything(tmp_path):
    """It copies config/ and profiles/, and imports all rules without a name of their own, with the copied configuration."""
    folder = from_disk(tmp_path / "deployed", own="", use="use rule * from onelayer")
    text = (folder / "Snakefile").read_text().replace("mine.yaml", "config/config.yaml")
    (folder / "Snakefile").write_text(text.replace('config["onelayer"]', "config"))
    for name in ("config", "profiles"):
        shutil.copytree(ROOT / name, folder / name)
    planned = jobs(run(folder, "--dry-run", "--cores", 1).stdout)
    assert planned["everything"] == 1 and planned["train"] == 7


def test_a_bad_configuration_of_the_importer_is_refused_in_one_line(tmp_path):
    folder = from_disk(tmp_path / "importer", config={"training": DIGITS["training"] | {"patience": 0}})
    done = snakemake("--dry-run", folder=folder, project=folder, check=False)
    (error,) = errors_of(done)
    assert done.returncode == 1 and "config: training.patience: 0 is less than the minimum of 1." in error
    assert "Traceback" not in done.stdout


def test_of_a_local_repositorys_tag_nothing_can_be_imported_and_a_line_says_what_to_do(tmp_path, host):
    repository = host["GIT_CONFIG_KEY_0"].removeprefix("url.file://").removesuffix(".insteadOf") + "someone/onelayer"
    folder = importer(tmp_path / "importer", f'"git+file://{repository}/workflow/Snakefile@v1"')
    done = snakemake("--dry-run", folder=folder, project=folder, check=False, **host)
    (error,) = errors_of(done)
    assert "nothing can be imported from git+file" in error and "Traceback" not in done.stdout


def test_the_importer_can_have_the_lock_of_its_folder(tmp_path):
    import fcntl

    folder = from_disk(tmp_path / "importer")
    with open(folder / "Snakefile", "a") as file:
        file.write("\nonstart:\n    onelayer.onstart()\n")
    (folder / ".snakemake").mkdir()
    with open(folder / ".snakemake/run.lock", "a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = snakemake("--cores", 1, folder=folder, project=folder, check=False)
    assert done.returncode == 1 and "another run is at work in this folder" in done.stdout


@pytest.mark.parametrize(
    ("snakefile", "overlay", "trainings"),
    [("workflow/Snakefile", {}, 7), ("Snakefile", {"training": {"seeds": [0, 1]}}, 13)],
)
def test_a_working_folders_own_configuration_counts_and_the_command_line_more(tmp_path, snakefile, overlay, trainings):
    (tmp_path / "config").mkdir()
    shutil.copy(ROOT / ".test/config/config.yaml", tmp_path / "config/config.yaml")
    (tmp_path / "more.yaml").write_text(yaml.safe_dump(overlay))
    more = ("--configfile", tmp_path / "more.yaml") if overlay else ()
    done = snakemake("--dry-run", "--cores", 1, "--snakefile", ROOT / snakefile, *more, folder=tmp_path)
    assert jobs(done.stdout)["train"] == trainings and "images of digits" in done.stdout


def test_the_catalog_finds_what_it_looks_for(tmp_path):
    assert (ROOT / "workflow/Snakefile").is_file() and (ROOT / "config/README.md").is_file()
    usage = read_yaml(ROOT / ".snakemake-workflow-catalog.yml")["usage"]
    assert usage["software-stack-deployment"]["conda"] is True and os.path.isfile(ROOT / "environment.yml")
    shutil.copytree(ROOT / ".test", tmp_path / "test", ignore=shutil.ignore_patterns("results", ".snakemake"))
    graph = snakemake("--rulegraph", folder=tmp_path / "test").stdout
    assert "digraph" in graph and all(
        f'label = "{rule}"' in graph for rule in ("all", "fetch", "train", "write_report")
    )
