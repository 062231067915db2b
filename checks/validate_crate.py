"""Hold a crate to the profile Workflow Run Crate 0.5 with roc-validator, all requirements, without network.

    python checks/validate_crate.py results/onelayer.crate.zip

The crate's context is an address. In a copy that is thrown away, it is replaced by the context that the package rocrate
brings, so the one thing that is not checked is that the address answers.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from importlib.resources import files
from pathlib import Path

VALIDATOR = Path(__file__).resolve().parents[1] / ".venv/tools/bin/rocrate-validator"
METADATA = "ro-crate-metadata.json"
# What this address stands for in RO-Crate 1.1; in the context of rocrate, which is that of a later version, it moved.
OF_1_1 = {"ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow"}


def main(crate: str) -> int:
    """Validate; print what fails. Returns the validator's status."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary, "crate")
        with zipfile.ZipFile(crate) as archive:
            archive.extractall(folder)
        metadata = folder / METADATA
        document = json.loads(metadata.read_text(encoding="utf-8"))
        context = json.loads(files("rocrate").joinpath("data/ro-crate.jsonld").read_text(encoding="utf-8"))["@context"]
        metadata.write_text(json.dumps(document | {"@context": context | OF_1_1}), encoding="utf-8")
        command = [
            VALIDATOR,
            "--no-interactive",
            "--disable-color",
            "validate",
            "--offline",
            "--cache-path",
            Path(temporary, "cache"),
        ]
        command += ["--profile-identifier", "workflow-run-crate", "--requirement-severity", "required"]
        done = subprocess.run([*command, "--no-paging", "--verbose", folder], text=True, capture_output=True)
    if done.returncode:
        print(done.stdout, done.stderr, f"Error: {crate}: is no valid Workflow Run RO-Crate", sep="\n")
    else:
        print(f"{crate}: a valid Workflow Run RO-Crate 0.5")
    return done.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
