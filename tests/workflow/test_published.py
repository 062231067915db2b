"""verify: passes where all values are met, and fails with the rows that miss."""

import csv

import pytest

from onelayer.config import read_yaml
from tests.conftest import DIGITS, copy_project, snakemake


@pytest.fixture(scope="module")
def own_published(digits, tmp_path_factory):
    """A copy of the project whose published values are those of the digits, and a folder with their results."""
    folder = tmp_path_factory.mktemp("published")
    project, work = folder / "project", folder / "work"
    copy_project(project)
    with open(digits[0] / "results/tables/metrics.csv") as file:
        (row,) = [row for row in csv.DictReader(file) if (row["task"], row["shuffle"]) == ("binary", "true")]
    text = (project / "config/published.yaml").read_text()
    for old, new in (
        ("dataset: mnist", "dataset: digits"),
        ("train_images: 20000", "train_images: 1297"),
        ("validation_images: 10000", "validation_images: 500"),
        ("batch_size: 128", "batch_size: 32"),
        ("0.07924553698509086", row["train_loss"]),
    ):
        assert old in text
        text = text.replace(old, new)
    header, values = text.split("\nvalues:\n")
    (kept,) = [entry for entry in values.split("  - ") if row["train_loss"] in entry]
    (project / "config/published.yaml").write_text(f"{header}\nvalues:\n  - {kept}")
    assert len(read_yaml(project / "config/published.yaml")["values"]) == 1
    work.mkdir()
    return project, work


def verify(project, work):
    arguments = ("--snakefile", project / "Snakefile", "--cores", 2, "verify")
    return snakemake(*DIGITS, *arguments, folder=work, check=False)


def test_verify_passes_and_then_fails_on_a_wrong_digit(own_published):
    project, work = own_published
    done = verify(project, work)
    assert done.returncode == 0, done.stdout
    assert "verify: all 1 published values are met" in done.stdout

    path = project / "config/published.yaml"
    value = str(read_yaml(path)["values"][0]["published"])
    position = value.index(".") + 7
    wrong = value[:position] + str((int(value[position]) + 1) % 10) + value[position + 1 :]
    path.write_text(path.read_text().replace(value, wrong))
    done = verify(project, work)
    assert done.returncode == 1
    assert "verify: 1 of 1 published values are not met" in done.stdout
    assert "missed" in done.stdout and wrong in done.stdout and value in done.stdout
