"""What a job's results depend on in this project: its script with all that it imports, and other files, by content."""

import contextlib
import dis
import hashlib
import importlib.util
import modulefinder
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any

from onelayer.io.errors import InputError

WORKFLOW = Path(__file__).resolve().parents[3]
PLANNED = "ONELAYER_PLANNED"  # when a run was planned, and what `_stamps` gave, in the environment of its jobs
# They decide what a message says and where, and whether a job runs, and no result.
LEFT_OUT = ("onelayer/io/code.py", "onelayer/io/errors.py", "onelayer/io/log.py")
IMPORT = dis.opmap["IMPORT_NAME"]

version_of = cache(version)  # reading one takes a millisecond, and every rule asks for some


def for_jobs(folder: str) -> None:
    """What jobs find in their environment: a folder before all others in which they look for modules, and the files of the workflow."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (folder, os.environ.get("PYTHONPATH"))))
    os.environ[PLANNED] = f"{time.time()} {_stamps()}"


@cache
def code_of(script: str, *packages: str, modules: tuple[str, ...] = (), files: tuple[str, ...] = ()) -> dict[str, Any]:
    """The parameter `code` of a rule: what the results of its script depend on beside its inputs.

    With it, and without Snakemake's own trigger `code` (profiles/default), content decides what runs again and not the clock.
    Comments, docstrings and formatting do not count. The names are in it too, so that the job can look again.

    Parameters
    ----------
    script : a file of workflow/scripts; all that it imports from there counts
    packages : whose versions count
    modules : of onelayer that it imports by name, such as models/softmax
    files : in workflow/ that it reads, as patterns
    """
    scripts = [script, *(f"onelayer/{module}.py" for module in modules)]
    return _planned(scripts, list(files)) | {package: version_of(package) for package in packages}


def _planned(scripts: list[str], files: list[str]) -> dict[str, Any]:
    names = [name for name in imported_files(scripts) if name not in LEFT_OUT]
    code = [(name, [_does(part) for part in _nested(_compiled(name))]) for name in names]
    content = [(path.name, path.read_bytes()) for pattern in files for path in sorted(WORKFLOW.glob(pattern))]
    return {"scripts": scripts, "files": files, "code": hashlib.sha256(repr([code, content]).encode()).hexdigest()}


def _stamps() -> str:
    """Sizes and times of the files of workflow/: as long as they are the same, no file was edited and none need be read."""
    stamps = [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in _files()]
    return hashlib.sha256(repr(stamps).encode()).hexdigest()


def _files() -> list[Path]:
    return sorted(path for path in WORKFLOW.rglob("*.*") if path.suffix != ".pyc")


def check_code(planned: Mapping[str, Any]) -> None:
    """Compare the code that a job runs with the one that it was planned with.

    Snakemake records a result with the code that was there when the run was planned. After an edit in the middle of a run,
    jobs that start later would make results of the new code under the name of the old.

    Raises InputError: the code was edited.
    """
    when, _, stamps = os.environ.get(PLANNED, "inf ").partition(" ")
    if stamps == _stamps():
        return
    with contextlib.suppress(OSError, InputError):  # a file is gone, or half of it is written
        if _planned(planned["scripts"], planned["files"]).items() <= planned.items():
            return
    edited = [str(path.relative_to(WORKFLOW)) for path in _files() if path.stat().st_mtime >= float(when)]
    said = "this code was edited after the run had begun: run again, and what it makes is made anew"
    raise InputError(f"{', '.join(edited or planned['scripts'])}: {said}")


def imported_files(scripts: Iterable[str]) -> list[str]:
    """The scripts and all modules of this folder that they import, directly or not, sorted by name."""
    found: set[str] = set()
    waiting = list(scripts)
    while waiting:
        if (name := waiting.pop()) not in found:
            found.add(name)
            waiting += _imports(name)
    return sorted(found)


@cache
def _compiled(name: str) -> CodeType:
    """Bytecode of a file of workflow/scripts, without docstrings; each file is read once a process."""
    path = WORKFLOW / "scripts" / name
    try:
        return compile(path.read_bytes(), str(path), "exec", optimize=2)
    except SyntaxError as error:
        raise InputError(f"{path}, line {error.lineno}: {error.msg}") from error


def _nested(code: CodeType) -> Iterator[CodeType]:
    """Bytecode, and that of the functions and classes in it."""
    yield code
    for value in code.co_consts:
        if isinstance(value, CodeType):
            yield from _nested(value)


def _does(code: CodeType) -> tuple[Any, ...]:
    """What bytecode does, without the lines that it stands on; a set has no order of its own."""
    names = (code.co_name, code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    values = [value for value in code.co_consts if not isinstance(value, CodeType)]
    constants = [sorted(map(repr, value)) if isinstance(value, frozenset) else value for value in values]
    return names, code.co_flags, code.co_argcount, code.co_kwonlyargcount, code.co_code, constants


@cache
def _imports(name: str) -> list[str]:
    """Files of workflow/scripts that a file imports, the packages around them included."""
    package = ".".join(Path(name).parent.parts)
    modules = set()
    for code in (code for code in _nested(_compiled(name)) if IMPORT in code.co_code[::2]):  # to scan one takes long
        for kind, details in modulefinder.ModuleFinder().scan_opcodes(code):
            if kind != "store":
                level, names, module = details if kind == "relative_import" else (0, *details)
                module = importlib.util.resolve_name("." * level + module, package)
                for own in (module, *(f"{module}.{imported}" for imported in names or ())):
                    modules |= {own, *(own[:end] for end, sign in enumerate(own) if sign == ".")}
    places = [module.replace(".", "/") + end for module in sorted(modules) for end in (".py", "/__init__.py")]
    return [place for place in places if (WORKFLOW / "scripts" / place).is_file()]
