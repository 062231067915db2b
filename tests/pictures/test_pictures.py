"""Your own images: what is ink in pictures of all kinds, and what the models say of it."""

import os

import numpy as np
import pandas as pd
import pytest
from PIL import Image, ImageOps
from scipy import ndimage

import pages
from onelayer.data.description import DataSet
from onelayer.data.preparation import prepare
from onelayer.experiment.task import Inputs, Run
from onelayer.pictures import sheet
from onelayer.pictures.ink import LONGEST, PEN, ink_of, read_ink, several_parts
from onelayer.pictures.predict import prepared_pictures
from onelayer.pictures.requested import requested_pictures
from predict_pictures import main
from tests.helpers import drawn, photographed, refusal, run, task

PAGE, GREY = np.asarray(drawn(7, paper=255, ink=0)), np.asarray(drawn(7), float)
SEVEN = Image.fromarray(255 - PAGE)
PICTURES = {
    **dict.fromkeys(["grey.png", "palette.gif", "scan.tiff", "windows.bmp", "web.webp"], drawn(7).convert("RGB")),
    "dark.png": drawn(7, paper=30, ink=220),
    "faint.png": drawn(7, paper=230, ink=170),
    "colour.png": ImageOps.colorize(drawn(7, 255, 0), black="blue", white="#f0e8d0"),
    **{f"{grey}.png": Image.merge("LA", [Image.new("L", SEVEN.size, grey), SEVEN]) for grey in (0, 255)},
    "print.jpg": drawn(7).convert("CMYK"),
    "sixteen.png": Image.fromarray((GREY * 200).astype(np.uint16)),
    "floating.tiff": Image.fromarray((GREY * 0.001).astype(np.float32)),
    "wide.png": ImageOps.pad(drawn(7), (900, 160), color=245),
    "large.jpg": drawn(7).resize((3000, 3000)),
    "turned.jpg": drawn(7).rotate(90),
}
UPRIGHT = Image.Exif()
UPRIGHT[0x0112] = 6  # turn it by 90 degrees clockwise
PHOTOGRAPHS = [{}, {"noise": 25}, {"shadow": 0.5}, {"paper": 50, "ink": 200}, {"ink": 120, "noise": 6}]
REFUSED = {b"seven": "no picture in a format that is read", b"P5 9 9 255\n": "not a readable picture"}
REFUSED |= {b"P4 30000 30000\n": "more than 89478485 pixels", b"P5 9 9 255\n" + b"\xf0" * 81: "there is no ink in it"}
MINE = DataSet("mine", "Mine", "npz", (28, 28), [0, 2, 7], ["."], preparation="centred_by_mass")
SETUPS = {"sure": task(classes=[7, 0, 2])}
SETUPS |= {"margins": task(model="hinge", classes=[0, 2, 7], inputs=Inputs(0, 255), bias=False)}


def alike(ink, other, blur=1.5):
    """Correlation of two inks as a model would see them, blurred, because a pixel to the side is no matter."""
    seen = [prepare(np.asarray(some), "centred_by_mass", (28, 28), 255).astype(float) for some in (ink, other)]
    return np.corrcoef([ndimage.gaussian_filter(image, blur).ravel() for image in seen])[0, 1]


@pytest.mark.parametrize("name", PICTURES)
def test_the_same_drawing_in_any_format_is_the_same_ink(tmp_path, name):
    PICTURES[name].save(tmp_path / name, exif=UPRIGHT if name == "turned.jpg" else Image.Exif())
    ink = read_ink(tmp_path / name)
    assert ink.dtype == np.uint8 and max(ink.shape) <= LONGEST + 2 * LONGEST // PEN
    assert alike(ink, SEVEN) > 0.97 and not ink[0].any() and not ink[:, 0].any() and ink.max() == 255


