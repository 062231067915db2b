"""Typesetting: LaTeX runs in a staging folder, and only the PDF comes out."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from onelayer.errors import InputError, atomic_write
from onelayer.tools import run

# No shell, and no file outside the staging folder: the source holds strings from data and configuration.
COMMAND = ["latexmk", "-norc", "-pdf", "-Werror", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
# The first of these that the log holds says why: of an error in the first pass, all references are undefined too.
PROBLEMS = (r"^!.*(?:\n.*){0,4}", r"^LaTeX Warning: (?:Reference|Citation|Label).*(?:\n.+)?")
SAFE = {"openin_any": "p", "openout_any": "p"}
LATEX_SECONDS = 300.0  # it takes a few
LONGEST = 2000  # characters of an error that are quoted


def typeset(source: str, figures: Iterable[str], pdf: str) -> None:
    """Typeset `source` into `pdf`.

    Parameters
    ----------
    source : path-like
        A LaTeX file.
    figures : iterable of path-like
        PDF files that it includes by name.
    pdf : path-like
        Where the result goes; not touched if typesetting fails.

    Raises
    ------
    InputError
        LaTeX reported an error, does not end, a reference is undefined, or what came out is no PDF; the message quotes it.
    """
    with tempfile.TemporaryDirectory(prefix="onelayer-") as staging:
        for path in (source, *figures):
            shutil.copy(path, staging)
        command = [*COMMAND, Path(source).name]
        environment = os.environ | SAFE
        done = run(command, LATEX_SECONDS, cwd=staging, env=environment)
        built = Path(staging, Path(source).name).with_suffix(".pdf")
        if done.returncode or not built.exists() or not built.read_bytes().startswith(b"%PDF-"):
            raise InputError(f"{source}: LaTeX failed:\n{_reason(Path(staging, Path(source).name), done)}")
        with atomic_write(pdf) as partial:
            shutil.copyfile(built, partial)


def _reason(source: Path, done: subprocess.CompletedProcess[str]) -> str:
    """The lines of the LaTeX log that say what went wrong, or all that was printed."""
    log = source.with_suffix(".log")
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    found = next(filter(None, (re.findall(problem, text, flags=re.MULTILINE) for problem in PROBLEMS)), [])
    return "\n".join(found)[:LONGEST] or (done.stdout + done.stderr)[-LONGEST:] or f"status {done.returncode}, no word"
