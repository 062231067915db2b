"""The course: its solutions are right, the mistakes that students make get the hint for them, and an empty stub a kind line."""

import importlib
import json
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from tests.conftest import ROOT

sys.path.append(str(ROOT / "docs/course"))
checking = importlib.import_module("checking")
NUMBERS = range(1, 11)
FOLDERS = ("exercises", "checks", "solutions")


def test_the_files_of_an_exercise_have_one_name():
    names = {folder: sorted(path.name for path in (ROOT / "docs/course" / folder).glob("*.py")) for folder in FOLDERS}
    assert names["exercises"] == names["checks"] == names["solutions"]
    assert [int(name[2:4]) for name in names["exercises"]] == list(NUMBERS)


@pytest.mark.parametrize("number", NUMBERS)
def test_the_solution_is_right(number):
    assert checking.verdict(number, "solutions") == (True, f"Exercise {number}: right.")


@pytest.mark.parametrize("number", NUMBERS)
def test_a_stub_says_what_to_begin_with(number):
    right, line = checking.verdict(number)
    assert not right
    assert (
        line.startswith(f"Exercise {number} is not filled in yet: docs/course/exercises/ex{number:02d}_")
        and len(line) > 70
    )


def check(number, *names):
    script = [sys.executable, ROOT / "docs/course/check.py", str(number), *names]
    return subprocess.run(script, text=True, capture_output=True)


def test_the_command_prints_the_verdict_and_its_status_tells():
    done = check(1)
    assert done.returncode == 1 and done.stdout.startswith("Exercise 1 is not filled in yet")
    done = check(1, "--solutions")
    assert (done.returncode, done.stdout) == (0, "Exercise 1: right.\n")
    done = check(11)
    assert done.returncode == 2 and "1-10" in done.stderr


def one_hot(targets, classes):
    return np.eye(classes)[targets]


def exercise_4(change):
    """Its answer with a change: a function of loss, gradient and inputs, to loss and gradient."""
    right = checking.load("solutions", 4).loss_and_gradient
    return {"loss_and_gradient": lambda w, x, t: change(*right(w, x, t), x)}


def loss(change):
    return exercise_4(lambda loss, gradient, inputs: (change(loss, inputs), gradient))


def gradient(change):
    return exercise_4(lambda loss, gradient, inputs: (loss, change(gradient, inputs)))


def careless(weights, inputs, targets):
    """Right, but for large logits."""
    powers = np.exp(inputs @ weights.T)
    p = powers / powers.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(len(inputs)), targets]).mean()
    return loss, (p - one_hot(targets, len(weights))).T @ inputs / len(inputs)


def impatient(losses, patience, worse):
    """Exercise 5 with a rule of one's own for what is worse: a function of the losses so far and this one."""
    failures = 0
    for number, loss in enumerate(losses):
        failures = failures + 1 if number and worse(losses[:number], loss) else 0
        if failures == patience:
            return number
    return None


def never_anew(losses, patience):
    failures = np.cumsum([0, *(loss >= min(losses[:i]) for i, loss in enumerate(losses) if i)])
    return int(np.argmax(failures == patience)) if failures[-1] >= patience else None


def seeded_anew(count, epochs, seed):
    return [np.random.RandomState(seed).permutation(count) for _ in range(epochs)]


def of_default_rng(count, epochs, seed):
    generator, result = np.random.default_rng(seed), []
    for _ in range(epochs):
        order = np.arange(count)
        generator.shuffle(order)
        result.append(order)
    return result


def running_on(count, epochs, seed):
    random, order = np.random.RandomState(seed), np.arange(count)
    return [random.shuffle(order) or order.copy() for _ in range(epochs)]


