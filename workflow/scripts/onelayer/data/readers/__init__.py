"""The formats of raw data: one file each, found by its name.

A format is a file of this folder with two names: `ROLES`, the roles that the key `files` must name, and `read`, which takes the
raw files of a split by role, `train` or `test`, and the description of the data set, and gives images, uint8 (n, height, width),
and labels, uint8 (n,).
"""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from onelayer.data.content import verified_content

Bytes = NDArray[np.uint8]

ARRAYS = {"train_images": "x_train", "train_labels": "y_train", "test_images": "x_test", "test_labels": "y_test"}


def reader_named(form: str) -> ModuleType:
    """The reader of a format in `reader_names`."""
    return import_module(f"onelayer.data.readers.{form}")


def reader_names() -> list[str]:
    """Names of all formats."""
    return sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem != "__init__")


def verified(files: Mapping[str, Path], role: str, description: Mapping[str, Any]) -> bytes:
    """Content of the file of a role, compared with its SHA-256 if the description has one."""
    return verified_content(files[role], description.get("files", {}).get(role, {}).get("sha256"))
