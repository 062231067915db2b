"""What was found of the claims of the default source: of evidence/, a table for the README, and the rows behind it: make evidence.

Writes evidence/findings.csv and evidence/findings.md. A test holds the README to docs/findings.csv, a copy of the former.
"""

import json
from pathlib import Path

import pandas as pd

EVIDENCE = Path(__file__).resolve().parents[1] / "evidence"
COLUMNS = ["id", "origin", "place", "claim", "task", "value", "low", "high", "runs", "images", "over", "part"]
COLUMNS += ["verdict", "commit"]
SHOWN = ("supported", "contradicted", "mixed", "no difference")


def main() -> None:
    """Write both files."""
    provenance = json.loads((EVIDENCE / "results/provenance.json").read_text(encoding="utf-8"))
    table = pd.read_csv(EVIDENCE / "results/tables/claims.csv", dtype=str, keep_default_na=False)
    for key in ("value", "low", "high"):  # numbers of four digits: processors differ in later ones
        table[key] = [f"{float(value):.4g}" if value else "" for value in table[key]]
    table["commit"] = str(provenance["project"]["commit"])[:12]
    table.reindex(columns=COLUMNS).to_csv(EVIDENCE / "findings.csv", index=False)
    text = table_of(table.to_dict("records"))
    (EVIDENCE / "findings.md").write_text(text, encoding="utf-8")
    print(f"\n{text}", end="")


def table_of(rows: list[dict[str, str]]) -> str:
    """The decided claims of the source as Markdown."""
    parts: dict[str, list[dict[str, str]]] = {}
    for row in rows:
        if row["origin"] == "source" and row["verdict"] in SHOWN:
            parts.setdefault(row["id"], []).append(row)
    lines = ["| the source says | verdict | varied over |", "| --- | --- | --- |"]
    lines += [f"| {own[0]['claim'].rstrip('.')} | {own[0]['verdict']} | {varied(own)} |" for own in parts.values()]
    return "\n".join(lines) + "\n"


def varied(parts: list[dict[str, str]]) -> str:
    """What the verdict of a claim was varied over."""
    own = [f"{len(parts)} parts of the data"] if len(parts) > 1 else []
    own += [f"{parts[0]['runs']} seeds"] if int(parts[0]["runs"] or 1) > 1 else []
    own += ["images"] if parts[0]["images"] else []
    return ", ".join(own) or "one set of images"


if __name__ == "__main__":
    main()
