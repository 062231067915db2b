"""What a script's results depend on: the code that it imports from this project, by content."""

import ast
import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from onelayer.errors import InputError

PACKAGE = Path(__file__).parent
WORKFLOW = PACKAGE.parents[1]
# They decide what a message says and where, and whether a job runs, and no result.
LEFT_OUT = ("closure.py", "errors.py", "log.py")


def planned_code(scripts: Iterable[str], files: Iterable[str] = ()) -> dict[str, Any]:
    """What a job depends on in this project, by content: `scripts` in workflow/scripts with all that they import, and other
    `files` in workflow/. The names are in it too, so that the job can look again.
    """
    scripts, files = list(scripts), list(files)
    return {
        "scripts": scripts,
        "code": code_hash(WORKFLOW / "scripts" / script for script in scripts),
        "files": files,
        "content": content_hash(WORKFLOW / file for file in files),
    }


def check_code(planned: Mapping[str, Any]) -> None:
    """Hold the code that a job runs to the one that it was planned with; to be called when that code is imported.

    Snakemake records a result with the code that was there when the run was planned. After an edit in the middle of a run,
    jobs that start later would make results of the new code under the name of the old.

    Raises
    ------
    InputError
        The code is another by now.
    """
    try:
        now = planned_code(planned["scripts"], planned["files"])
        same = all(planned[key] == value for key, value in now.items())
    except (OSError, SyntaxError):  # a file is gone, or half of it is written
        same = False
    if not same:
        names = ", ".join(planned["scripts"])
        raise InputError(
            f"{names}: this code was edited after the run had begun: run again, and what it makes is made anew"
        )


def closure(scripts: Iterable[Path]) -> list[Path]:
    """The scripts and all modules of onelayer that they import, directly or not, sorted."""
    found: set[Path] = set()
    waiting = list(scripts)
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.add(path)
            waiting += _imports(path)
    return sorted(found)


def code_hash(scripts: Iterable[Path]) -> str:
    """SHA-256 of the syntax trees of the closure of `scripts`: comments, docstrings and formatting leave it as it is."""
    digest = hashlib.sha256()
    for path in closure(scripts):
        if path.name not in LEFT_OUT:
            digest.update(f"{path.name}\n{_syntax(path)}\n".encode())
    return digest.hexdigest()


def content_hash(paths: Iterable[Path]) -> str:
    """SHA-256 of the names and contents of files."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def files_under(folder: str, names: Iterable[str]) -> list[str]:
    """The files that `names`, files and folders in `folder`, stand for: relative to it, sorted, without Python's caches."""
    found = {path for name in names for path in (Path(folder, name), *Path(folder, name).rglob("*"))}
    return sorted(str(path.relative_to(folder)) for path in found if path.is_file() and path.suffix != ".pyc")


def _imports(path: Path) -> list[Path]:
    """Files of this package that a file imports."""
    modules = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules += [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
    places = [PACKAGE.joinpath(*module.split(".")[1:]) for module in modules if module.split(".")[0] == "onelayer"]
    files = [place.with_suffix(".py") for place in places if place != PACKAGE]
    return [file for file in files if file.is_file()] + [
        place / "__init__.py" for place in places if place != PACKAGE and (place / "__init__.py").is_file()
    ]


def _syntax(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            node.body = node.body[1:]
    return ast.dump(tree)
