"""The programs around the pipeline: versions, git, LaTeX, SLURM. They may be missing, fail, or not answer."""

import platform
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

from onelayer.io.code import version_of

PACKAGES = ("snakemake", "numpy", "scipy", "pandas", "pyarrow", "matplotlib", "jinja2", "jsonschema", "pyyaml")
ASK_SECONDS = 10.0  # git and kpsewhich answer at once


def versions() -> dict[str, str]:
    """Versions of Python and of PACKAGES."""
    return {"python": platform.python_version()} | {package: version_of(package) for package in PACKAGES}


def has_latex() -> bool:
    """Whether there is LaTeX with what it needs to make fonts of."""
    return all(map(shutil.which, ("latexmk", "pdflatex"))) and bool(answer_of("kpsewhich", "lmodern.sty"))


def answer_of(*command: str) -> str | None:
    """What a program prints; None if it is missing, fails or does not answer."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=ASK_SECONDS)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def project_state(project: Path) -> dict[str, Any]:
    """The project's version, its commit, and whether its tracked files are those of that commit; None if git does not know."""
    git = ("git", "-C", str(project))
    number = tomllib.loads((project / "pyproject.toml").read_text())["project"]["version"]
    commit = answer_of(*git, "rev-parse", "HEAD") if answer_of(*git, "rev-parse", "--show-prefix") == "" else None
    clean = answer_of(*git, "status", "--porcelain", "--untracked-files=no") == "" if commit else None
    return {"version": number, "commit": commit or None, "clean": clean}


def slurm_jobs(folder: Path) -> list[str]:
    """The SLURM jobs of a run in a folder, by where their logs are; a run that was killed leaves them behind."""
    queue = answer_of("squeue", "--me", "--noheader", "--Format", "JobID:20,StdOut:4000") or ""
    logs = f"{folder}/.snakemake/slurm_logs/"
    return [line.split()[0] for line in queue.splitlines() if line[20:].startswith(logs)]
