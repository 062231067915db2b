"""Tables and documents that the pipeline has made, read to be shown: in the report, on the explorer, in a comparison."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def read_rows(path: str | Path) -> list[dict[str, str]]:
    """Rows of a CSV file as dicts of strings: every digit stays as the table has it."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_json(path: str | Path) -> Any:
    """A JSON document."""
    return json.loads(Path(path).read_text(encoding="utf-8"))


def grouped(published: list[dict[str, str]]) -> dict[str, list[dict[str, str]]]:
    """Rows of the published values under headings that name their place and run, in their order."""
    groups: dict[str, list[dict[str, str]]] = {}
    for row in published:
        order = f"shuffled, seed {row['seed']}" if row["shuffle"] == "true" else "file order"
        groups.setdefault(f"{row['place']}: {row['task']}, lambda {row['lambda']}, {order}", []).append(row)
    return groups


def flat(document: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """Pairs of dotted keys and values; a list becomes its items, joined by commas."""
    pairs: list[tuple[str, str]] = []
    for key, value in document.items():
        if isinstance(value, dict) and prefix.count(".") < 1:
            pairs += flat(value, f"{prefix}{key}.")
        else:
            pairs.append((f"{prefix}{key}", as_text(value)))
    return pairs


def as_text(value: Any) -> str:
    """A value of a configuration as it is printed."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ", ".join(map(as_text, value))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {as_text(inner)}" for key, inner in value.items())
    return "null" if value is None else str(value)


def as_number(text: str) -> float | int | None:
    """The number that a field of a table holds, or None."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return None


def short(text: str) -> str:
    """A field of a table for a person: six digits of a number that is no integer; other text as it is."""
    number = as_number(text)
    return f"{number:.6g}" if isinstance(number, float) else text
