"""What a script's results depend on: the code that it imports from this project, by content."""

import ast
import hashlib
from collections.abc import Iterable
from pathlib import Path

PACKAGE = Path(__file__).parent
# They decide what a message says and where, and no result.
LEFT_OUT = ("errors.py", "log.py")


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
