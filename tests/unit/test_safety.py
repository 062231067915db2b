"""No pickle is written or read, YAML is loaded safely, and nothing is handed to a shell."""

import re

import pytest

from tests.conftest import ROOT

SOURCES = sorted(
    path
    for folder in ("workflow", "benchmarks", "checks")
    for path in (ROOT / folder).rglob("*")
    if path.suffix in (".py", ".smk")
)


@pytest.mark.parametrize(
    "pattern",
    [
        r"import pickle|pickle\.|to_pickle|read_pickle",
        r"allow_pickle=True",
        r"yaml\.(full_load|unsafe_load|Loader|UnsafeLoader|FullLoader)\b",
        r"\b(eval|exec)\(",
        r"shell=True",
        r"os\.system",
        r"verify=False|CERT_NONE|_create_unverified",
        r"-shell-escape(?<!no-shell-escape)",
    ],
)
def test_sources_do_without(pattern):
    assert len(SOURCES) > 25
    # The one loader of our own is a safe one.
    found = [path.name for path in SOURCES if re.search(pattern, path.read_text(encoding="utf-8"))]
    assert found == []


def test_arrays_are_read_without_pickle():
    for path in SOURCES:
        for call in re.findall(r"np\.load\(.*\)", path.read_text(encoding="utf-8")):
            assert "allow_pickle=False" in call, path
