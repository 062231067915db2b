"""Bad configurations given to Snakemake: each ends in one line and makes nothing. Free text does nothing but be printed."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import DIGITS, ROOT, errors_of, snakemake
from tests.experiment.test_configuration import BAD

pytestmark = pytest.mark.reliability


def test_bad_overlays_end_in_one_line_and_make_nothing(tmp_path, tally):
    """All of them are tried in tests/experiment. A start takes a second, and Snakemake has its own words for what is no YAML."""

    def fault(number, overlay, says):
        folder, path = tmp_path / str(number), tmp_path / f"{number}overlay.yaml"
        path.write_text(overlay)
        done = snakemake("--configfile", path, "--cores", 1, folder=folder, check=False)
        said = len(errors_of(done)) == 1 and all(part in errors_of(done)[0] for part in says.split(" ... "))
        clean = [own.name for own in folder.iterdir()] == [".snakemake"] and "Traceback" not in done.stdout
        return "" if said and clean and done.returncode == 1 else f"{overlay[:80]!r}\n{done.stdout}"

    cases = [case for case in BAD if "config: " in case[1]][::13]
    with ThreadPoolExecutor(2) as pool:
        faults = list(pool.map(fault, range(len(cases)), *zip(*cases, strict=True)))
    tally("bad configurations, given to snakemake", faults, "one line, status 1, nothing made")
    assert not (ROOT / "owned").exists()


def test_commands_in_free_text_are_printed_as_typed(digits, tmp_path, tally):
    """In the report of a finished folder, which is written and typeset again."""
    owned, folder = tmp_path / "owned", shutil.copytree(digits, tmp_path / "work")
    planted = rf"\immediate\write18{{touch {owned}}} \input{{/etc/passwd}} $(touch {owned}) `touch {owned}`"
    texts = dict.fromkeys(("title", "subject", "licence", "citation"), planted)
    (tmp_path / "overlay.yaml").write_text(json.dumps({"datasets": {"digits": texts}}))
    made = [path.relative_to(digits) for path in digits.glob("results/report/report.*")]
    snakemake(*DIGITS, tmp_path / "overlay.yaml", "--cores", 2, *made, folder=folder)
    tex = (folder / "results/report/report.tex").read_text()
    faults = [f"in the report: {part}" if part in tex else "" for part in (r"\input{/etc", r"\write18")]
    tally("commands in free text", [*faults, "executed" if owned.exists() else ""], f"as typed, {len(made)} files made")
    assert r"\textbackslash{}input\{/etc/passwd\}" in tex
