"""Typesetting: LaTeX runs in a staging folder, and only the PDF comes out."""

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from onelayer.io.errors import InputError
from onelayer.io.files import atomic_write

# No shell, and no file outside the staging folder: the source holds strings from data and configuration.
COMMAND = ["latexmk", "-norc", "-pdf", "-Werror", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape"]
# The first of these that the log holds says why: of an error in the first pass, all references are undefined too.
PROBLEMS = (r"^!.*(?:\n.*){0,4}", r"^LaTeX Warning: (?:Reference|Citation|Label).*(?:\n.+)?")
SAFE = {"openin_any": "p", "openout_any": "p"}
LATEX_SECONDS = 300.0  # it takes a few
QUIETLY: dict[str, Any] = {
    "stdin": subprocess.DEVNULL,
    "stdout": subprocess.PIPE,
    "stderr": subprocess.STDOUT,
    "text": True,
    "errors": "replace",
}
LONGEST = 2000  # characters of an error that are quoted


def typeset(source: str, figures: Iterable[str], pdf: str) -> None:
    """Typeset `source` into `pdf`.

    Parameters
    ----------
    source : a LaTeX file
    figures : iterable of path-like
        PDF files that it includes by name.
    pdf : where the result goes; not touched if typesetting fails

    Raises InputError: laTeX reported an error, does not end, a reference is undefined, or what came out is no PDF; the
    message quotes it.
    """
    with tempfile.TemporaryDirectory(prefix="onelayer-") as staging:
        for path in (source, *figures):
            shutil.copy(path, staging)
        command = [*COMMAND, Path(source).name]
        environment = os.environ | SAFE
        try:
            done = _run(command, cwd=staging, env=environment)
        except subprocess.TimeoutExpired as error:
            raise InputError(
                f"{source}: latexmk has not ended after {LATEX_SECONDS:g} seconds: try it by hand"
            ) from error
        except OSError as error:
            raise InputError(f"latexmk: cannot be started: {error.strerror}") from error
        built = Path(staging, Path(source).name).with_suffix(".pdf")
        if done.returncode or not built.exists() or not built.read_bytes().startswith(b"%PDF-"):
            raise InputError(f"{source}: LaTeX failed:\n{_reason(Path(staging, Path(source).name), done)}")
        with atomic_write(pdf) as partial:
            shutil.copyfile(built, partial)


def _run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program for at most LATEX_SECONDS; what it has started by then ends with it."""
    with subprocess.Popen(command, start_new_session=True, **QUIETLY, **options) as process:
        try:
            printed, _ = process.communicate(timeout=LATEX_SECONDS)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
    return subprocess.CompletedProcess(command, process.returncode, printed)


def _reason(source: Path, done: subprocess.CompletedProcess[str]) -> str:
    """The lines of the LaTeX log that say what went wrong, or all that was printed."""
    log = source.with_suffix(".log")
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    found = next(filter(None, (re.findall(problem, text, flags=re.MULTILINE) for problem in PROBLEMS)), [])
    return "\n".join(found)[:LONGEST] or done.stdout[-LONGEST:] or f"status {done.returncode}, no word"
