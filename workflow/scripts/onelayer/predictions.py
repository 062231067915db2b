"""What the last weights of a task's first runs say of each validation image, in one Parquet file.

Its columns: `lambda`, as spelled; `image`, the number of the image in its file; `label` and `predicted`, classes of the data
set; `confidence`; `logits`, a list of the outputs; and, where the model gives them, `probabilities`, a list in the order of
the task's classes. The confidence is the probability of the predicted class, or, without probabilities, the margin by which
its output is above the others; the metadata of the file say which, with the classes and the model.
"""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from onelayer.data.samples import Samples, inputs_of
from onelayer.data.store import METADATA_KEY, UNREADABLE, write_table
from onelayer.errors import InputError, one_line
from onelayer.objective import Floats, Model


class Predictions(NamedTuple):
    """The predictions of one lambda.

    Attributes
    ----------
    file : str
        The file that the images are in: train or test.
    image : int64 (N,)
        Numbers of the images in their file, ascending.
    label, predicted : int64 (N,)
    confidence : float64 (N,)
    logits : float64 (N, K)
    probabilities : float64 (N, classes), or None where the model gives none
    """

    file: str
    image: NDArray[np.int64]
    label: NDArray[np.int64]
    predicted: NDArray[np.int64]
    confidence: Floats
    logits: Floats
    probabilities: Floats | None

    @property
    def confidence_name(self) -> str:
        return "margin" if self.probabilities is None else "probability"


def predict(
    model: Model, weights: Floats, samples: Samples, file: str, numbers: NDArray[np.int64], classes: Sequence[int]
) -> Predictions:
    """Predictions of weights (K, D) for samples, which are the images `numbers` of `file`; in float64."""
    logits = weights.astype(np.float64) @ inputs_of(samples, np.float64).T
    decided = model.decisions(logits)
    probabilities = model.probabilities(logits)
    if probabilities is None:
        confidence = model.margins(logits, decided)
    else:
        confidence, probabilities = probabilities[decided, np.arange(len(numbers))], probabilities.T
    labels = np.array(classes, np.int64)
    return Predictions(file, numbers, labels[samples.targets], labels[decided], confidence, logits.T, probabilities)


def write_predictions(path: Path, predictions: Mapping[str, Predictions], classes: Sequence[int], model: str) -> None:
    """Write the predictions of a task, by lambda as it is spelled."""
    parts = list(predictions.values())
    columns: dict[str, Any] = {
        "lambda": np.repeat(list(predictions), [len(part.image) for part in parts]),
        "image": np.concatenate([part.image for part in parts]).astype(np.int32),
        "label": np.concatenate([part.label for part in parts]).astype(np.uint8),
        "predicted": np.concatenate([part.predicted for part in parts]).astype(np.uint8),
        "confidence": np.concatenate([part.confidence for part in parts]),
        "logits": _lists([part.logits for part in parts]),
    }
    if parts[0].probabilities is not None:
        columns["probabilities"] = _lists([part.probabilities for part in parts])
    note = {"model": model, "classes": list(classes), "confidence": parts[0].confidence_name, "file": parts[0].file}
    write_table(path, pa.table(columns, metadata={METADATA_KEY: json.dumps(note, sort_keys=True)}))


def read_predictions(path: str | Path) -> dict[str, Predictions]:
    """The predictions of a task by lambda, as `write_predictions` was given them."""
    try:
        with pq.ParquetFile(path) as file:
            table = file.read()
            note = json.loads(file.schema_arrow.metadata[METADATA_KEY])
        confidence, images = note["confidence"], note["file"]
        lambdas = np.array(table["lambda"].to_pylist())
        logits = _rows(table["logits"])
        probabilities = _rows(table["probabilities"]) if confidence == "probability" else None
        image, label, predicted = (table[name].to_numpy().astype(np.int64) for name in ("image", "label", "predicted"))
        margins = table["confidence"].to_numpy()
    except UNREADABLE as error:
        raise InputError(f"{path}: damaged, or no predictions ({one_line(error)}): delete it and run again") from error
    found = {}
    for lam in dict.fromkeys(lambdas.tolist()):
        rows = lambdas == lam
        own = None if probabilities is None else probabilities[rows]
        found[lam] = Predictions(images, image[rows], label[rows], predicted[rows], margins[rows], logits[rows], own)
    return found


def _lists(parts: Sequence[Any]) -> pa.FixedSizeListArray:
    """Arrays (n, K) below each other, a list of K numbers a row."""
    values = np.concatenate(parts)
    return pa.FixedSizeListArray.from_arrays(pa.array(values.ravel()), values.shape[1])


def _rows(column: pa.ChunkedArray) -> Floats:
    lists = column.combine_chunks()
    return lists.flatten().to_numpy().reshape(len(lists), lists.type.list_size)
