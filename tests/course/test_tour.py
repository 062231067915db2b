"""The tour: its Python and its shell lines give what it shows, its targets exist, its code is that of the project."""

import doctest
import re
import subprocess

import pytest

from tests.conftest import ROOT, errors_of, snakemake

TOUR = (ROOT / "docs/course/tour.md").read_text(encoding="utf-8")
OVERLAY = ("--configfile", ROOT / "config/digits.yaml")


def blocks(language):
    found = re.findall(rf"^```{language}\n(.*?)^```", TOUR, flags=re.MULTILINE | re.DOTALL)
    assert found
    return found


def test_the_python_lines_print_what_stands_below_them(digits, monkeypatch):
    monkeypatch.chdir(digits)
    lines = doctest.DocTestParser().get_doctest("\n".join(blocks("pycon")), {}, "tour.md", "tour.md", 0)
    assert len(lines.examples) > 25
    doctest.DebugRunner().run(lines)


@pytest.mark.parametrize("block", blocks("console"))
def test_the_shell_lines_print_what_stands_below_them(block):
    command, _, output = block.removeprefix("$ ").partition("\n")
    assert subprocess.run(["bash", "-c", command], cwd=ROOT, text=True, capture_output=True).stdout == output


def test_every_target_that_it_names_can_be_made(tmp_path):
    commands = [line for block in blocks("sh") for line in block.splitlines() if "--directory demo" in line]
    targets = [word for line in commands for word in line.split() if word.startswith("results/")]
    assert len(commands) > 7 and len(targets) > 10
    snakemake(*OVERLAY, "--dry-run", "--quiet", "all", "--", *targets, folder=tmp_path)


def test_the_makefile_has_what_it_calls():
    rules = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in re.findall(r"^make ([a-z-]+)", "".join(blocks("sh")), flags=re.MULTILINE):
        assert re.search(rf"^{name}:", rules, flags=re.MULTILINE), name


def test_the_code_beside_the_equations_is_that_of_the_project():
    rows = re.findall(r"^\| .* \| (`.*`) \| `(.*\.py)` \|$", TOUR, flags=re.MULTILINE)
    assert len(rows) == 7
    for code, file in rows:
        source = (ROOT / "workflow/scripts/onelayer" / file).read_text(encoding="utf-8")
        for line in re.findall("`([^`]+)`", code):
            assert line in source, line


def test_its_last_overlay_asks_for_the_model_of_exercise_10(tmp_path):
    overlay = tmp_path / "rest.yaml"
    overlay.write_text(blocks("yaml")[0])
    done = snakemake("--dry-run", "--configfile", overlay, folder=tmp_path, check=False)
    (error,) = errors_of(done)
    assert "tasks.rest: model = one_against_rest" in error and "known models" in error  # nothing else is wrong with it
    overlay.write_text(overlay.read_text().replace("one_against_rest", "least_squares"))
    snakemake("--dry-run", "--quiet", "all", "--configfile", overlay, folder=tmp_path)


def test_its_figures_are_those_of_the_demo(digits):
    figures = sorted((ROOT / "docs/course/figures").glob("*.png"))
    assert figures
    for path in figures:
        assert f"figures/{path.name}" in TOUR
        made = digits / "results/fig" / path.name
        if made.exists():  # those of the evidence are not among them
            assert png_size(path) == png_size(made)


def png_size(path):
    """Width and height, as the header of a PNG has them."""
    return path.read_bytes()[16:24]
