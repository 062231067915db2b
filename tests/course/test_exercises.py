"""The course: its solutions are right, the mistakes that students make get the hint for them, and an empty stub a kind line."""

import importlib
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

import handout
from tests.conftest import ROOT

pytestmark = pytest.mark.course
COURSE = ROOT / "docs/course"
sys.path.append(str(COURSE))
checking = importlib.import_module("checking")
NUMBERS = range(1, 12)


def test_the_files_of_an_exercise_have_one_name_and_two_mistakes_at_least_are_known():
    names = [sorted(path.name for path in (COURSE / f).glob("*.py")) for f in ("exercises", "checks", "solutions")]
    assert names[0] == names[1] == names[2] and [int(name[2:4]) for name in names[0]] == list(NUMBERS)
    assert min(sum(number == wrong for wrong, _, _ in WRONG) for number in NUMBERS) >= 2


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_is_right_and_every_hint_of_a_table_is_given_for_its_mistake(number, monkeypatch):
    """For y = 1, say, a mistake may come to the right value: another comparison has to tell."""
    known, given, compare = set(), set(), checking.compare

    def compare_all(name, found, expected, mistakes=None):
        compare(name, found, expected, mistakes)
        for hint, value in (mistakes or {}).items():
            known.add(hint)
            try:
                compare(name, value, expected, mistakes)
            except checking.Hint as said:
                given.add(str(said).removeprefix(f"{name}: "))

    monkeypatch.setattr(checking, "compare", compare_all)
    assert checking.verdict(number, "solutions") == (True, f"Exercise {number}: right.")
    assert known <= given


@pytest.mark.parametrize("number", NUMBERS)
def test_a_stub_says_what_to_begin_with(number):
    right, line = checking.verdict(number)
    begins = f"Exercise {number} is not filled in yet: docs/course/exercises/ex{number:02d}_"
    assert not right and line.startswith(begins) and len(line) > 70


@pytest.mark.parametrize(
    ("arguments", "status", "says"),
    [(["1"], 1, "Exercise 1 is not filled"), (["1", "--solutions"], 0, "Exercise 1: right.\n"), (["12"], 2, "1-11")],
)
def test_the_command_prints_the_verdict_and_its_status_tells(arguments, status, says):
    done = subprocess.run([sys.executable, COURSE / "check.py", *arguments], text=True, capture_output=True)
    assert done.returncode == status and says in done.stdout + done.stderr


def one_hot(targets, classes):
    return np.eye(classes)[targets].T


def batch(loss=lambda c, w, x: c, gradient=lambda g, x: g):
    """The answer to exercise 4 with what is made of its loss and its gradient."""

    def changed(w, x, t):
        found = checking.load("solutions", 4).loss_and_gradient(w, x, t)
        return loss(found[0], w, x), gradient(found[1], x)

    return {"loss_and_gradient": changed}


def impatient(worse, more=0, anew=True):
    """An answer to exercise 5 with a rule for what is worse: a function of the losses so far and this one."""

    def stop(losses, patience):
        failures = 0
        for number in range(1, len(losses)):
            failures = failures + 1 if worse(losses[:number], losses[number]) else failures * (not anew)
            if failures == patience + more:
                return number
        return None

    return {"stop": stop}