@pytest.mark.parametrize("digit", [0, 2, 7])
def test_of_a_photograph_the_ink_is_left_and_bare_paper_has_none(digit):
    for changes in PHOTOGRAPHS:
        ink = ink_of(np.asarray(photographed(digit, seed=digit, **changes)))
        height, width = (np.ptp(places) for places in np.nonzero(ink))
        # 155 pixels are drawn: no speck of noise and no edge of a shadow is left.
        assert alike(ink, ink_of(np.asarray(drawn(digit)))) > 0.9 and max(height, width) < 190, changes
    for changes in (*PHOTOGRAPHS, {"noise": 0}, {"noise": 40}, {"noise": 3, "shadow": 0.2}):
        assert "no ink" in refusal(ink_of, np.asarray(photographed(None, digit, **changes)))


def test_specks_and_a_dark_table_are_left_out_small_images_stay_and_a_thin_pen_is_drawn_thicker():
    page, alone = np.array(photographed(7, seed=1)), ink_of(np.array(photographed(7, seed=1)))
    page[:, :12], page[5:8, 300:303] = 20, 30
    assert alike(ink_of(page), alone, blur=0) > 0.95
    image = prepare(np.asarray(SEVEN), "centred_by_mass", (28, 28), 255)  # without light and noise of its own
    assert min(alike(ink_of(own), image, blur=0) for own in (image, 255 - image)) > 0.98
    thin, thick = (ink_of(np.asarray(drawn(7, pen=pen))) for pen in (0.015, 0.1))
    assert 0.6 < (thin > 0).sum() / (thick > 0).sum() < 1.2 and thick.shape == (160, 160)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    "name", sorted(set(pages.CASES) - {"upside down", "white on black, with a margin", "squared paper"})
)
def test_what_else_is_on_a_page_is_not_the_digit(name, dark):
    made = pages.CASES[name](PAGE)
    ink = ink_of(255 - made if dark and "rim" not in name else made)
    # The bars of a 7 that is cut out are as wide as its picture is long, so its ends are a little blunter.
    assert alike(ink, ink_of(PAGE)) > (0.9 if "cropped" in name else 0.97) and not several_parts(ink)


def test_a_thin_one_that_is_cropped_to_its_ink_is_one_and_two_digits_are_named():
    one = np.full((160, 50), 255, np.uint8)
    one[:, 12:38] = np.minimum(one[:, 12:38], 40)
    for own in (one, 255 - one):
        assert alike(ink_of(own), ink_of(np.pad(one, 60, constant_values=255))) > 0.97
    assert several_parts(ink_of(np.hstack([PAGE, PAGE]))) and several_parts(ink_of(np.vstack([PAGE, PAGE])))
    five = np.pad(PAGE, 20, constant_values=255)
    five[:14, 60:120] = 0  # a small part of its own above the digit
    assert not several_parts(ink_of(five))


def test_what_is_not_a_picture_or_blank_is_refused_in_one_line(tmp_path):
    for content, says in REFUSED.items():
        (tmp_path / "some").write_bytes(content)
        said = refusal(read_ink, tmp_path / "some")
        assert says in said and "\n" not in said


@pytest.fixture
def paths(tmp_path):
    """Two pictures, and between them a file that is none."""
    drawn(7).save(tmp_path / "a.png")
    (tmp_path / "b.png").write_bytes(b"")
    drawn(0).save(tmp_path / "c.png")
    return [str(tmp_path / name) for name in ("a.png", "b.png", "c.png")]


