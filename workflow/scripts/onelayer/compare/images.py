"""McNemar's test of each run against its pair, where both folders decided on the same images."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from onelayer.compare.folders import Folder, RunKey
from onelayer.data.samples import choose_samples, inputs_of
from onelayer.data.store import read_images
from onelayer.errors import InputError
from onelayer.models import MODELS
from onelayer.statistics import holm, mcnemar


class Tested(NamedTuple):
    """A run of both folders: which of the two is right more often.

    Attributes
    ----------
    run : RunKey
    images : int
        Validation images.
    only_a, only_b : int
        Images that just this folder's last weights get right.
    p : float
        McNemar's exact test, two-sided.
    p_holm : float
        Adjusted for the number of runs that were tested.
    """

    run: RunKey
    images: int
    only_a: int
    only_b: int
    p: float
    p_holm: float

    @property
    def differ(self) -> bool:
        """Whether the two are right on other images."""
        return self.only_a + self.only_b > 0


def paired_tests(a: Folder, b: Folder) -> tuple[list[Tested], dict[str, str]]:
    """The tests of all runs that both folders have, and by task that has none the reason."""
    counted: list[tuple[RunKey, int, int, int]] = []
    untested = {}
    for name in a.tasks:
        runs = [key for key in a.runs if key.task == name and key in b.runs]
        if not runs:
            continue
        if reason := _why_not(a, b, name):
            untested[name] = reason
            continue
        for key, one, other in zip(runs, _right(a, name, runs), _right(b, name, runs), strict=True):
            counted.append((key, len(one), int((one & ~other).sum()), int((other & ~one).sum())))
    p_values = [mcnemar(only_a, only_b) for _, _, only_a, only_b in counted]
    rows = zip(counted, p_values, holm(p_values), strict=True)
    return [Tested(*counts, p, adjusted) for counts, p, adjusted in rows], untested


def _why_not(a: Folder, b: Folder, name: str) -> str | None:
    """Why the validation images of a task are not the same, or cannot be decided on here."""
    one, other = a.tasks[name], b.tasks[name]
    file = one["validation"]["file"]
    if one["validation"] != other["validation"] or a.images_hash(file) != b.images_hash(file):
        return "other validation images"
    if set(one["classes"]) != set(other["classes"]):
        return "other classes"
    unknown = next((task["model"] for task in (one, other) if task["model"] not in MODELS), None)
    return f"the model {unknown} is not known here" if unknown else None


def _right(folder: Folder, name: str, runs: Sequence[RunKey]) -> list[NDArray[np.bool_]]:
    """Of each run, which validation images of its task (N,) its last weights decide rightly; computed in float64."""
    task = folder.tasks[name]
    chosen, model = task["validation"], MODELS[task["model"]]
    path = folder.results / "data" / task["dataset"] / f"{chosen['file']}.parquet"
    stored = read_images(path, chosen["first"], chosen["count"])
    if stored.metadata["sha256"] != folder.images_hash(chosen["file"]):
        raise InputError(f"{path}: not the images that provenance.json names: run the pipeline again there")
    samples = choose_samples(stored, task["classes"])
    inputs = inputs_of(samples, np.float64)
    weights = (folder.runs[key].last_weights.astype(np.float64) for key in runs)
    return [model.decisions(own @ inputs.T) == samples.targets for own in weights]
