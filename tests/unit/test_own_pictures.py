"""What the models say of one's own pictures: which run speaks, the table, its sentences and the sheet."""

from types import SimpleNamespace

import numpy as np
import pytest

from onelayer import sheet
from onelayer.grid import Run
from onelayer.own_pictures import (
    Picture,
    most_accurate,
    predict_pictures,
    predictions_table,
    prepared_pictures,
    sentences,
)
from tests.drawings import drawn

DATASET = {"preparation": "centred_by_mass", "shape": [28, 28], "pixel_max": 255}
TASKS = {
    "sure": {"model": "softmax", "classes": [7, 0, 2]},
    "margins": {"model": "hinge", "classes": [0, 2, 7]},
}
NAMES = {0: "zero", 2: "two", 7: "seven"}


@pytest.fixture
def pictures(tmp_path):
    drawn(7).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"")
    drawn(0).save(tmp_path / "c.png")
    return prepared_pictures([str(tmp_path / name) for name in ("a.png", "b.png", "c.png")], DATASET)


def said(pictures):
    """By task predictions of weights that are the images themselves, in the order of the task's classes."""
    images = {7: pictures[0].image, 0: pictures[2].image, 2: np.zeros((28, 28), np.uint8)}
    runs = {}
    for name, task in TASKS.items():
        weights = np.array([np.append(images[label] / 127.5 - 1, -300.0 * (label == 2)) for label in task["classes"]])
        runs[Run(name, "0.0", True, 0)] = SimpleNamespace(last_weights=weights * 0.01)
    return predict_pictures(pictures, runs, TASKS, DATASET)


def accuracies(**values):
    return {Run("t", *key): SimpleNamespace(summary={"validation_accuracy": value}) for key, value in values["runs"]}


def test_the_most_accurate_run_speaks_of_equals_the_smallest_lambda_and_the_first():
    runs = accuracies(
        runs=[(("2.0", True, 0), 0.9), (("0.2", True, 3), 0.9), (("0.2", True, 1), 0.9), (("0.0", True, 3), 0.8)]
    )
    assert most_accurate(runs | {Run("other", "0.0", True, 0): None}, "t") == Run("t", "0.2", True, 3)
    runs[Run("t", "2.0", True, 9)] = SimpleNamespace(summary={"validation_accuracy": 0.91})
    assert most_accurate(runs, "t") == Run("t", "2.0", True, 9)


def test_the_table_has_a_row_for_each_picture_and_task_with_each_class_in_its_column(pictures):
    table = predictions_table(pictures, said(pictures), TASKS, NAMES)
    assert table["file"].tolist() == ["a.png", "a.png", "b.png", "c.png", "c.png"]
    assert table["name"].fillna("").tolist() == ["seven", "seven", "", "zero", "zero"]
    assert table["confidence_is"].fillna("").tolist() == ["probability", "margin", "", "probability", "margin"]
    sure, margins = table[table["task"] == "sure"], table[table["task"] == "margins"]
    assert sure[["class_0", "class_2", "class_7"]].sum(axis=1).tolist() == pytest.approx([1, 1])
    assert sure["confidence"].tolist() == [sure["class_7"].iloc[0], sure["class_0"].iloc[1]]
    assert margins["confidence"].iloc[0] == pytest.approx(margins["class_7"].iloc[0] - margins["class_0"].iloc[0])


def test_what_is_uncertain_is_said(pictures):
    table = predictions_table(pictures, said(pictures), TASKS, NAMES)
    table.loc[0, ["confidence", "class_7", "class_0", "class_2"]] = [0.6, 0.6, 0.1, 0.3]
    lines = sentences(table, NAMES).tolist()
    assert lines[0] == "sure: seven (probability 0.60), or two (0.30)"
    assert lines[1].startswith("margins: seven (margin ") and "or" not in lines[1]
    assert lines[2] == "not a picture in a format that Pillow reads"


@pytest.mark.parametrize(("count", "shown"), [(1, 1), (10, 10), (70, sheet.MOST)])
def test_the_sheet_shows_the_pictures_inside_its_edges(pictures, count, shown):
    many = [Picture(f"{number} $x$.png", pictures[0].grey, pictures[0].image, None) for number in range(count)]
    figure = sheet.draw([pictures[1], *many], {picture.name: ["sure: seven"] * 3 for picture in many}, 255)
    assert len(figure.axes) == 2 * shown and len(figure.texts) == 4 * shown + 1
    assert ("the first 60 of 70" in figure.texts[0].get_text()) == (count == 70)
    places = [axes.get_position() for axes in figure.axes]
    assert all(0 <= place.x0 < place.x1 <= 1 and 0 <= place.y0 < place.y1 <= 1 for place in places)
    assert all(text.get_position()[1] > 0 for text in figure.texts)
