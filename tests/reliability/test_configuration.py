"""Bad configurations: each ends in one line and makes nothing. Free text does nothing but be printed."""

import json
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.configurations import BAD, refusal
from tests.conftest import DIGITS, ROOT, snakemake

pytestmark = pytest.mark.reliability

# A start takes a second. Snakemake has its own words for what is no mapping of YAML, the first nine; and it evaluates
# what __use_yte__ marks before the Snakefile can refuse it.
STARTED = [case for case in BAD[9::13] if "_use_yte__" not in case[0]]


def test_bad_overlays_are_refused(tmp_path, tally):
    faults = []
    for overlay, says in BAD:
        message = refusal(overlay, tmp_path / "overlay.yaml")
        good = says in message and "\n" not in message and len(message) < 600
        faults.append("" if good else f"{overlay[:80]!r}: {message!r} instead of {says!r}")
    tally("bad configurations, checked", faults, "one line that says which key")


def start(folder: Path, overlay: str, says: str) -> str:
    """Give an overlay to Snakemake; what is wrong with the way in which that ends."""
    folder.mkdir()
    (folder / "overlay.yaml").write_text(overlay)
    done = snakemake("--configfile", folder / "overlay.yaml", "--cores", 1, folder=folder, check=False)
    lines = [line for line in done.stdout.splitlines() if line.startswith("Error:")]
    said = done.returncode == 1 and len(lines) == 1 and says in lines[0] and "Traceback" not in done.stdout
    made = [str(path) for path in folder.iterdir() if path.name not in ("overlay.yaml", ".snakemake")]
    return "" if said and not made else f"{overlay[:80]!r}: made {made}\n{done.stdout}"


def test_bad_overlays_given_to_snakemake(tmp_path, tally):
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(start, tmp_path / str(number), *case) for number, case in enumerate(STARTED)]
        faults = [job.result() for job in jobs]
    assert not (ROOT / "owned").exists()
    tally("bad configurations, given to snakemake", faults, "one line, status 1, nothing made")


def test_commands_in_free_text_are_printed_as_typed(digits, tmp_path, tally):
    """In the report of a finished folder, which is written and typeset again."""
    owned = Path(tempfile.gettempdir(), f"owned-{tmp_path.name}")
    planted = rf"\immediate\write18{{touch {owned}}} \input{{/etc/passwd}} $(touch {owned}) `touch {owned}`"
    overlay, folder = tmp_path / "overlay.yaml", shutil.copytree(digits, tmp_path / "work")
    keys = ("title", "subject", "licence", "citation")
    overlay.write_text(json.dumps({"datasets": {"digits": dict.fromkeys(keys, planted)}}))
    made = [path.relative_to(digits) for path in digits.glob("results/report/report.*")]
    snakemake(*DIGITS, overlay, "--cores", 2, *made, folder=folder)
    tex = (folder / "results/report/report.tex").read_text()
    assert r"\textbackslash{}input\{/etc/passwd\}" in tex
    faults = [f"in the report: {part}" if part in tex else "" for part in (r"\input{/etc", r"\write18")]
    tally("commands in free text", [*faults, "executed" if owned.exists() else ""], f"as typed, {len(made)} files made")
