"""The findings of the README: made of the ledger of the evidence, and of the claims that the source has now."""

import csv
import json

import findings
from onelayer.experiment.configuration import read_configuration
from onelayer.io.files import write_rows
from tests.conftest import ROOT


def test_every_claim_is_a_row_with_four_digits_and_the_commit(tmp_path, monkeypatch):
    ledger = [("a", "source", 0.123456, None, "mixed"), ("b", "own", None, None, "undecided")]
    columns = ["id", "origin", "value", "low", "verdict", "high", "claim", "runs", "images", "reason"]
    write_rows(tmp_path / "results/tables/claims.csv", columns, [(*row, None, "So.", 5, 9, "") for row in ledger])
    (tmp_path / "results/provenance.json").write_text(json.dumps({"project": {"commit": "0123456789abcdef"}}))
    monkeypatch.setattr(findings, "EVIDENCE", tmp_path)
    findings.main()
    rows = list(csv.DictReader((tmp_path / "findings.csv").open()))
    assert [(row["id"], row["value"], row["low"]) for row in rows] == [("a", "0.1235", ""), ("b", "", "")]
    assert rows[0]["commit"] == "0123456789ab"
    assert (tmp_path / "findings.md").read_text().endswith("\n| So | mixed | 5 seeds, images |\n")


def test_the_readme_has_the_findings_of_the_last_evidence_and_they_are_of_the_claims_as_they_are():
    rows = list(csv.DictReader((ROOT / "docs/findings.csv").open()))
    assert findings.table_of(rows) in (ROOT / "README.md").read_text()
    claims = read_configuration(ROOT, [], {"evidence": True}).source.claims
    own = [(claim.id, claim.claim, claim.over, task) for claim in claims for task in claim.tasks]
    assert [tuple(row[key] for key in ("id", "claim", "over", "task")) for row in rows] == own
