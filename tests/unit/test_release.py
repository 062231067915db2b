"""What a release says of itself is said the same everywhere."""

import re
import tomllib

import yaml
from container import Image, instructions

from onelayer.config import read_yaml
from tests.conftest import ROOT

CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text())
SOURCE = read_yaml(ROOT / "config/published.yaml")["source"]


def hashes():
    """SHA-256 by path, as codecheck.sha256 lists them."""
    lines = (ROOT / "codecheck.sha256").read_text().splitlines()
    return {name: digest for digest, name in (line.split("  ") for line in lines)}


def test_version_and_date_are_those_of_the_changelog():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    released = re.findall(r"^## \[(.+)\] - (.+)$", (ROOT / "CHANGELOG.md").read_text(), flags=re.MULTILINE)
    assert released[0] == (project["version"], str(CITATION["date-released"]))
    assert CITATION["version"] == project["version"]
    assert f"onelayer:{project['version']} ." in (ROOT / "Dockerfile").read_text()
    assert CITATION["license"] == project["license"]


def test_the_source_is_cited_as_the_report_cites_it():
    paper = yaml.safe_load((ROOT / "codecheck.yml").read_text())["paper"]
    assert (paper["title"], paper["authors"], paper["reference"]) == (
        SOURCE["title"],
        [{"name": SOURCE["author"]}],
        SOURCE["address"],
    )
    cited = CITATION["references"][0]
    author = cited["authors"][0]
    assert (cited["title"], str(cited["date-released"]), cited["url"]) == (
        SOURCE["title"],
        SOURCE["date"],
        SOURCE["address"],
    )
    assert f"{author['given-names']} {author['family-names']}" == SOURCE["author"]


def test_the_manifest_begins_a_document_and_every_hash_is_of_a_file_in_it():
    text = (ROOT / "codecheck.yml").read_text()
    manifest = [entry["file"] for entry in yaml.safe_load(text)["manifest"]]
    assert text.startswith("---\n")
    assert len(manifest) == len(set(manifest))
    assert {name for name in hashes() if not name.startswith("demo/")} == {
        name for name in manifest if name.endswith((".png", ".parquet"))
    }


def test_licences_are_in_one_place():
    assert (ROOT / "LICENSES/MIT.txt").read_text() == (ROOT / "LICENSE").read_text()
    assert {path.stem for path in (ROOT / "LICENSES").iterdir()} == {
        entry["SPDX-License-Identifier"] for entry in tomllib.loads((ROOT / "REUSE.toml").read_text())["annotations"]
    }


def test_the_container_has_the_latex_of_the_makefile_and_steps_that_can_be_tried():
    steps = instructions((ROOT / "Dockerfile").read_text())
    latex = re.search(r"^LATEX := (.+)$", (ROOT / "Makefile").read_text(), flags=re.MULTILINE)[1].split()
    assert set(latex) <= set(next(text for kind, text in steps if kind == "RUN").split())
    assert [kind for kind, _ in steps] == [
        *("FROM", "RUN", "COPY", "RUN", "ENV", "COPY", "RUN", "USER", "WORKDIR", "ENTRYPOINT")
    ]


def test_the_image_that_is_tried_is_what_the_dockerfile_says(tmp_path):
    image = Image(tmp_path)
    for kind, text in instructions((ROOT / "Dockerfile").read_text()):
        if kind in ("ENV", "USER", "WORKDIR", "ENTRYPOINT"):
            image.follow(kind, text)
    assert (image.user, image.workdir, image.entrypoint[0]) == ("1000", "/work", "snakemake")
    assert image.environment["PATH"].startswith("/opt/venv/bin:/usr/")
