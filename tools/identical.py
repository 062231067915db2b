"""Rebuild everything from nothing under different conditions, and compare the results file by file.

Each rebuild has its own folder, number of cores, time zone, locale and, if `faketime` is installed, date. Every file under
results/ must have the same bytes, except for benchmarks/, logs/ and the part `machine` of provenance.json.

    python tools/identical.py [--configfile FILE ...]     any arguments go to Snakemake
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FREE = ("benchmarks", "logs")
VARIANTS = (
    {"cores": "1", "folder": "a", "TZ": "UTC", "LC_ALL": "C", "date": ""},
    {"cores": "2", "folder": "b/deeper", "TZ": "America/New_York", "LC_ALL": "C.UTF-8", "date": "2019-03-01 10:00:00"},
    {"cores": "8", "folder": "c/d e", "TZ": "Asia/Kathmandu", "LC_ALL": "de_DE.UTF-8", "date": "2012-12-31 23:59:00"},
)


def rebuild(folder: Path, variant: Mapping[str, str], arguments: Sequence[str]) -> dict[str, str]:
    """SHA-256 of each file under results/, by its path, after a cold rebuild."""
    folder.mkdir(parents=True)
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--cores", variant["cores"], *arguments]
    if variant["date"] and shutil.which("faketime"):
        # The monotonic clock stays true: waiting for a moment that never comes is waiting for ever.
        command = ["faketime", "--exclude-monotonic", "-f", f"@{variant['date']}", *command]
    elif variant["date"]:
        print("faketime is missing, so the date stays that of today: sudo apt-get install faketime")
    environment = os.environ | {name: variant[name] for name in ("TZ", "LC_ALL")}
    done = subprocess.run(command, env=environment, cwd=ROOT, text=True, capture_output=True)
    if done.returncode:
        sys.exit(f"Error: the rebuild with {variant} failed:\n{done.stdout}{done.stderr}")
    return digests(folder / "results")


def digests(results: Path) -> dict[str, str]:
    """SHA-256 of each file of a folder of results by its path in it, without what may differ."""
    found = {}
    for path in sorted(results.rglob("*")):
        name = path.relative_to(results)
        if path.is_file() and name.parts[0] not in FREE:
            content = path.read_bytes()
            if path.name == "provenance.json":
                content = json.dumps(json.loads(content) | {"machine": None}).encode()
            found[str(name)] = hashlib.sha256(content).hexdigest()
    return found


def compare(rebuilds: Sequence[Mapping[str, str]]) -> bool:
    """Print each file with its verdict; whether there are files and all are the same in all rebuilds."""
    names, differing = sorted(set().union(*rebuilds)), 0
    for name in names:
        found = dict.fromkeys(files.get(name, "missing") for files in rebuilds)
        differing += len(found) > 1
        print("DIFFERENT" if len(found) > 1 else "same     ", name, *(value[:12] for value in found))
    print(f"{len(names) - differing} of {len(names)} files are the same in {len(rebuilds)} rebuilds")
    return bool(names) and not differing


if __name__ == "__main__":
    rebuilds = []
    with tempfile.TemporaryDirectory(prefix="onelayer-identical-") as parent:
        for variant in VARIANTS:
            print(", ".join(f"{key} {value}" for key, value in variant.items()), flush=True)
            rebuilds.append(rebuild(Path(parent, variant["folder"]), variant, sys.argv[1:]))
    sys.exit(not compare(rebuilds))
