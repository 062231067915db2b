"""The findings of the README: made of the ledger of the evidence, and of the claims that the source has now."""

import csv
import json

import findings
from onelayer.experiment.configuration import read_configuration
from onelayer.io.files import write_rows
from tests.conftest import ROOT


def test_the_table_has_the_decided_claims_of_the_source_and_what_they_were_varied_over(tmp_path, monkeypatch):
    columns = ["id", "origin", "claim", "task", "value", "low", "runs", "images", "verdict", "reason"]
    rows = [("a", "source", "It is so.", task, 0.123456, None, 5, 90, "mixed", "") for task in "tu"]
    rows += [("b", "source", "Or not.", "t", None, None, 5, None, "undecided", "")]
    rows += [("c", "own", "We say.", "t", 1, None, 5, None, "supported", "")]
    rows += [("d", "source", "So is it.", "t", 1, None, 1, None, "supported", "")]
    write_rows(tmp_path / "results/tables/claims.csv", [*columns, "high"], [(*row, None) for row in rows])
    (tmp_path / "results/provenance.json").write_text(json.dumps({"project": {"commit": "0123456789abcdef"}}))
    monkeypatch.setattr(findings, "EVIDENCE", tmp_path)
    findings.main()
    lines = (tmp_path / "findings.md").read_text().splitlines()
    assert lines[2:] == [
        "| It is so | mixed | 2 parts of the data, 5 seeds, images |",
        "| So is it | supported | one set of images |",
    ]
    rows = list(csv.DictReader((tmp_path / "findings.csv").open()))
    assert [row["id"] for row in rows] == ["a", "a", "b", "c", "d"]
    assert (rows[0]["value"], rows[0]["low"], rows[0]["commit"]) == ("0.1235", "", "0123456789ab")


def test_the_readme_has_the_findings_of_the_last_evidence_and_they_are_of_the_claims_as_they_are():
    rows = list(csv.DictReader((ROOT / "docs/findings.csv").open()))
    assert findings.table_of(rows) in (ROOT / "README.md").read_text()
    claims = read_configuration(ROOT, [], {"evidence": True}).source.claims
    own = [(claim.id, claim.claim, claim.over, task) for claim in claims for task in claim.tasks]
    assert [tuple(row[key] for key in ("id", "claim", "over", "task")) for row in rows] == own
