"""What the models say of your own images."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from onelayer.data.picture import read_grey
from onelayer.data.preparation import prepare
from onelayer.data.store import ImageSet
from onelayer.experiment.task import Run, Setup
from onelayer.io.errors import InputError, one_line
from onelayer.models import model_named
from onelayer.pictures.ink import LONGEST, ink_of, several_parts
from onelayer.results.predictions import predict
from onelayer.training.runs import RunFiles
from onelayer.training.sets import samples_of

SEVERAL = "this may be more than one"
UNCERTAIN = 0.9  # a probability below this is named with the runner-up's


class Picture(NamedTuple):
    """A picture file.

    Attributes
    ----------
    name : str
    grey : uint8 (height, width), as read; None if it cannot be
    image : uint8 of the data set's shape, what the model sees; None if there is a problem
    problem : why it is not predicted, or None
    note : what makes its prediction doubtful, or None
    """

    name: str
    grey: NDArray[np.uint8] | None
    image: NDArray[np.uint8] | None
    problem: str | None
    note: str | None = None


def prepared_pictures(paths: Sequence[str], dataset: Mapping[str, Any]) -> list[Picture]:
    """Each file as an image like those of a data set: `dataset` has its preparation, ink, shape and pixel_max."""
    pictures = []
    for path in paths:
        grey = image = problem = note = None
        try:
            grey = read_grey(path, LONGEST)
            ink = ink_of(grey)
            image = prepare(ink, dataset["preparation"], dataset["shape"], dataset["pixel_max"])
            note = SEVERAL if several_parts(ink) else None
            if dataset["ink"] == "dark":
                image = dataset["pixel_max"] - image
        except InputError as error:
            problem = str(error).removeprefix(f"{path}: ")
        pictures.append(Picture(one_line(Path(path).name), grey, image, problem, note))
    return pictures


def predictions_table(
    pictures: Sequence[Picture],
    runs: Mapping[Run, RunFiles],
    setups: Mapping[str, Setup],
    names: Mapping[int, str],
    pixel_max: int,
) -> pd.DataFrame:
    """One row a picture and run, by its last weights; a picture with a problem has one row.

    After the columns of the prediction there is one for each class of the data set, with its probability, or with the model's
    output for it where the confidence is a margin, and `said`: `softmax: 7 (probability 0.62), or 2 (0.21)`, or why there is
    none. `names` are those of the data set's classes.
    """
    rows: list[dict[str, Any]] = []
    for picture in pictures:
        if picture.image is None:
            rows.append({"file": picture.name, "problem": picture.problem, "said": picture.problem})
            continue
        for run, files in runs.items():
            setup = setups[run.task]
            unknown = np.array([setup.classes[0]], np.uint8)  # nobody has said what it shows
            samples = samples_of(setup, ImageSet(picture.image[np.newaxis], unknown, {"pixel_max": pixel_max}))
            found = predict(model_named(setup.model), files.last_weights, samples, setup.classes)
            (label,), (confidence,) = found.predicted, found.confidence
            (values,) = found.logits if found.probabilities is None else found.probabilities
            said = f"{run.task}: {names[label]} ({found.confidence_name} {confidence:.2f})"
            if picture.note:
                said += f", but {picture.note}"
            if found.probabilities is not None and confidence < UNCERTAIN:
                second = np.argsort(values)[-2]
                said += f", or {names[setup.classes[second]]} ({values[second]:.2f})"
            rows.append(
                {"file": picture.name, "task": run.task, "lambda": run.lam, "shuffle": str(run.shuffle).lower()}
                | {"seed": run.seed, "predicted": label, "name": names[label], "confidence": confidence}
                | {"confidence_is": found.confidence_name, "note": picture.note, "said": said}
                | {f"class_{own}": value for own, value in zip(setup.classes, values, strict=True)}
            )
    columns = ("file", "task", "lambda", "shuffle", "seed", "predicted", "name", "confidence", "confidence_is")
    labels = (f"class_{label}" for label in names)
    table = pd.DataFrame(rows, columns=[*columns, "problem", "note", *labels, "said"])
    return table.astype({"seed": "Int64", "predicted": "Int64"})