def bars(noise=True, anywhere=True, bright=255, count=40, one_more=None):
    """Horizontal and vertical bars for exercise 9: no single layer tells them apart if they lie anywhere."""

    def make(folder):
        random = np.random.RandomState(1)
        for name in ("horizontal", "vertical"):
            (folder / name).mkdir()
            for number in range(count):
                picture = random.randint(0, bright // 8 + 1, (12, 12)) * noise
                place = random.randint(12) if anywhere else 5
                picture[(place, slice(None)) if name == "horizontal" else (slice(None), place)] += bright - bright // 8
                Image.fromarray(picture.astype(np.uint8)).save(folder / name / f"{number}.png")
        if one_more:
            Image.fromarray(one_more().astype(np.uint8)).save(folder / "vertical/x.png")

    return {"make": make}


def model(**methods):
    """The answer to exercise 10 with methods that are functions of what the solution gives, logits and targets."""
    base = checking.load("solutions", 10).OneAgainstRest

    def changed(name):
        return lambda self, z, t: methods[name](getattr(base(), name)(z, t), z, t)

    return {"OneAgainstRest": type("Wrong", (base,), {name: changed(name) for name in methods})}


def slopes(change):
    """The same with a function of the gradient, logits and targets."""
    return model(losses_and_gradient=lambda result, z, t: (result[0], change(result[1], z, t)))


WRONG = [
    (1, {"loss_by_p": lambda p, y: y / p - (1 - y) / (1 - p)}, "sign is turned round"),
    (1, {"loss_by_z": lambda p, y: None}, "is there a return?"),
    (1, {"loss_by_z": lambda p, y: np.nan * p}, "is nan at (0,); it should be"),
    (2, {"p_by_z": lambda p: p * (1 - p)}, "has the shape (4,); it should be (4, 4)"),
    (2, {"p_by_z": lambda p: np.outer(p, p) + np.diag(p - 2 * p**2)}, "takes from the other classes"),
    (2, {"loss_by_z": lambda p, y: y * (p - 1)}, "only the class of the image has an entry"),
    (2, {"loss_by_z": lambda p, y: p * (p @ y) - p * y}, "ln p_k was derived as if it were p_k"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1", offset=16).reshape(np.frombuffer(content, "<u4", 4)[1:])}, "big-endian"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1").reshape(-1, *np.frombuffer(content, ">u4", 4)[2:])}, "byte 16"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1", offset=16).reshape(np.frombuffer(content, ">u4", 4)[[1, 3, 2]])}, "swapped"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1", offset=16).reshape(np.frombuffer(content, ">u4", 4)[1:], order="F")}, "along the columns"),
    (3, {"images_of": lambda content: np.resize(np.frombuffer(content, "u1"), np.frombuffer(content, ">u4", 4)[1:])}, "skip its 16 bytes"),
    (3, {"images_of": lambda content: np.frombuffer(content, "i1", offset=16).reshape(np.frombuffer(content, ">u4", 4)[1:])}, "np.uint8"),
    (3, {"inputs_of": lambda images, largest: np.insert((images.reshape(len(images), -1) - largest // 2) / (largest / 2), images[0].size, 1, 1)}, "wrap round"),
    (3, {"inputs_of": lambda images, largest: np.insert((images.reshape(len(images), -1) - 1.0 * (largest // 2)) / (largest // 2), images[0].size, 1, 1)}, "127.5"),
    (4, batch(gradient=lambda g, x: 5 * g), "is 5 times what it should be"),
    (4, batch(loss=lambda c, w, x: c if abs(w).max() < 100 else np.inf), "exp has come to 0 and ln takes it"),
    (4, {"loss_and_gradient": lambda w, x, t: (np.nan, w * np.nan) if abs(w).max() > 100 else checking.load("solutions", 4).loss_and_gradient(w, x, t)}, "exp overflows"),
    (4, batch(gradient=lambda g, x: g * len(x) / min(len(x), 31)), "golden values"),
    (5, impatient(lambda before, loss: loss >= before[-1]), "compare with the lowest so far"),
    (5, impatient(lambda before, loss: loss >= min(before), more=1), "one evaluation too late"),
    (5, impatient(lambda before, loss: loss > min(before)), "equal to the lowest"),
    (5, impatient(lambda before, loss: loss >= min(before), more=-1), "one evaluation too early"),
    (5, impatient(lambda before, loss: loss >= min(before), anew=False), "in a row"),
    (5, {"epoch_of": lambda evaluation, images, batch_size, often: int(evaluation * max(1, images // batch_size // often) * batch_size / images)}, "what is left over"),
    (6, {"orders": lambda count, epochs, seed: [np.random.RandomState(seed).permutation(count) for _ in range(epochs)]}, "the stream begins anew"),
    (6, {"orders": lambda count, epochs, seed: list(map(np.random.default_rng(seed).permutation, [count] * epochs))}, "frozen for ever"),
    (6, {"worst_order": np.sort}, "these are labels"),
    (6, {"worst_order": lambda labels: np.argsort(labels)[:-1]}, "must come once"),
    (6, {"worst_order": lambda labels: np.random.RandomState(0).permutation(len(labels))}, "what if it held fewer?"),
    (7, {"penalty_gradient": lambda w, lam, convention: lam * w}, "the derivative of w² is 2w"),
    (7, {"penalty_gradient": lambda w, lam, convention: 2 * lam * w}, "with R half the squares"),
    (7, {"penalty_gradient": lambda w, lam, convention: 2 * lam * w * ([1] * (w.shape[1] - 1) + [0])}, "biases are left out"),
    (7, {"penalty": lambda w, lam, convention: lam * np.linalg.norm(w)}, "root is not taken"),
    (8, {"find_lambda": lambda fit, loss: min((1e-5, 1e-3, 1e-1), key=lambda lam: loss(fit(lam), "training"))}, "too small"),
    (8, {"find_lambda": lambda fit, loss: min(np.linspace(0.1, 2, 9), key=lambda lam: loss(fit(lam), "validation"))}, "powers of ten"),
    (8, {"find_lambda": lambda fit, loss: min((1e-4, 1e-3, 1e-2), key=lambda lam: loss(fit(lam), "test"))}, "looked at the test images"),
    (8, {"find_lambda": lambda fit, loss: loss(fit(0.01), "validation")}, "was never fitted"),
    (8, {"find_lambda": lambda fit, loss: min((0, 1e-3), key=lambda lam: loss(fit(lam), "validation"))}, "Stay above 0"),
    (8, {"find_lambda": lambda fit, loss: min((1e-4, 1e-3, 1e-2), key=lambda lam: loss(fit(lam), "validation"))}, "Is the grid fine enough"),
    (9, bars(), "adds up the pixels"),
    (9, bars(noise=False, anywhere=False), "are training pictures too"),
    (9, {"make": lambda folder: None}, "no folders of pictures"),
    (9, bars(bright=1), "not from 0 to 1"),
    (9, bars(count=8), "8 pictures of"),
    (9, bars(anywhere=False, one_more=lambda: np.random.default_rng().integers(0, 255, (12, 12))), "a second call made other pictures"),
    (9, bars(one_more=lambda: np.zeros((11, 12))), "make them one size"),
    (10, slopes(lambda g, z, t: np.exp(z) / np.exp(z).sum(axis=0) - one_hot(t, len(z))), "probabilities of softmax"),
    (10, model(losses=lambda result, z, t: np.log(np.exp(z).sum(axis=-2)) - z[..., t, np.arange(len(t))]), "this is the softmax loss"),
    (10, slopes(lambda g, z, t: (np.add(z, 1, out=z), g)[1]), "Work on a copy"),
    (10, slopes(lambda g, z, t: np.exp(z) / (1 + np.exp(z)) - one_hot(t, len(z))), "np.tanh do not"),
    (10, slopes(lambda g, z, t: g.astype(np.float64)), "float32 too"),
    (11, {"correction": lambda: "half_sum"}, "gives no overlay"),
    (11, {"correction": lambda: {"training": {"inputs": {"offset": 8, "scale": 8}}}}, "first training loss, step 1 (Table 1)"),
    (11, {"correction": lambda: {"training": {"max_epochs": 40}}}, "first training loss, step 2 (Table 1)"),
    (11, {"correction": lambda: {"training": {"penality": "half_sum"}}}, "Did you mean penalty?"),
    (11, {"correction": lambda: {"tasks": {"softmax": {"lambdas": ["0.01"]}}}}, "the report says lambda = 0.02"),
    (1, {"loss_by_p": lambda p, y: -1 / p if np.all(y == 1) else 1 / (1 - p)}, "for y = an array"),
    (3, {"inputs_of": lambda images, largest: np.insert(images.reshape(len(images), -1) / (images.max() / 2) - 1, images[0].size, 1, 1)}, "not the largest of these images"),
    (4, {"loss_and_gradient": lambda w, x, t: (lambda q: (-np.log(q[np.arange(len(t)), t]).mean(), w))((lambda e: e / e.sum(axis=0))(np.exp(x @ w.T)))}, "the softmax runs over the images"),
    (4, batch(loss=lambda c, w, x: min(c, 27.6)), "where no p may be cut off"),
    (6, {"orders": lambda count, epochs, seed: [np.random.RandomState(seed).shuffle(np.arange(count)) for _ in range(epochs)]}, "gives nothing back"),
    (8, {"find_lambda": lambda fit, loss: (0.1, 0.01)}, "give the lambda alone"),
    (9, {"make": lambda folder: [Image.open(path).convert("RGB").save(path) for path in (bars()["make"](folder), sorted(folder.rglob("*.png")))[1]]}, "has the mode RGB"),
    (10, model(losses=lambda result, z, t: (np.negative(z, out=z), result)[1]), "Work on a copy"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "wrong", "words"), WRONG, ids=[f"{number}-{words}" for number, _, words in WRONG])
def test_a_mistake_gets_its_hint(number, wrong, words, monkeypatch):
    answer, load = checking.load("solutions", number), checking.load
    for name, value in wrong.items():
        monkeypatch.setattr(answer, name, value)
    monkeypatch.setattr(checking, "load", lambda folder, _: answer if folder == "exercises" else load(folder, number))
    right, line = checking.verdict(number)
    assert not right and words in line


def test_the_copy_for_students_has_no_solutions_and_any_grader_marks_it(tmp_path):
    handout.main(tmp_path / "out")
    with pytest.raises(SystemExit, match="exists already"):
        handout.main(tmp_path / "out")
    course = tmp_path / "out/docs/course"
    assert not (course / "solutions").exists() and not (tmp_path / "out/tests/course").exists()
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "docs/course/test_exercises.py"]
    done = subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True)
    assert "11 failed" in done.stdout and "Exercise 4 is not filled in yet" in done.stdout, done.stdout[-2000:]
    for path in (COURSE / "solutions").glob("ex*.py"):
        (course / "exercises" / path.name).write_text(path.read_text())
    done = subprocess.run(command, cwd=tmp_path / "out", capture_output=True, text=True)
    assert "11 passed" in done.stdout, done.stdout[-2000:]