def bars(folder, noise=True, anywhere=True, bright=255, count=40):
    """Horizontal and vertical bars, which no single layer tells apart where they lie anywhere."""
    random = np.random.RandomState(1)
    for name in ("horizontal", "vertical"):
        (folder / name).mkdir()
        for number in range(count):
            picture = random.randint(0, bright // 8 + 1, (12, 12)) * noise
            place = random.randint(12) if anywhere else 5
            picture[(place, slice(None)) if name == "horizontal" else (slice(None), place)] += bright - bright // 8
            Image.fromarray(picture.astype(np.uint8)).save(folder / name / f"{number}.png")


def unseeded(folder):
    bars(folder, anywhere=False)
    Image.fromarray(np.random.default_rng().integers(0, 255, (12, 12)).astype(np.uint8)).save(folder / "vertical/x.png")


def with_other_size(folder):
    bars(folder)
    Image.fromarray(np.zeros((11, 12), np.uint8)).save(folder / "vertical/x.png")


def model(**methods):
    """The answer to exercise 10 with methods of one's own: functions of what the solution gives, logits and targets."""
    base = checking.load("solutions", 10).OneAgainstRest

    def changed(name):
        return lambda self, z, t: methods[name](getattr(base(), name)(z, t), z, t)

    return {"OneAgainstRest": type("Wrong", (base,), {name: changed(name) for name in methods})}


def spoiling(result, logits, targets):
    logits += 1
    return result


def right_only_as(dtype):
    return lambda result, z, t: tuple(array.astype(dtype) for array in result)


def with_overflow(result, z, t):
    return result[0], np.exp(z) / (1 + np.exp(z)) - one_hot(t, len(z)).T


# The exercise, what the answer has in the place of the solution's, and words of the hint.
WRONG = [
    (1, {"loss_by_p": lambda p, y: y / p - (1 - y) / (1 - p)}, "sign is turned round"),
    (1, {"loss_by_p": lambda p, y: -y / p - (1 - y) / (1 - p)}, "inner derivative is -1"),
    (1, {"loss_by_p": lambda p, y: -y / p}, "only the first of the two terms"),
    (1, {"p_by_z": lambda p: p}, "quotient"),
    (1, {"p_by_z": lambda p: p * (p - 1)}, "that of 1/u is negative too"),
    (1, {"loss_by_z": lambda p, y: y - p}, "the way down"),
    (1, {"loss_by_z": lambda p, y: (p - y) * p * (1 - p)}, "p(1 - p) is left over"),
    (1, {"loss_by_z": lambda p, y: None}, "is there a return?"),
    (1, {"loss_by_z": lambda p, y: np.nan * p}, "is nan at (0,); it should be"),
    (2, {"p_by_z": lambda p: np.diag(p * (1 - p))}, "the denominator of p_k holds every logit"),
    (2, {"p_by_z": lambda p: np.diag(p)}, "taken for a constant"),
    (2, {"p_by_z": lambda p: p * (1 - p)}, "has the shape (4,); it should be (4, 4)"),
    (2, {"p_by_z": lambda p: np.outer(p, p) + np.diag(p - 2 * p**2)}, "takes from the other classes"),
    (2, {"loss_by_z": lambda p, y: p}, "the target is missing"),
    (2, {"loss_by_z": lambda p, y: y - p}, "the way down"),
    (2, {"loss_by_z": lambda p, y: y * (p - 1)}, "only the class of the image has an entry"),
    (2, {"loss_by_z": lambda p, y: p * (p @ y) - p * y}, "ln p_k was derived as if it were p_k"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1", offset=16).reshape(np.frombuffer(content, "<u4", 4)[1:])}, "big-endian"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1").reshape(-1, *np.frombuffer(content, ">u4", 4)[2:])}, "byte 16"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1", offset=16).reshape(np.frombuffer(content, ">u4", 4)[[1, 3, 2]])}, "swapped"),
    (3, {"images_of": lambda content: np.frombuffer(content, "u1", offset=16).reshape(np.frombuffer(content, ">u4", 4)[1:], order="F")}, "along the columns"),
    (3, {"images_of": lambda content: np.resize(np.frombuffer(content, "u1"), np.frombuffer(content, ">u4", 4)[1:])}, "skip its 16 bytes"),
    (3, {"images_of": lambda content: np.frombuffer(content, "i1", offset=16).reshape(np.frombuffer(content, ">u4", 4)[1:])}, "np.uint8"),
    (3, {"inputs_of": lambda images, largest: images.reshape(len(images), -1) / (largest / 2) - 1}, "constant 1 is missing"),
    (3, {"inputs_of": lambda images, largest: np.insert(images.reshape(len(images), -1) / (largest / 2) - 1, 0, 1, 1)}, "last, not first"),
    (3, {"inputs_of": lambda images, largest: np.insert(images.reshape(len(images), -1) / largest, images[0].size, 1, 1)}, "from 0 to 1"),
    (3, {"inputs_of": lambda images, largest: np.insert((images.reshape(len(images), -1) - largest // 2) / (largest / 2), images[0].size, 1, 1)}, "wrap round"),
    (3, {"inputs_of": lambda images, largest: np.insert((images.reshape(len(images), -1) - 1.0 * (largest // 2)) / (largest // 2), images[0].size, 1, 1)}, "127.5"),
    (4, gradient(lambda g, x: len(x) * g), "mean taken over the batch?"),
    (4, loss(lambda c, x: len(x) * c), "sum over the batch"),
    (4, loss(lambda c, x: c / 3), "images and classes"),
    (4, loss(lambda c, x: -c), "-ln p is positive"),
    (4, gradient(lambda g, x: g / len(g)), "the mean runs over the images alone"),
    (4, gradient(lambda g, x: g / len(x)), "mean taken twice"),
    (4, gradient(lambda g, x: 2 * g), "twice too large"),
    (4, gradient(lambda g, x: -g), "the way down"),
    (4, gradient(lambda g, x: g.T), "lies on its side"),
    (4, gradient(lambda g, x: 5 * g), "is 5 times what it should be"),
    (4, {"loss_and_gradient": careless}, "exp overflows"),
    (4, gradient(lambda g, x: g * len(x) / min(len(x), 31)), "golden values"),
    (5, {"stop": lambda losses, patience: impatient(losses, patience, lambda before, loss: loss >= before[-1])}, "compare with the lowest so far"),
    (5, {"stop": lambda losses, patience: impatient(losses, patience + 1, lambda before, loss: loss >= min(before))}, "one evaluation too late"),
    (5, {"stop": lambda losses, patience: impatient(losses, patience, lambda before, loss: loss > min(before))}, "equal to the lowest"),
    (5, {"stop": lambda losses, patience: impatient(losses, patience - 1, lambda before, loss: loss >= min(before))}, "one evaluation too early"),
    (5, {"stop": never_anew}, "in a row"),
    (5, {"epoch_of": lambda evaluation, images, batch_size, often: evaluation // often}, "no fixed number an epoch"),
    (5, {"epoch_of": lambda evaluation, images, batch_size, often: evaluation * max(1, images // batch_size // often) // (images // batch_size) + 1}, "counted from 0"),
    (5, {"epoch_of": lambda evaluation, images, batch_size, often: int(evaluation * max(1, images // batch_size // often) * batch_size / images)}, "what is left over"),
    (6, {"orders": seeded_anew}, "the stream begins anew"),
    (6, {"orders": running_on}, "begin with 0, 1, 2, ... each time"),
    (6, {"orders": of_default_rng}, "frozen for ever"),
    (6, {"orders": lambda count, epochs, seed: [np.arange(count)] * epochs}, "nothing is shuffled"),
    (6, {"worst_order": np.sort}, "these are labels"),
    (6, {"worst_order": lambda labels: np.argsort(labels)[:-1]}, "must come once"),
    (6, {"worst_order": lambda labels: np.random.RandomState(0).permutation(len(labels))}, "what if it held fewer?"),
    (7, {"penalty_gradient": lambda w, lam, convention: lam * w}, "the derivative of w² is 2w"),
    (7, {"penalty_gradient": lambda w, lam, convention: 2 * lam * w}, "with R half the squares"),
    (7, {"penalty_gradient": lambda w, lam, convention: 2 * lam * w * ([1] * (w.shape[1] - 1) + [0])}, "biases are left out"),
    (7, {"penalty": lambda w, lam, convention: lam * np.linalg.norm(w)}, "root is not taken"),
    (7, {"penalty": lambda w, lam, convention: lam * abs(w).sum()}, "absolute values"),
    (7, {"penalty": lambda w, lam, convention: lam * (w[:, :-1] ** 2).sum()}, "the biases count too"),
    (7, {"penalty": lambda w, lam, convention: lam * (w**2).mean()}, "not their mean"),
    (7, {"penalty": lambda w, lam, convention: (w**2).sum()}, "penalty, \"sum\": lambda is missing"),
    (7, {"penalty_gradient": lambda w, lam, convention: 2 * w}, "penalty_gradient, \"sum\": lambda is missing"),
    (7, {"decay_factor": lambda rate, lam, convention: 1 - 2 * lam}, "learning rate is missing"),
    (7, {"decay_factor": lambda rate, lam, convention: 2 * rate * lam}, "what stays"),
    (7, {"decay_factor": lambda rate, lam, convention: 1 + 2 * rate * lam}, "against the gradient"),
    (7, {"decay_factor": lambda rate, lam, convention: 1 - rate * lam}, "that of your gradient"),
    (8, {"find_lambda": lambda fit, loss: min((1e-5, 1e-3, 1e-1), key=lambda lam: loss(fit(lam), "training"))}, "too small"),
    (8, {"find_lambda": lambda fit, loss: min(np.linspace(0.1, 2, 9), key=lambda lam: loss(fit(lam), "validation"))}, "powers of ten"),
    (8, {"find_lambda": lambda fit, loss: min((1e-4, 1e-3, 1e-2), key=lambda lam: loss(fit(lam), "test"))}, "looked at the test images"),
    (8, {"find_lambda": lambda fit, loss: min((0, 1e-3), key=lambda lam: loss(fit(lam), "validation"))}, "Stay above 0"),
    (8, {"find_lambda": lambda fit, loss: min((1e-4, 1e-3, 1e-2), key=lambda lam: loss(fit(lam), "validation"))}, "Is the grid fine enough"),
    (9, {"make": bars}, "adds up the pixels"),
    (9, {"make": lambda folder: bars(folder, noise=False, anywhere=False)}, "are training pictures too"),
    (9, {"make": lambda folder: bars(folder, bright=1)}, "not from 0 to 1"),
    (9, {"make": lambda folder: bars(folder, count=8)}, "8 pictures of"),
    (9, {"make": unseeded}, "a second call made other pictures"),
    (9, {"make": with_other_size}, "but shape is"),
    (10, model(losses_and_gradient=lambda result, z, t: (result[0], result[1] + one_hot(t, len(z)).T)), "the target is missing"),
    (10, model(losses_and_gradient=lambda result, z, t: (result[0], result[1] / z.shape[1])), "mean over the batch is taken by the caller"),
    (10, model(losses_and_gradient=lambda result, z, t: (result[0], np.exp(z) / np.exp(z).sum(axis=0) - one_hot(t, len(z)).T)), "probabilities of softmax"),
    (10, model(losses=lambda result, z, t: np.log(1 + np.exp(-z)).sum(axis=-2)), "s_k is 1 for every class"),
    (10, model(losses=lambda result, z, t: np.log(1 + np.exp(-z[..., t, np.arange(len(t))]))), "only the term of the target"),
    (10, model(losses=lambda result, z, t: np.log(np.exp(z).sum(axis=-2)) - z[..., t, np.arange(len(t))]), "this is the softmax loss"),
    (10, model(losses=lambda result, z, t: result.sum()), "one number a sample"),
    (10, model(losses=lambda result, z, t: -result), "the sign is turned round"),
    (10, model(losses_and_gradient=lambda result, z, t: (result[0], -result[1])), "the way down"),
    (10, model(losses_and_gradient=lambda result, z, t: (result[0], result[1] / len(z))), "C^n is a sum over them"),
    (10, model(losses=lambda result, z, t: result / z.shape[-2]), "not their mean"),
    (10, model(losses_and_gradient=spoiling), "Work on a copy"),
    (10, model(losses_and_gradient=with_overflow), "np.tanh do not"),
    (10, model(losses_and_gradient=right_only_as(np.float64)), "float32 too"),
]  # fmt: skip


@pytest.mark.parametrize(("number", "wrong", "words"), WRONG, ids=[f"{number}-{words}" for number, _, words in WRONG])
def test_a_mistake_gets_its_hint(number, wrong, words, monkeypatch):
    answer = checking.load("solutions", number)
    for name, value in wrong.items():
        monkeypatch.setattr(answer, name, value)
    load = checking.load
    monkeypatch.setattr(
        checking, "load", lambda folder, number: answer if folder == "exercises" else load(folder, number)
    )
    right, line = checking.verdict(number)
    assert not right and words in line


def test_every_exercise_has_two_mistakes_at_least():
    assert min(sum(number == wrong for wrong, _, _ in WRONG) for number in NUMBERS) >= 2


@pytest.mark.parametrize("path", sorted((ROOT / "docs/course").glob("*.ipynb")), ids=lambda path: path.name)
def test_notebooks_are_committed_without_outputs(path):
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    assert cells and not any(cell["outputs"] or cell["execution_count"] for cell in cells)
