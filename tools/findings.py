"""What was found of the claims of the default source: of evidence/, a table for the README, and the rows behind it: make evidence.

Writes evidence/findings.csv and evidence/findings.md. A test holds the README to docs/findings.csv, a copy of the former.
"""

import csv
import json
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[1]
EVIDENCE = PROJECT / "evidence"
COLUMNS = [
    "id",
    "origin",
    "place",
    "claim",
    "task",
    "value",
    "low",
    "high",
    "runs",
    "images",
    "over",
    "part",
    "verdict",
    "commit",
]
SHOWN = ("supported", "contradicted", "mixed", "no difference")


def main() -> None:
    """Write both files."""
    claims = json.loads((EVIDENCE / "results/tables/claims.json").read_text(encoding="utf-8"))
    provenance = json.loads((EVIDENCE / "results/provenance.json").read_text(encoding="utf-8"))
    commit = str(provenance["project"]["commit"])[:12]
    rows = [row_of(claim, part, commit) for claim in claims for part in claim["parts"]]
    with open(EVIDENCE / "findings.csv", "w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    text = table_of(rows)
    (EVIDENCE / "findings.md").write_text(text, encoding="utf-8")
    print(f"\n{text}", end="")


def row_of(claim: dict[str, Any], part: dict[str, Any], commit: str) -> dict[str, Any]:
    """A row of the ledger, with numbers of four digits: processors differ in later ones."""
    numbers = {key: "" if part[key] is None else f"{part[key]:.4g}" for key in ("value", "low", "high")}
    row = {key: part[key] for key in COLUMNS if key in part} | numbers | {"verdict": claim["verdict"], "commit": commit}
    return {key: "" if row[key] is None else row[key] for key in COLUMNS}


def table_of(rows: list[dict[str, Any]]) -> str:
    """The decided claims of the source as Markdown."""
    parts: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["origin"] == "source" and row["verdict"] in SHOWN:
            parts.setdefault(row["id"], []).append(row)
    lines = ["| the source says | verdict | varied over |", "| --- | --- | --- |"]
    lines += [f"| {own[0]['claim'].rstrip('.')} | {own[0]['verdict']} | {varied(own)} |" for own in parts.values()]
    return "\n".join(lines) + "\n"


def varied(parts: list[dict[str, Any]]) -> str:
    """What the verdict of a claim was varied over."""
    first = parts[0]
    own = [f"{len(parts)} parts of the data"] if len(parts) > 1 else []
    own += [f"{first['runs']} seeds"] if int(first["runs"] or 1) > 1 else []
    return ", ".join([*own, *(["images"] if first["images"] else [])]) or "one set of images"


if __name__ == "__main__":
    main()
