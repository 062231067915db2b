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
from onelayer.io.errors import InputError
from onelayer.models import model_named
from onelayer.pictures.ink import LONGEST, ink_of, several_parts
from onelayer.pictures.requested import printable
from onelayer.results.predictions import Predictions, predict
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
            problem = str(error)
        pictures.append(Picture(printable(Path(path).name), grey, image, problem, note))
    return pictures


def most_accurate(runs: Mapping[Run, RunFiles], task: str) -> Run:
    """The run of a task with the largest validation accuracy; of equals that of the smallest lambda, then the first."""
    own = sorted((run for run in runs if run.task == task), key=lambda run: float(run.lam))
    return max(own, key=lambda run: runs[run].summary["validation_accuracy"])


def predict_pictures(
    pictures: Sequence[Picture], runs: Mapping[Run, RunFiles], setups: Mapping[str, Setup], dataset: Mapping[str, Any]
) -> dict[Run, Predictions]:
    """Predictions of each run by its last weights, for the pictures without a problem; `image` is their place in the list.

    Their `label` means nothing: nobody has said what they show.
    """
    places = np.array([place for place, picture in enumerate(pictures) if picture.image is not None])
    images = np.stack([picture.image for picture in pictures if picture.image is not None])
    predicted = {}
    for run, files in runs.items():
        setup = setups[run.task]
        labels = np.full(len(places), setup.classes[0], np.uint8)
        samples = samples_of(setup, ImageSet(images, labels, {"pixel_max": dataset["pixel_max"]}))
        model, weights = model_named(setup.model), files.last_weights
        predicted[run] = predict(model, weights, samples, "", places, setup.classes)
    return predicted


def predictions_table(
    pictures: Sequence[Picture],
    predicted: Mapping[Run, Predictions],
    setups: Mapping[str, Setup],
    names: Mapping[int, str],
) -> pd.DataFrame:
    """One row a picture and task; a picture with a problem has one row.

    After the columns of the prediction there is one for each class of the data set, with its probability, or with the model's
    output for it where the confidence is a margin. `names` are those of the data set's classes.
    """
    rows: list[dict[str, Any]] = []
    for place, picture in enumerate(pictures):
        if picture.problem is not None:
            rows.append({"file": picture.name, "problem": picture.problem})
            continue
        for run, found in predicted.items():
            row = int(np.flatnonzero(found.image == place)[0])
            label = int(found.predicted[row])
            values = (found.logits if found.probabilities is None else found.probabilities)[row]
            rows.append(
                {"file": picture.name, "task": run.task, "lambda": run.lam, "shuffle": str(run.shuffle).lower()}
                | {"seed": run.seed, "predicted": label, "name": names[label], "confidence": found.confidence[row]}
                | {"confidence_is": found.confidence_name, "note": picture.note}
                | {f"class_{label}": value for label, value in zip(setups[run.task].classes, values, strict=True)}
            )
    columns = [
        "file",
        "task",
        "lambda",
        "shuffle",
        "seed",
        "predicted",
        "name",
        "confidence",
        "confidence_is",
        "problem",
        "note",
    ]
    table = pd.DataFrame(rows, columns=[*columns, *(f"class_{label}" for label in names)])
    return table.astype({"seed": "Int64", "predicted": "Int64"})


def sentences(table: pd.DataFrame, names: Mapping[int, str]) -> pd.Series:
    """What each row of the table says, in short: `softmax: 7 (0.62), or 2 (0.21)`, or why there is none."""
    return table.apply(lambda row: _sentence(row, names), axis=1)


def _sentence(row: pd.Series, names: Mapping[int, str]) -> str:
    if isinstance(row["problem"], str):
        return str(row["problem"])
    doubt = f", but {row['note']}" if isinstance(row["note"], str) else ""
    said = f"{row['task']}: {row['name']} ({row['confidence_is']} {row['confidence']:.2f}){doubt}"
    if row["confidence_is"] != "probability" or row["confidence"] >= UNCERTAIN:
        return said
    others = {label: row[f"class_{label}"] for label in names if label != row["predicted"]}
    second = max((label for label in others if not pd.isna(others[label])), key=lambda label: others[label])
    return f"{said}, or {names[second]} ({others[second]:.2f})"
