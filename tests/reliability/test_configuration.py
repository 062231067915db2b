"""Bad configurations: each ends in one line and makes nothing, by the path that a user takes."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.configurations import BAD
from tests.conftest import ROOT, snakemake
from tests.unit.test_overlays import refusal

pytestmark = pytest.mark.reliability

# All of what is no plain mapping, and some of the values that the schema refuses; a start takes a second.
STARTED = BAD[:36] + BAD[36::15]
# Snakemake opens its log before it reads the Snakefile; nothing else may be there.
ALLOWED = {"overlay.yaml", ".snakemake", ".snakemake/log"}


def faults(done, says, folder):
    """What is wrong with the end of a Snakemake run that had to refuse its configuration."""
    errors = [line for line in done.stdout.splitlines() if line.startswith("Error:")]
    if done.returncode != 1:
        yield f"status {done.returncode}"
    if len(errors) != 1 or says not in errors[0] or done.stdout.splitlines()[-1] != errors[0]:
        yield "not one line that says it"
    if "Traceback" in done.stdout:
        yield "a traceback"
    made = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.suffix != ".log"} - ALLOWED
    if made:
        yield f"made {made}"


def start(folder, overlay, says):
    """Start Snakemake with an overlay in a folder of its own; the faults of how it ends."""
    folder.mkdir()
    path = folder / "overlay.yaml"
    path.write_text(overlay)
    done = snakemake("--configfile", path, "--cores", 1, folder=folder, check=False)
    return "\n".join(f"{overlay[:80]!r}: {fault}:\n{done.stdout}" for fault in faults(done, says, folder))


def test_bad_overlays_given_to_snakemake(tally, tmp_path):
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(start, tmp_path / str(number), *case) for number, case in enumerate(STARTED)]
        found = [job.result() for job in jobs]
    tally("bad configurations, given to snakemake", len(found), found.count(""), "one line, status 1, nothing made")
    assert not any(found), "\n".join(found)
    assert not (ROOT / "owned").exists()


def test_bad_overlays_read_and_checked(tally, tmp_path):
    survived = 0
    for overlay, says in BAD:
        message = refusal(overlay, tmp_path)
        assert says in message and "\n" not in message and len(message) < 500
        survived += 1
    tally("bad configurations, checked", len(BAD), survived, "one line with key, value and what is allowed")


def test_expressions_are_refused_without_the_profile_but_too_late(tally, tmp_path):
    """Without the project's profile Snakemake evaluates an overlay itself, and the Snakefile can only stop there."""
    path, folder = tmp_path / "overlay.yaml", tmp_path / "work"
    path.write_text("__use_yte__: true\ndataset: '?\"digits\"'\n")
    options = ("--workflow-profile", "none", "--configfile", path, "--cores", 1)
    done = snakemake(*options, folder=folder, check=False)
    refused = done.returncode == 1 and "Error:" in done.stdout and "the key '__use_yte__' is not" in done.stdout
    tally("expressions, without the profile", 1, int(refused), "evaluated, then refused before any job")
    assert refused and not (folder / "results").exists(), done.stdout
