"""Typesetting: LaTeX runs in a staging folder, and only the PDF comes out."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from onelayer.io.errors import InputError
from onelayer.io.files import atomic_write

# No shell, and no file outside the staging folder: the source holds strings from data and configuration.
COMMAND = ("latexmk", "-norc", "-pdf", "-Werror", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape")
SAFE = {"openin_any": "p", "openout_any": "p"}
# The first of these that the log holds says why: of an error in the first pass, all references are undefined too.
PROBLEMS = (r"^!.*(?:\n.*){0,4}", r"^LaTeX Warning: (?:Reference|Citation|Label).*(?:\n.+)?")
LONGEST = 2000  # characters of an error that are quoted


def typeset(source: str | Path, figures: Iterable[str | Path], pdf: str | Path) -> None:
    """Typeset a LaTeX file into `pdf`, which is not touched if that fails; `figures` are PDF files that it includes by name.

    Raises InputError: LaTeX reported an error, which the message quotes, or a reference is undefined.
    """
    with tempfile.TemporaryDirectory(prefix="onelayer-") as staging:
        for path in (source, *figures):
            shutil.copy(path, staging)
        copy = Path(staging, Path(source).name)
        done = subprocess.run(
            [*COMMAND, copy.name],
            cwd=staging,
            env=os.environ | SAFE,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        built, log = copy.with_suffix(".pdf"), copy.with_suffix(".log")
        if done.returncode or not built.exists():
            text = (log.read_bytes() if log.exists() else b"").decode(errors="replace")
            found = next(filter(None, (re.findall(problem, text, re.MULTILINE) for problem in PROBLEMS)), [])
            said = "\n".join(found)[:LONGEST] or done.stdout.decode(errors="replace")[-LONGEST:]
            raise InputError(f"{source}: LaTeX failed:\n{said}")
        with atomic_write(pdf) as partial:
            shutil.copyfile(built, partial)
