"""Whether the results in a folder were made from another configuration: one folder, one experiment."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from onelayer.io.files import read_json


def made_from(results: Path, configuration: Mapping[str, Any]) -> str | None:
    """In a few words, by their provenance, from what the results of a folder were made; None if from this configuration, or there are none."""
    try:
        earlier = read_json(results / "provenance.json")["configuration"]
    except (OSError, ValueError, KeyError):
        return None
    if earlier == json.loads(json.dumps(configuration)):
        return None
    own = ", ".join(name for name, task in earlier["tasks"].items() if task is not None)
    return f"source {earlier['source'] or 'null'}, data set {earlier['dataset']}, tasks {own}"
