"""What a user gives the real Snakefile, and what it refuses in one line."""

import shutil

import pytest

from tests.conftest import DIGITS, ROOT, snakemake


@pytest.mark.parametrize(
    ("overlay", "says"),
    [
        ('__use_yte__: true\ndataset: \'?open("owned", "w")\'\n', "the key '__use_yte__' is not allowed"),
        ("- dataset: digits\n", "overlay.yaml: the whole = [{'dataset': 'digits'}] is not allowed."),
        ("training: {seeds: [1], seeds: [2]}\n", "the key 'seeds' stands twice in one mapping at line 1, column 24"),
    ],
)
def test_an_overlay_is_plain_data(tmp_path, overlay, says):
    path = tmp_path / "overlay.yaml"
    path.write_text(overlay)
    done = snakemake("--configfile", path, "--cores", 1, folder=tmp_path / "work", check=False)
    errors = [line for line in done.stdout.splitlines() if line.startswith("Error:")]
    assert done.returncode == 1 and len(errors) == 1 and says in errors[0], done.stdout
    assert "Traceback" not in done.stdout
    assert not (tmp_path / "work").exists() and not (ROOT / "owned").exists()


def test_images_of_another_file_put_in_place_by_hand_are_refused(tmp_path):
    data = tmp_path / "results/data/digits"
    arguments = (*DIGITS, "--cores", 1, "results/tables/gradients.csv")
    snakemake(*arguments, "results/data/digits/test.parquet", folder=tmp_path)
    shutil.copy(data / "test.parquet", data / "train.parquet")
    done = snakemake(*arguments, folder=tmp_path, check=False)
    assert done.returncode == 1 and "Traceback" not in done.stdout, done.stdout
    assert "train.parquet: its images come from a file of SHA-256 57836f62" in done.stdout
    assert "but config/datasets.yaml says 50a10904" in done.stdout
