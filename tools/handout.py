"""A copy of the project for students, without the solutions and the tests: make course OUT=folder.

Any grader that runs pytest can mark it, with docs/course/test_exercises.py.
"""

import shutil
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
LEFT_OUT = ("docs/course/solutions/", "tests/", ".github/", ".ci/")
# What the checks read.
KEPT = ("tests/__init__.py", "tests/helpers.py", "tests/training/golden.py")


def main(out: Path) -> None:
    """Write the copy to a folder that does not exist yet."""
    if out.exists():
        sys.exit(f"Error: OUT={out}: exists already: name a folder that does not")
    names = subprocess.check_output(["git", "-C", PROJECT, "ls-files", "-z"], text=True).strip("\0").split("\0")
    chosen = [name for name in names if name in KEPT or not name.startswith(LEFT_OUT)]
    for name in chosen:
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(PROJECT / name, out / name)
    print(f"{out}: {len(chosen)} files. To mark it: pytest docs/course/test_exercises.py")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