def test_the_most_accurate_run_of_each_task_predicts_and_of_equals_the_smallest_lambda(tmp_path, paths, capsys):
    seven, _, zero = (picture.image for picture in prepared_pictures(paths, vars(MINE)))
    assert (prepared_pictures(paths, vars(MINE) | {"ink": "dark"})[0].image == 255 - seven).all()
    images, runs = {7: seven / 127.5 - 1, 0: zero / 127.5 - 1, 2: -np.ones((28, 28))}, {}
    for name, setup in SETUPS.items():
        weights = np.array([np.append(images[label], -300.0 * (label == 2)) for label in setup.classes])
        weights = weights if setup.bias else weights[:, :-1]
        for lam, seed, accuracy in (("0.2", 3, 0.9), ("2.0", 0, 0.9), ("0.2", 1, 0.9), ("0.0", 3, 0.8)):
            factor = 0.001 if (lam, seed) == ("0.2", 3) else -1
            runs[Run(name, lam, True, seed)] = run(weights=factor * weights, validation_accuracy=accuracy)
    dataset = vars(MINE) | {"names": ["zero", "two", "seven"]}
    given = (runs, SETUPS, dataset, tmp_path / "table.csv", tmp_path / "sheet.png")
    assert "none of 1 files can be predicted: b.png: no picture" in refusal(main, paths[1:2], *given)
    assert not (tmp_path / "table.csv").exists()
    main(paths, *given)
    rows = pd.read_csv(tmp_path / "table.csv", dtype=str).fillna("").to_dict("records")
    keys = ("file", "task", "lambda", "seed", "predicted", "confidence_is")
    shown = [" ".join(row[key] for key in keys) for row in rows]
    assert shown[:3] == ["a.png sure 0.2 3 7 probability", "a.png margins 0.2 3 7 margin", "b.png     "]
    assert shown[3:] == ["c.png sure 0.2 3 0 probability", "c.png margins 0.2 3 0 margin"]
    keys = ("class_0", "class_7", "confidence")
    (zero, seven, sure), (none, own, margin) = ([float(row[key]) for key in keys] for row in rows[:2])
    assert sure == seven == pytest.approx(1 - zero - float(rows[0]["class_2"]), abs=1e-5)
    inputs = (images[7] + 1) / 2  # of margins, p / 255
    assert own == pytest.approx((0.001 * images[7] * inputs).sum(), abs=1e-5)
    assert margin == pytest.approx(own - none, abs=1e-5)
    line = f"a.png: sure: seven (probability {sure:.2f}), or zero ({zero:.2f})"  # the other task says the same
    assert capsys.readouterr().out.splitlines()[:2] == [
        line,
        "b.png: no picture in a format that is read: PNG, JPEG, BMP, GIF, TIFF, WEBP, PPM",
    ]
    assert (tmp_path / "sheet.png").exists()


def test_the_sheet_shows_up_to_60_pictures_inside_its_edges(paths):
    one, none, _ = prepared_pictures(paths, vars(MINE))
    many = [one._replace(name=f"{number} $x$.png") for number in range(70)]
    for count, shown in ((1, 1), (10, 10), (70, 60)):
        figure = sheet.draw([none, *many[:count]], {picture.name: ["sure: seven"] * 3 for picture in many}, 255)
        assert len(figure.axes) == 2 * shown and len(figure.texts) == 4 * shown + 1
        assert ("the first 60 of 70" in figure.texts[0].get_text()) == (count == 70)
        places = [axes.get_position() for axes in figure.axes]
        assert all(0 <= place.x0 < place.x1 <= 1 and 0 <= place.y0 < place.y1 <= 1 for place in places)


def test_a_picture_or_the_visible_files_of_a_folder_are_predicted_or_one_line_says_why_not(tmp_path, paths):
    (tmp_path / ".hidden").write_text("")
    (tmp_path / "empty").mkdir()
    assert [path for path, *_ in requested_pictures(str(tmp_path), MINE, 1)] == paths
    (asked,) = before = requested_pictures(paths[0], MINE, 1)
    assert asked[0] == paths[0] and requested_pictures("", MINE, 1) == []
    for name in ("{a}", "line\nbreak\x1b[1m", os.fsdecode(b"\xff.png")):  # none of them stops the others
        (tmp_path / "odd" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "odd" / name).write_bytes(b"")
    shown = prepared_pictures([path for path, *_ in requested_pictures(str(tmp_path / "odd"), MINE, 1)], vars(MINE))
    assert len(shown) == 3 and all(picture.name.isprintable() and picture.problem for picture in shown)
    os.utime(paths[0], (0, 0))
    assert requested_pictures(paths[0], MINE, 1) != before, "a new picture under the same name is another parameter"
    for name, changes, tasks, says in (
        ("empty", {}, 1, "empty: no file in this folder"),
        ("a.png", {"preparation": None}, 1, "mine has no preparation"),
        ("a.png", {}, 0, "no task has more than two classes"),
    ):
        assert says in refusal(requested_pictures, str(tmp_path / name), DataSet(**vars(MINE) | changes), tasks)
